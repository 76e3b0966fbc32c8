"""Analyses, their runs and what those gave."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import strawberry

from graph.analyses import ANALYSES, stored
from graph.analyses import Analysis as Registered
from graph.analyses.rows import RowKind, group_title
from graph.analyses.runs import RunStatus
from graph.errors import Message, ProblemCode
from graph.projection.connections import Connection
from graph.projection.declare import computed, count, interface, link, node, prop, title, unfold, value
from schema.changes import Actor, actor
from schema.context import Context
from schema.nodes import Node
from schema.parameters import described
from schema.problems import Problem, Refused
from schema.reasons import lists, unfold_reasons
from schema.scalars import JSON, BigInt, Date, DateTime

if TYPE_CHECKING:
    from schema.parties import Party
    from schema.reasons import Reason

T = TypeVar("T")


@value
class AnalysisParameter:
    """One parameter of an analysis (分析参数)."""

    name: str = strawberry.field(description="The name in the input (名称).")
    type: str = strawberry.field(description="Its type (类型).")
    default: str | None = strawberry.field(description="What holds unless told, as JSON (默认值).")
    description: str = strawberry.field(description="What it does, and its bounds (说明).")


@value
class Analysis:
    """Something that can be computed on the network (分析)."""

    name: str = strawberry.field(description="The name; `key_people` is called `keyPeople` in `analysisStart` (名称).")
    title: str = strawberry.field(description="The title in the language of the request (标题).")
    purpose: str = strawberry.field(description="What it is for (用途).")
    formula: str = strawberry.field(description="How it is computed; a run says with which version and weights (公式).")
    complexity: str = strawberry.field(description="How time and memory grow (复杂度).")
    rows: RowKind = strawberry.field(description="What its rows are (结果类别).")
    parameters: list[AnalysisParameter] = strawberry.field(description="What can be set (参数).")


@value
class Estimate:
    """What a run will take (估算)."""

    nodes: BigInt = strawberry.field(description="Parties in the network (节点数).")
    edges: BigInt = strawberry.field(description="Ties between them (边数).")
    seconds: float = strawberry.field(description="Seconds (秒).")
    memory_bytes: BigInt = strawberry.field(description="Memory in bytes (内存).")


def shown(found: Registered[Any, Any], language: str) -> dict[str, Any]:
    """An analysis as clients see it."""
    return {
        "name": found.name,
        "title": _said(found.title, language),
        "purpose": _said(found.purpose, language),
        "formula": _said(found.formula, language),
        "complexity": _said(found.complexity, language),
        "rows": found.rows.value,
        "parameters": described(found.parameters),
    }


def _said(message: Message, language: str) -> str:
    return label(message.en, message.zh, language)


_GONE = Message("This version of the program does not have it any more.", "当前版本已不再提供此分析。")


def analysis(name: str, language: str) -> dict[str, Any]:
    """An analysis by its name; of one that another version knew, its name."""
    if name in ANALYSES:
        return shown(ANALYSES[name], language)
    nothing = {"formula": "", "complexity": "", "rows": RowKind.GRAPH_FACT.value, "parameters": []}
    return {"name": name, "title": name, "purpose": _said(_GONE, language), **nothing}


def estimate(nodes: int | None, edges: int, seconds: float, memory: int) -> dict[str, Any] | None:
    return None if nodes is None else {"nodes": str(nodes), "edges": str(edges), "seconds": seconds, "memoryBytes": str(memory)}


def day(parameters: str, fingerprint: str | None) -> str | None:
    """The day that was asked for, or that of the fingerprint."""
    return json.loads(parameters or "{}").get("asOf") or (stored.day(fingerprint) if fingerprint else None)


def parsed(text: str | None) -> Any:
    return json.loads(text or "{}")


def label(en: T, zh: T, language: str) -> T:
    return zh if language.startswith("zh") else en


def noted(en: list[str] | None, zh: list[str] | None, language: str) -> list[str]:
    """The notes of a run in one language; those of a run that has none yet are none."""
    return label(en, zh, language) or []


# Who opts out is in no result at once, of whatever run.
CONCERNED = "(this)-[:CONCERNS]->(node:Party {network_opt_out: false})"
_PLACED = "(this)-[tie:CONCERNS]->(node:Party {network_opt_out: false})"


@interface("AnalysisRow")
class AnalysisRow:
    """One row of what an analysis gave (分析结果)."""

    reasons: list[Reason] = unfold(
        "Why, the greatest parts first (原因).", unfold_reasons, *lists(""), reference="reason_parties", unless="network_opt_out"
    )


@node("NodeScore", tells=CONCERNED)
class NodeScore(AnalysisRow):
    """The score of a party (评分)."""

    party: Party | None = link("Whose score (关系方).", CONCERNED, pick="node.id")
    score: float = prop("The score (得分).", filter=True)
    rank: int = prop("1 is the best (排名).", filter=True)


@node("NodeGroup", tells=CONCERNED, partly=True)
class NodeGroup(AnalysisRow):
    """Parties that belong together (分组)."""

    label: str = title(
        "What to call the group: its number, two of its most telling members, and where most work or the industry of most of them (名称).",
        group_title,
        "this.label_en",
        "this.label_zh",
        lists=("reason_codes",),
        reference="reason_parties",
        unless="network_opt_out",
        properties=("name", "industry"),
    )
    size: int = count("How many belong to it, as far as the viewer may know (规模).", CONCERNED, filter=True, order=True)
    members: Connection[Party] | None = link(
        "Who belongs to it; in no other order the most strongly tied inside first (成员).", _PLACED, usual="tie.place"
    )


@node("PairScore", tells=CONCERNED)
class PairScore(AnalysisRow):
    """The score of two parties together (成对评分)."""

    a: Party | None = link("One of the two (一方).", "(this)-[tie:CONCERNS]->(node:Party)", where="tie.place = 0", pick="node.id")
    b: Party | None = link("The other (另一方).", "(this)-[tie:CONCERNS]->(node:Party)", where="tie.place = 1", pick="node.id")
    score: float = prop("The score (得分).", filter=True)


@node("PathRow", tells=CONCERNED)
class PathRow(AnalysisRow):
    """A path through the network (路径)."""

    parties: list[Party | None] = link("Who stands on it, in order (途经).", "(this)-[tie:CONCERNS]->(node:Party)", pick="tie.place")
    strength: float = prop("The product of the strengths on the way (强度).", filter=True)


@node("GraphFact")
class GraphFact(AnalysisRow):
    """A number about the whole network (网络指标)."""

    code: str = prop("Which number (代码).", filter=True)
    label: str = computed("What it is called (名称).", label, "this.label_en", "this.label_zh", takes=("language",))
    value: float = prop("The number (数值).", filter=True)


def _problem(root: Any, info: strawberry.Info[Context, None]) -> Problem | None:
    if root["@problem_code"] is None:
        return None
    message = label(root["@problem_en"], root["@problem_zh"], info.context.language)
    return Refused(message=message, code=ProblemCode[root["@problem_code"]], path=None)


@node("AnalysisRun")
class AnalysisRun(Node):
    """One run of an analysis (分析任务)."""

    analysis: Analysis = computed("Which analysis (分析).", analysis, "this.analysis", takes=("language",))
    analysis_name: str = prop("Its name, to find its runs by (分析名称).", name="analysis", filter=True, order=True)
    parameters: JSON = computed("With which parameters, defaults filled in (参数).", parsed, "this.parameters")
    status: RunStatus = prop("How far it got (状态).", filter=True, order=True)
    progress: float = prop("From 0 to 1 (进度).")
    started_by: Actor = computed("Who asked for it (发起人).", actor, "this.started_by", "this.started_by_label")
    started_at: DateTime | None = prop("When the work began; null while it waits (开始时间).", filter=True, order=True)
    finished_at: DateTime | None = prop("When it was over (结束时间).", filter=True, order=True)
    estimate: Estimate | None = computed(
        "What it was expected to take (估算).",
        estimate,
        "this.estimate_nodes",
        "this.estimate_edges",
        "this.estimate_seconds",
        "this.estimate_memory_bytes",
    )
    as_of: Date | None = computed(
        "Of which day it speaks; null while it waits for the day on which it is begun (截至日期).",
        day,
        "this.parameters",
        "this.fingerprint",
    )
    formula: str | None = prop("The formula with its version and weights, once it is done (公式).")
    fingerprint: str | None = prop(
        "What it was computed from: the number of the last change that it saw, the day, how it is computed (数据指纹)."
    )
    notes: list[str] = computed(
        "What else should be known of it, such as what was left out (说明).", noted, "this.notes_en", "this.notes_zh", takes=("language",)
    )
    problem: Problem | None = strawberry.field(
        resolver=_problem,
        description="Why it failed (失败原因).",
        metadata={"needs": ("problem_code", "problem_en", "problem_zh")},
    )
    rows: Connection[AnalysisRow] | None = link(
        "What it gave, once it is done, the best first; the 10,000 best of each ranking are kept, of other rows the first 20,000 (结果).",
        "(this:AnalysisRun {status: 'DONE'})-[:GAVE]->(node:AnalysisRow)",
        usual="this.place",
    )
