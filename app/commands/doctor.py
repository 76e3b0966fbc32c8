"""`guanxi doctor`"""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile

import click

from app import opening, serving
from app.commands import frame
from app.server import ALIVE, PLACES
from app.settings import BadSetting, Settings
from graph import migrate
from graph.database import Database, DatabaseFailure
from graph.migrate import MigrationProblem

OLDEST_NEO4J = (5, 26)
LEAST_ROOM = 1_000_000_000
# What a Neo4j server has to be told, and what it does without.
SAFE = {
    "dbms.security.allow_csv_import_from_file_urls": ("false", "whoever can run Cypher reads the server's files"),
    "db.transaction.timeout": (None, "a statement may run for ever"),
    "db.memory.transaction.max": (None, "one statement may take all memory"),
}


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `mend` says what to do about it, where it is not well."""

    what: str
    mend: str = ""


@click.command("doctor")
@frame.data_option
@click.option("--warm", is_flag=True, help="Only prepare the engines ahead: the first analysis and the first start need not wait for it.")
def command(warm: bool, **flags: object) -> int:
    if warm:
        prepare()
        return 0
    settings = frame.configured(**flags)
    return frame.run(examine(settings))


def prepare() -> None:
    """What is done once a machine, before anybody waits for it."""
    from graph.embedded.warm import warm as keep_classes
    from graph.network.warm import warm as compile_ahead

    compile_ahead(lambda name: click.echo(f"compiling: {name}"))
    click.echo("keeping the classes of the embedded engine")
    if problem := frame.run(keep_classes()):
        click.echo(f"not kept, so that it starts more slowly: {problem}", err=True)


async def examine(settings: Settings) -> int:
    ill = 0
    async for finding in findings(settings):
        ill += bool(finding.mend)
        click.echo(f"{'✗' if finding.mend else '✓'} {finding.what}" + (f"\n    → {finding.mend}" if finding.mend else ""))
    click.echo(f"{ill} problem{'s' * (ill > 1)}." if ill else "All is well.")
    return 1 if ill else 0


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    python = platform.python_version()
    yield Finding(f"guanxi {version('guanxi')}, Python {python}, neo4j driver {version('neo4j')}, {platform.platform()}")
    yield address(settings)
    if not settings.neo4j_uri:
        yield (place := folder(settings.data))
        if place.mend:
            return
        yield room(settings.data)
    new = opening.holds_nothing(settings)
    try:
        async with opening.as_it_is(settings, seconds=3) as database:
            yield Finding(f"the {'Neo4j server' if settings.neo4j_uri else 'embedded engine'} answers at {database.target.uri}")
            if settings.neo4j_uri:
                async for finding in server(database):
                    yield finding
            yield (
                Finding(f"there is nothing in {settings.data.absolute()} yet: guanxi serve begins it")
                if new
                else await migrations(database)
            )
    except DatabaseFailure as failure:
        if settings.neo4j_uri:
            yield Finding(
                str(failure).removesuffix(f"; {opening.REMEDY}"),
                "check that the server runs, and GUANXI_NEO4J_URI, _USER, _PASSWORD and _DATABASE",
            )
        else:
            more = "the lines above say" if new else f"the last lines of {settings.data.absolute() / 'engine.log'} say more"
            yield Finding(f"the embedded engine does not answer: {failure}", more)


def address(settings: Settings) -> Finding:
    try:
        serving.listen(settings).close()
    except BadSetting as problem:
        if listens(settings):
            return Finding(f"a Guanxi already listens on {settings.host}:{settings.port}")
        return Finding(str(problem).removesuffix(f"; {serving.REMEDY}"), serving.REMEDY)
    return Finding(f"{settings.host}:{settings.port} is free to listen on")


def listens(settings: Settings) -> bool:
    """Whether what is at the settings' address says that it is a Guanxi."""
    connection = HTTPConnection(settings.host, settings.port, timeout=2)
    try:
        connection.request("GET", PLACES["live"])
        answer = connection.getresponse()
        return answer.getheader("x-request-id") is not None and json.loads(answer.read(1_000)) == ALIVE
    except (OSError, HTTPException, ValueError):
        return False
    finally:
        connection.close()


def folder(data: Path) -> Finding:
    nearest = _nearest(data)
    try:
        # Tried, as permissions do not tell everything.
        with TemporaryFile(dir=nearest):
            return Finding(f"the data folder {data.absolute()} can be written")
    except OSError as error:
        what = f"the data folder {data.absolute()} cannot be written, as nothing can be made in {nearest}: {error.strerror}"
        return Finding(what, "make it writable, or choose another folder with --data or GUANXI_DATA")


def room(data: Path) -> Finding:
    free = shutil.disk_usage(_nearest(data)).free
    return Finding(f"{free / 1e9:.1f} GB are free on the disk of the data folder", "" if free > LEAST_ROOM else "free some space")


def _nearest(data: Path) -> Path:
    return next(place for place in (data.absolute(), *data.absolute().parents) if place.exists())


async def server(database: Database) -> AsyncIterator[Finding]:
    [component] = await database.read(
        "CALL dbms.components() YIELD name, versions, edition WHERE name = 'Neo4j Kernel' RETURN versions[0], edition"
    )
    number = str(component[0])
    too_old = tuple(int(part) for part in number.split(".")[:2]) < OLDEST_NEO4J
    yield Finding(f"Neo4j {number} {component[1]}", "use 5.26 or newer" if too_old else "")
    rows = await database.read("SHOW SETTINGS YIELD name, value WHERE name IN $names RETURN name, value", {"names": list(SAFE)})
    for name, value in sorted((str(row[0]), str(row[1]).lower()) for row in rows):
        wanted, danger = SAFE[name]
        safe = value == wanted if wanted else value not in ("0s", "0b", "0", "")
        yield Finding(f"{name} is {value}", "" if safe else f"{danger}: set it in neo4j.conf, as docker-compose.yml does")


async def migrations(database: Database) -> Finding:
    try:
        pending = await migrate.pending(database)
    except MigrationProblem as problem:
        return Finding(f"migrations: {problem}", "take the files of the version that the database was migrated with, or a newer one")
    if not pending:
        return Finding("the database is up to date")
    return Finding(f"{len(pending)} migrations are pending: {', '.join(pending)}", "guanxi migrate; guanxi serve does it too")
