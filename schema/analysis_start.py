"""Starting and cancelling analyses: the input has one field for each registered analysis."""

from __future__ import annotations

from graph.analyses import runs
from graph.analysis_start import AnalysisStart, anew, start
from schema.inputs import input_type
from schema.mutations import Write, payload, writes


def analysis_writes() -> list[Write]:
    """`analysisStart` and `analysisCancel`."""
    made = payload("analysis_start", "analysis_run", "AnalysisRun")
    given = input_type(AnalysisStart, "AnalysisStartInput")
    first = Write("analysis_start", start, made, "analysis_run", "AnalysisRun", given, AnalysisStart.parse, anew)
    (cancel,) = writes(runs, "analysis", "AnalysisRun", "cancel", answers="analysis_run")
    return [first, cancel]
