"""What is in the folder and what is left of it to do: the loader, and the planner, which is pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import LiteralString

_NAMED = re.compile(r"(?:V(?P<number>\d{3,})|R)__[a-z][a-z0-9_]*\.(?P<kind>cypher|py)")
_SCHEMA = re.compile(r"(?:CREATE|DROP)\s+(?:\w+\s+)?(?:INDEX|CONSTRAINT)\b", re.IGNORECASE)


class MigrationProblem(Exception):
    """The files and the graph do not fit. `step` is the name of the file."""

    sentence = "{step} cannot be applied."

    def __init__(self, step: str) -> None:
        super().__init__(self.sentence.format(step=step))
        self.step = step


class Misnamed(MigrationProblem):
    sentence = "{step} is not a migration: call it V001__name.cypher, V001__name.py or R__name.cypher, each number once."


class Changed(MigrationProblem):
    sentence = "{step} was changed after it had been applied. Put it back as it was, and write the change as a new step."


class Missing(MigrationProblem):
    sentence = "{step} has been applied to this database, but this version does not have it. Use the version that does, or a newer one."


class OutOfOrder(MigrationProblem):
    sentence = "{step} comes before a step that has been applied already. Give it the next free number."


@dataclass(frozen=True)
class Step:
    """One file. `number` is None for one that runs again whenever it changes."""

    path: Path
    number: int | None
    checksum: str

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def statements(self) -> list[LiteralString]:
        """Its Cypher statements, each ended by a semicolon at the end of a line; lines that begin with `//` are left out."""
        lines = (line for line in self.path.read_text("utf-8").splitlines() if not line.lstrip().startswith("//"))
        parts = re.split(r";[ \t]*(?:\n|$)", "\n".join(lines))
        # A file of ours is as literal as text that stands here.
        return [text for part in parts if (text := part.strip())]  # pyright: ignore[reportReturnType]


@dataclass(frozen=True)
class Mark:
    """What the graph remembers of a step: how many of its statements are `done`, and whether that is all."""

    checksum: str
    done: int
    complete: bool


def load(folder: Path) -> list[Step]:
    """The steps of `folder` in the order they run, the repeatable ones last. Misnamed: a name that says nothing, a number used twice."""
    steps = [_step(path) for path in sorted(folder.iterdir()) if path.name != "__init__.py" and path.suffix in (".cypher", ".py")]
    numbered = sorted((step for step in steps if step.number is not None), key=lambda step: step.number or 0)
    for before, after in pairwise(numbered):
        if before.number == after.number:
            raise Misnamed(after.name)
    return numbered + [step for step in steps if step.number is None]


def plan(steps: Iterable[Step], marks: Mapping[str, Mark]) -> list[Step]:
    """Those of `steps` that still have to run. Changed, Missing or OutOfOrder, by name, when history and files differ."""
    steps = list(steps)
    for name in sorted(marks.keys() - {step.name for step in steps}):
        if name.startswith("V"):
            raise Missing(name)
    pending: list[Step] = []
    for step in steps:
        mark = marks.get(step.name)
        if mark and step.number is not None and mark.checksum != step.checksum:
            raise Changed(step.name)
        if mark and mark.complete and mark.checksum == step.checksum:
            if step.number is not None and pending:
                raise OutOfOrder(pending[0].name)
        else:
            pending.append(step)
    return pending


def is_schema(statement: str) -> bool:
    return _SCHEMA.match(statement) is not None


def _step(path: Path) -> Step:
    named = _NAMED.fullmatch(path.name)
    if named is None or (named["number"] is None and named["kind"] == "py"):
        raise Misnamed(path.name)
    # Line ends are left out of the checksum: a checkout on Windows is the same step.
    content = path.read_bytes().replace(b"\r\n", b"\n")
    return Step(path, int(named["number"]) if named["number"] else None, hashlib.sha256(content).hexdigest())
