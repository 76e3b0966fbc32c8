"""`guanxi load FILE`"""

from __future__ import annotations

from pathlib import Path

import click

from app import opening
from app.commands import frame, progress
from app.settings import Settings
from graph import transfer


@click.command("load")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@frame.data_option
def command(file: Path, **flags: object) -> int:
    settings = frame.configured(**flags)
    return frame.run(load(settings, file))


async def load(settings: Settings, file: Path) -> int:
    with progress.shown() as tell:
        async with opening.database(settings) as database:
            header = await transfer.load(database, file, progress=lambda done, total: tell("load", done, total))
    click.echo(f"{header.nodes} nodes and {header.ties} ties came from {file}.")
    return 0
