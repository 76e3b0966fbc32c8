"""`guanxi dump FILE`"""

from __future__ import annotations

import os
from pathlib import Path

import click

from app import opening
from app.commands import frame, progress
from app.settings import Settings
from graph import transfer


@click.command("dump")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite FILE if it exists.")
@frame.data_option
def command(file: Path, force: bool, **flags: object) -> int:
    if refusal := transfer.no_place(file):
        raise frame.Misused(refusal)
    if os.path.exists(file) and not force:
        raise frame.Misused(f"{file} exists already; --force overwrites it")
    settings = frame.with_data(**flags)
    return frame.run(dump(settings, file))


async def dump(settings: Settings, file: Path) -> int:
    with progress.shown() as tell:
        async with opening.database(settings) as database:
            header = await transfer.dump(database, file, progress=lambda done, total: tell("dump", done, total))
    click.echo(f"{header.nodes} nodes and {header.ties} ties are in {file}.")
    return 0
