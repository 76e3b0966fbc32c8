"""The log of all writes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import strawberry

from graph.changes import ChangeAction
from graph.projection.context import Viewer
from graph.projection.declare import KINDS, by_id, computed, link, node, prop, value
from graph.projection.matches import substitute
from schema.nodes import Node
from schema.scalars import BigInt, DateTime


def logged(description: str, pattern: str) -> Any:
    """A list of changes in their order. A scan can pass over one that commits meanwhile, but none up to what was the newest before it."""
    return link(description, pattern, usual="this.number", where="node.number <= $head")


@value
class Actor:
    """Who did something (操作者)."""

    id: str = strawberry.field(description="A stable name: `user:…`, `import:…`, `system` (编号).")
    label: str = strawberry.field(description="The name to show (名称).")


@value
class FieldChange:
    """One field before and after a change (字段变更)."""

    name: str = strawberry.field(description="The field (字段).")
    before: str | None = strawberry.field(description="Its value before (变更前).")
    after: str | None = strawberry.field(description="Its value after (变更后).")


def actor(id: str, label: str) -> dict[str, str]:
    return {"id": id, "label": label}


_PARTIES, _NAMING = ("Person", "Organization"), ("AnalysisRun", "AnalysisSchedule")
# What of the log tells the same as a field that is put together from it.
_TELLS = {"email": "contactPoints", "phone": "contactPoints", "value": "contactPoints"}


def with_log(viewer: Viewer) -> Viewer:
    """The viewer, who reads no change about what a rule hides, even if it was deleted since, and no run that names such parties."""
    if parties := {type_: rule for type_, rule in viewer.rules.items() if type_ in _PARTIES}:
        unnamed = f"NOT EXISTS {{ MATCH (node)-[:NAMES]->(named) WHERE {_hidden('named', parties)} }}"
        rules = {type_: f"({viewer.rules[type_]}) AND {unnamed}" if type_ in viewer.rules else unnamed for type_ in _NAMING}
        viewer = replace(viewer, rules={**viewer.rules, **rules})
    nodes = {type_: rule for type_, rule in viewer.rules.items() if not KINDS[type_].tie}
    if not nodes or "Change" in viewer.rules:
        return viewer
    rule = f"NOT EXISTS {{ MATCH (node)-[:ABOUT]->(about) WHERE {_hidden('about', nodes)} }}"
    if "AnalysisRun" in viewer.rules:
        # Of a run that is kept no more nobody knows whether the viewer might have read it.
        rule += " AND NOT (coalesce(node.aside, false) AND NOT EXISTS { MATCH (node)-[:ABOUT]->() })"
    return replace(viewer, rules={**viewer.rules, "Change": rule})


def _hidden(name: str, rules: Mapping[str, str]) -> str:
    """Cypher: whether a rule hides the node that goes by a name."""
    return " OR ".join(
        f"({name}:{KINDS[type_].label} AND NOT coalesce({substitute(rule, node=name)}, false))" for type_, rule in sorted(rules.items())
    )


def _may_read(name: str, hidden: list[str]) -> bool:
    """Names are as in the log: `contactPoints`, `address.city`, or those of another subject, `<id> title`."""
    fields = {each.partition(".")[2] for each in hidden}
    return not {*fields, *(_TELLS.get(each, each) for each in fields)} & set(name.replace(" ", ".").split("."))


def fields(stored: str | None, hidden: list[str] | None) -> list[dict[str, Any]]:
    """The stored JSON list of [name, before, after], without fields that the viewer may not read."""
    told = json.loads(stored or "[]")
    return [{"name": name, "before": before, "after": after} for name, before, after in told if _may_read(name, hidden or [])]


@node("Change")
class Change(Node):
    """One write: who did what, when, to what (变更)."""

    number: BigInt = prop("Its number; the order of numbers is the order of the writes (序号).", filter=True, order=True)
    at: DateTime = prop("When (时间).", filter=True, order=True)
    actor: Actor = computed("Who (操作者).", actor, "this.actor", "this.actor_label")
    action: ChangeAction = prop("What was done (操作).", filter=True, order=True)
    subject: Node | None = by_id("What it was done to, if it is still there to read (对象).", "subject_id")
    subjects: list[strawberry.ID] = prop("The ids of all that was written (对象编号).", filter=True)
    fields: list[FieldChange] = computed("What became different (字段变更).", fields, "this.fields", takes=("hidden",))
