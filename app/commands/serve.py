"""`guanxi serve [--host] [--port] [--data] [--demo]`"""

from __future__ import annotations

import gc
import logging
import time
from socket import socket

import click
import strawberry

from app import opening, server, serving
from app.commands import frame
from app.services import Open
from app.settings import Settings

log = logging.getLogger("guanxi.serve")


@click.command("serve")
@click.option("--host", help="Address to listen on [GUANXI_HOST].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one [GUANXI_PORT].")
@frame.data_option
@click.option("--demo", is_flag=True, help="Load demonstration data into a database that is empty.")
def command(demo: bool, **flags: object) -> int:
    started_at = time.monotonic()
    settings = frame.configured(**flags)
    with frame.refusing(), serving.listen(settings) as listener, opening.ahead(settings):
        # These take as long as the engine; what can be refused without them has been by now.
        from app.contexts import contexts
        from schema import schema

        # All this stays for good; a full collection that looked at it would stop every request for some 50 ms.
        gc.freeze()
        return frame.run(serve(settings, schema, opening.services(settings, contexts, demo=demo), listener, started_at))


async def serve(settings: Settings, schema: strawberry.Schema, open_services: Open, listener: socket, started_at: float) -> int:
    """Serves on `listener` until somebody stops it. What kept the services from starting is raised."""
    failures: list[Exception] = []

    def started(failure: Exception | None) -> None:
        if failure:
            failures.append(failure)
            running.should_exit = True
        else:
            greet(f"http://{_shown(*listener.getsockname()[:2])}", time.monotonic() - started_at)

    running = serving.Server(server.create_app(settings, schema, open_services, started=started))
    if settings.listens_beyond_this_machine:
        log.warning(
            "Listening beyond this machine, at %s, without authentication: anyone who reaches it can read and change everything.",
            settings.host,
        )
    await running.serve(sockets=[listener])
    if failures:
        raise failures[0]
    click.echo("Stopped.")
    return 0


def greet(url: str, seconds: float) -> None:
    """Where to look, and something to try."""
    query = "{ people(first: 3, orderBy: [{influence: DESC}]) { nodes { name influence { rank score } } } }"
    click.echo(f"Guanxi 关系 is ready after {seconds:.1f} s.")
    click.echo(f"  In a browser      {url}/graphql")
    click.echo(f"  Health, metrics   {url}/health/ready   {url}/metrics")
    click.echo(f"  A first query     curl -s {url}/graphql -H 'content-type: application/json' -d '{{\"query\": \"{query}\"}}'")


def _shown(host: str, port: int) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"{name}:{port}"
