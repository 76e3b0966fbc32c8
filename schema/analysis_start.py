"""Starting and cancelling analyses: the input has one field for each registered analysis."""

from __future__ import annotations

from typing import Any

import strawberry
from pydantic.alias_generators import to_camel, to_pascal

from graph.analyses import ANALYSES, runs
from graph.analysis_start import AnalysisStart, anew, start
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


def analysis_writes() -> list[Write]:
    """`analysisStart` and `analysisCancel`."""
    made = payload("analysis_start", "analysis_run", "AnalysisRun")
    first = Write("analysis_start", start, made, "analysis_run", "AnalysisRun", _start_input(), AnalysisStart.parse, anew)
    (cancel,) = writes(runs, "analysis", "AnalysisRun", "cancel", answers="analysis_run")
    return [first, cancel]
