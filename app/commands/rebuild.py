"""`guanxi rebuild`"""

from __future__ import annotations

import click

from app.commands import frame, progress
from app.settings import Settings


@click.command("rebuild")
@frame.data_option
def command(**flags: object) -> int:
    settings = frame.with_data(**flags)
    return frame.run(rebuild(settings))


async def rebuild(settings: Settings) -> int:
    from app import writers
    from graph import rebuild

    with progress.shown() as tell:
        async with writers.writing(settings) as writer:
            found = await rebuild.rebuild(writer, tell)
    click.echo(f"Looked at {found.people} people and {found.parties} parties.")
    click.echo(f"Put right: {found.acquaintances} acquaintances, {found.last_contacts} last contacts, {found.labels} labels.")
    return 0
