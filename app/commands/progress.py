"""How far some work is: a bar on a terminal, a plain line now and then elsewhere. On stderr, so that results can be piped."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

__all__ = ["Tell", "shown"]

Tell = Callable[[str, float, float], None]
"""Says of a step by name how much of how much is done."""

PLAIN_SECONDS = 5.0


@contextmanager
def shown(quiet: bool = False) -> Iterator[Tell]:
    """What to tell while the block runs."""
    if quiet:
        yield lambda step, done, total: None
    elif sys.stderr.isatty():
        with _bar() as tell:
            yield tell
    else:
        yield plain(time.monotonic)


@contextmanager
def _bar() -> Iterator[Tell]:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    tasks: dict[str, TaskID] = {}
    with Progress(console=Console(stderr=True)) as bar:

        def tell(step: str, done: float, total: float) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done, total=total)

        yield tell


def plain(clock: Callable[[], float], say: Callable[[str], object] | None = None) -> Tell:
    """One line when a step ends, and every few seconds before: on stderr, unless `say` takes it."""
    last: dict[str, float] = {}

    def tell(step: str, done: float, total: float) -> None:
        now = clock()
        if done >= total or now - last.setdefault(step, now) >= PLAIN_SECONDS:
            last[step] = now
            line = f"{step}: {done / total:.0%}" if total else f"{step}: done"
            say(line) if say else click.echo(line, err=True)

    return tell
