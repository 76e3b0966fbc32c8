"""Starting and cancelling analyses: the input has one field for each registered analysis."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import strawberry
from pydantic.alias_generators import to_camel, to_pascal, to_snake

from graph.analyses import ANALYSES, runs
from graph.errors import Invalid, Problems
from graph.writing import Writer, Written
from schema.inputs import generated, input_type
from schema.mutations import Write, payload, writes


def _start_input() -> type:
    """`AnalysisStartInput @oneOf { influence: InfluenceParametersInput … }`."""
    cls = type("AnalysisStartInput", (), {"__module__": generated.__name__, "__annotations__": {}})
    setattr(generated, cls.__name__, cls)
    for name, found in ANALYSES.items():
        parameters: Any = input_type(found.parameters, f"{to_pascal(name)}ParametersInput")
        cls.__annotations__[name] = parameters | None
        text = f"{found.title.en}: {found.purpose.en} ({found.title.zh})"
        setattr(cls, name, strawberry.field(name=to_camel(name), default=strawberry.UNSET, description=text))
    return strawberry.input(cls, description="Which analysis, with its parameters (启动分析).", one_of=True)


async def start(writer: Writer, input: tuple[str, dict[str, Any]]) -> Written:
    """Start an analysis; the run waits until a server process is free. Has nothing changed, that of before is answered (启动分析)."""
    return await _named(input, writer, runs.start)


async def _anew(writer: Writer, input: tuple[str, dict[str, Any]]) -> Written:
    return await _named(input, writer, runs.queue)


async def _named(
    input: tuple[str, dict[str, Any]], writer: Writer, work: Callable[[Writer, str, dict[str, Any]], Awaitable[Written]]
) -> Written:
    name, parameters = input
    try:
        return await work(writer, to_snake(name), parameters)
    except Problems as several:
        raise Problems([p.at(name, *p.path) if isinstance(p, Invalid) else p for p in several.problems]) from None


def _only(given: dict[str, Any]) -> tuple[str, Any]:
    return next(iter(given.items()))


def analysis_writes() -> list[Write]:
    """`analysisStart` and `analysisCancel`."""
    made = payload("analysis_start", "analysis_run", "AnalysisRun")
    first = Write("analysis_start", start, made, "analysis_run", "AnalysisRun", _start_input(), _only, _anew)
    (cancel,) = writes(runs, "analysis", "AnalysisRun", "cancel", answers="analysis_run")
    return [first, cancel]
