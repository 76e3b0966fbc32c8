"""The IDE page of `GET /graphql` in a browser: GraphiQL, shipped with us, so that it works without a network and tells nobody else."""

from __future__ import annotations

from importlib.resources import files

from starlette.responses import Response
from starlette.staticfiles import StaticFiles

__all__ = ["PATH", "page", "static"]

PATH = "/ide"
# GraphiQL's editor sets styles on its elements; scripts come from here alone.
POLICY = "default-src 'none'; connect-src 'self'; font-src data:; img-src 'self' data:; script-src 'self'; style-src 'self' 'unsafe-inline'"


def page() -> Response:
    headers = {"content-security-policy": POLICY, "cache-control": "no-cache", "vary": "accept"}
    return Response(files(__name__).joinpath("page.html").read_bytes(), media_type="text/html", headers=headers)


def static() -> StaticFiles:
    return StaticFiles(packages=[(__name__, "static")])
