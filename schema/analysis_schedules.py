"""Analyses that start by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.projection.declare import computed, link, node, prop
from schema.analyses import Analysis, analysis, parsed
from schema.changes import Actor, actor
from schema.nodes import Node
from schema.scalars import JSON, DateTime

if TYPE_CHECKING:
    from schema.analyses import AnalysisRun


@node("AnalysisSchedule")
class AnalysisSchedule(Node):
    """An analysis that starts by itself, again and again (定时分析)."""

    analysis: Analysis = computed("Which analysis (分析).", analysis, "this.analysis", takes=("language",))
    parameters: JSON = computed("With which parameters, defaults filled in (参数).", parsed, "this.parameters")
    cron: str = prop("When, in the time zone of the company: minute, hour, day, month, weekday (时间表达式).")
    next_at: DateTime = prop("When it starts next (下次启动时间).", filter=True, order=True)
    last_run: AnalysisRun | None = link(
        "What it started last, or found to have the answer already (最近一次运行).", "(this)-[:STARTED]->(node:AnalysisRun)", pick="node.id"
    )
    created_by: Actor = computed("Whose runs they are (创建人).", actor, "this.created_by", "this.created_by_label")
    version: int = prop("Raised by every change (版本).")
