"""Which analysis, with its parameters: one field for each (启动分析)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, create_model

from graph.analyses import ANALYSES, runs
from graph.errors import invalid
from graph.fields import Fields
from graph.writing import Writer, Written

__all__ = ["AnalysisStart", "anew", "chosen", "start"]


class _Choice(Fields):
    ONE_OF: ClassVar = True


_CHOICES: dict[str, Any] = {
    name: (found.parameters | None, Field(default=None, description=f"{found.title.en}: {found.purpose.en} ({found.title.zh})"))
    for name, found in ANALYSES.items()
}
if TYPE_CHECKING:
    AnalysisStart = Fields
else:
    AnalysisStart = create_model("AnalysisStart", __base__=_Choice, __doc__="Which analysis, with its parameters (启动分析).", **_CHOICES)


async def start(writer: Writer, input: AnalysisStart) -> Written:
    """Start an analysis; the run waits until a server process is free. Has nothing changed, that of before is answered (启动分析)."""
    return await runs.start(writer, *chosen(input))


async def anew(writer: Writer, input: AnalysisStart) -> Written:
    """Start an analysis, whatever was computed before."""
    return await runs.queue(writer, *chosen(input))


def chosen(input: AnalysisStart, *path: str) -> tuple[str, Fields, tuple[str, ...]]:
    """The one analysis that is asked for, its parameters, and the path to them."""
    given = [(name, value) for name in type(input).model_fields if (value := getattr(input, name)) is not None]
    if len(given) != 1:
        name = ".".join(path) or "input"
        raise invalid(f"{name}: give exactly one analysis", f"{name}：请只给出一项分析", *path)
    ((name, parameters),) = given
    return name, parameters, (*path, type(input).model_fields[name].alias or name)
