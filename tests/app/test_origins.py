"""Pages of other origins: a browser lets them call the API only where GUANXI_ORIGINS names them."""

from __future__ import annotations

import httpx
import pytest

from app.server import create_app
from app.settings import Settings
from graph.database import Target
from tests.app import given

PAGE = "http://localhost:5173"
ASKED = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "accept,accept-language,authorization,content-type"}


async def preflight(client: httpx.AsyncClient, origin: str, **headers: str) -> httpx.Response:
    return await client.options("/graphql", headers={**ASKED, "Origin": origin, **headers})


async def test_a_page_that_is_named_may_call_and_no_other(target: Target) -> None:
    app = create_app(Settings(_env_file=None, origins=(PAGE,)), given.schema, given.services(target))
    async with given.serving(app) as client:
        await given.ready(client)
        asked = await preflight(client, PAGE)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, PAGE)
        assert asked.headers["access-control-allow-methods"] == "GET, POST"
        assert "access-control-allow-credentials" not in asked.headers
        answer = await client.post("/graphql", json={"query": "{ hello }"}, headers={"Origin": PAGE})
        assert answer.json() == {"data": {"hello": "hello world"}}
        assert (answer.headers["access-control-allow-origin"], answer.headers["access-control-expose-headers"]) == (PAGE, "X-Request-ID")
        assert "origin" in answer.headers["vary"].lower()
        for origin in ("http://localhost:5174", "https://localhost:5173", "http://localhost:5173.example.com", "null"):
            refused = await preflight(client, origin)
            assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (400, False)
            answer = await client.post("/graphql", json={"query": "{ hello }"}, headers={"Origin": origin})
            assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("asked", [("Access-Control-Request-Method", "DELETE"), ("Access-Control-Request-Headers", "x-other")])
async def test_a_page_that_is_named_may_do_what_the_api_takes(target: Target, asked: tuple[str, str]) -> None:
    app = create_app(Settings(_env_file=None, origins=(PAGE,)), given.schema, given.services(target))
    async with given.serving(app) as client:
        refused = await preflight(client, PAGE, **dict([asked]))
        assert refused.status_code == 400


async def test_without_the_setting_no_page_elsewhere_may(client: httpx.AsyncClient) -> None:
    refused = await preflight(client, PAGE)
    assert (refused.status_code, "access-control-allow-origin" in refused.headers) == (405, False)
    answer = await client.post("/graphql", json={"query": "{ hello }"}, headers={"Origin": PAGE})
    assert [name for name in answer.headers if name.startswith("access-control")] == []
