"""What the commands share: settings from flags, and failures as one line."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from app import logs, serving, stopping
from app.settings import BadSetting, Settings, load
from graph.database import DatabaseFailure
from graph.errors import Problems, WriteProblem
from graph.migrate import MigrationProblem
from graph.transfer import TransferProblem

__all__ = ["Misused", "configured", "data_option", "refusing", "run", "with_data"]

T = TypeVar("T")

data_option = click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of the embedded engine [GUANXI_DATA].")


class Misused(click.ClickException):
    """Wrong settings: exit code 2."""

    exit_code = 2


@contextmanager
def refusing() -> Iterator[None]:
    """Turns a bad setting into wrong usage."""
    try:
        yield
    except BadSetting as error:
        raise Misused(str(error)) from None


def configured(**flags: object) -> Settings:
    """Settings under `flags`, with the log set up as they say."""
    with refusing():
        settings = load(flags)
    logs.configure(settings)
    return settings


def with_data(**flags: object) -> Settings:
    """As `configured`, for what makes sense only where data are: a folder without any is a wrong one."""
    from app import opening

    settings = configured(**flags)
    if opening.holds_nothing(settings):
        place = settings.data.absolute()
        raise Misused(f"there is nothing in {place} yet: name another folder by --data or GUANXI_DATA, or begin with guanxi serve --demo")
    return settings


def run(work: Coroutine[Any, Any, T]) -> T:
    """Runs `work` to its end; what can go wrong in the world becomes one line and exit code 1."""
    try:
        with asyncio.Runner(loop_factory=serving.new_event_loop()) as runner:
            return runner.run(stopping.terminable(work))
    except asyncio.CancelledError:
        raise stopping.Terminated from None
    except (DatabaseFailure, MigrationProblem, Problems, TransferProblem, WriteProblem) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}") from error
