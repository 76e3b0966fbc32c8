"""`guanxi migrate [--check]`"""

from __future__ import annotations

import click

from app import opening
from app.commands import frame
from app.settings import Settings
from graph import migrate


@click.command("migrate")
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 when something is pending.")
@frame.data_option
def command(check: bool, **flags: object) -> int:
    settings = frame.configured(**flags)
    return frame.run(tell_pending(settings) if check else apply(settings))


async def apply(settings: Settings) -> int:
    async with opening.database(settings) as database:
        done = await migrate.apply(database, progress=lambda name: click.echo(f"{name} …"))
    click.echo(f"{len(done)} applied; the database is up to date.")
    return 0


async def tell_pending(settings: Settings) -> int:
    pending = await _pending(settings)
    for name in pending:
        click.echo(name)
    click.echo(f"{len(pending)} pending." if pending else "The database is up to date.", err=True)
    return 1 if pending else 0


async def _pending(settings: Settings) -> list[str]:
    # To ask an engine that is not there yet would make it.
    if opening.holds_nothing(settings):
        return migrate.all_steps()
    async with opening.database(settings) as database:
        return await migrate.pending(database)
