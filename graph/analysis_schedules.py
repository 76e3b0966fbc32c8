"""Analyses that start by themselves, again and again (定时分析)."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from graph.analyses import named
from graph.analyses.schedules import LOCK, Cron, next_at
from graph.analysis_start import AnalysisStart, chosen
from graph.changes import ChangeAction
from graph.database import Transaction
from graph.fields import ABSENT, REQUIRED, Create, Fields, Reference, Update, references
from graph.writing import Draft, Writer, Written, locked, write

__all__ = ["AnalysisScheduleCreate", "AnalysisScheduleUpdate", "create", "delete", "update"]


class AnalysisScheduleFields(Fields):
    """What can be written of a schedule (定时分析)."""

    analysis: AnalysisStart = Field(default=ABSENT, description="Which analysis, with its parameters (分析)")
    cron: Cron = Field(
        default=ABSENT,
        description="Minute, hour, day, month, weekday where the company is; `0 6 * * 1-5`: weekdays at 6:00 (时间表达式)",
    )


class AnalysisScheduleCreate(AnalysisScheduleFields, Create):
    """A new schedule (新建定时分析)."""

    analysis: AnalysisStart = REQUIRED
    cron: Cron = REQUIRED


class AnalysisScheduleUpdate(AnalysisScheduleFields, Update):
    """A change of a schedule (修改定时分析)."""


_CREATE = "CREATE (schedule:Node:AnalysisSchedule) SET schedule = $properties"
_SET = """
MATCH (schedule:Node {id: $id})
SET schedule += $changed, schedule.updated_at = $now, schedule.version = schedule.version + 1
"""


async def create(writer: Writer, input: AnalysisScheduleCreate) -> Written:
    """Let an analysis start by itself; a time that was missed is caught up once (新建定时分析)."""
    values, naming = await _values(writer, input)

    async def work(transaction: Transaction, draft: Draft) -> str:
        id, now = writer.ids.new(), writer.now()
        author = {"created_by": writer.author.id, "created_by_label": writer.author.label}
        _log(draft, {}, values)
        await transaction.run(_CREATE, {"properties": {**values, **author, "id": id, "version": 1, "created_at": now, "updated_at": now}})
        await named.tie(transaction, id, naming)
        return id

    return await write(writer, ChangeAction.CREATE, work, given=input)


async def update(writer: Writer, input: AnalysisScheduleUpdate) -> Written:
    """Change what starts by itself, or when (修改定时分析)."""
    values, naming = await _values(writer, input)

    async def work(transaction: Transaction, draft: Draft) -> str:
        before = await locked(transaction, LOCK, input.id, version=input.version)
        changed = {name: value for name, value in values.items() if value != before[name]}
        _log(draft, before, changed)
        if draft.fields:
            await transaction.run(_SET, {"id": input.id, "changed": changed, "now": writer.now()})
        if "parameters" in changed:
            await named.tie_anew(transaction, input.id, naming)
        return input.id

    return await write(writer, ChangeAction.UPDATE, work, given=input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a schedule; its runs stay (删除定时分析)."""

    async def work(transaction: Transaction, draft: Draft) -> str:
        await locked(transaction, LOCK, input.id, version=input.version)
        now = writer.now()
        draft.aside = True
        draft.set("deletedAt", None, now)
        await transaction.run(_SET, {"id": input.id, "changed": {"deleted_at": now}, "now": now})
        return input.id

    return await write(writer, ChangeAction.DELETE, work, given=input)


async def _values(writer: Writer, input: AnalysisScheduleFields) -> tuple[dict[str, Any], list[str]]:
    """What is stored of an input, and the parties that it names."""
    values, naming = dict[str, Any](), list[str]()
    if input.analysis is not None:
        name, parameters, path = chosen(input.analysis, "analysis")
        await named.check(writer, parameters, *path)
        values |= {"analysis": name, "parameters": parameters.model_dump_json(by_alias=True)}
        naming = [id for id, _ in references(parameters)]
    if input.cron is not None:
        values |= {"cron": input.cron, "next_at": next_at(writer, input.cron)}
    return values, naming


def _log(draft: Draft, before: dict[str, Any], changed: dict[str, Any]) -> None:
    draft.aside = True
    for name in ("analysis", "parameters", "cron"):
        if name in changed:
            draft.set(name, before.get(name), changed[name])
