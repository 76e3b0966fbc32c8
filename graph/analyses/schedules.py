"""Analyses that start by themselves: when one is due, whichever server process comes first starts it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, LiteralString
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator

from graph.analyses import named, runs, stored
from graph.analyses.registry import ANALYSES, Analysis
from graph.changes import ChangeAction
from graph.clock import instant
from graph.database import Transaction
from graph.errors import NotFound, Problems
from graph.fields import Fields, wrong
from graph.fields.kinds import Limit, clean, most_characters
from graph.writing import Author, Draft, Writer, locked, write

__all__ = ["LOCK", "Cron", "next_at", "start_due"]

_DUE: LiteralString = """
MATCH (schedule:AnalysisSchedule) WHERE schedule.next_at <= $now AND schedule.deleted_at IS NULL
RETURN properties(schedule) ORDER BY schedule.next_at, schedule.id
"""
LOCK: LiteralString = """
MATCH (schedule:Node {id: $id}) SET schedule._lock = true REMOVE schedule._lock
WITH schedule WHERE schedule:AnalysisSchedule AND schedule.deleted_at IS NULL
RETURN properties(schedule)
"""
_FORGET_LAST: LiteralString = "MATCH (:Node {id: $id})-[last:STARTED]->() DELETE last"
_LAST: LiteralString = "MATCH (schedule:Node {id: $id}), (run:Node {id: $run}) CREATE (schedule)-[:STARTED]->(run)"
_NEXT: LiteralString = "MATCH (schedule:Node {id: $id}) SET schedule.next_at = $next"


_LONGEST = 200


def _cron(value: str) -> str:
    value = clean(value, _LONGEST)
    try:
        # Five fields: with six, cronsim takes the first for seconds.
        if len(value.split()) != 5:
            raise CronSimError("Wrong number of fields")
        next(CronSim(value, datetime(2026, 1, 1)))  # noqa: DTZ001 - whether it ever comes is the same everywhere
    except (CronSimError, StopIteration) as error:
        reason = str(error) or "it never comes"
        en = f"it is not a cron expression ({reason}); write minute, hour, day, month and weekday, such as 0 6 * * 1-5: weekdays at 6:00"
        raise wrong(en, f"不是有效的 cron 表达式（{reason}），请依次填写分、时、日、月、星期，例如 0 6 * * 1-5 表示工作日 6:00") from None
    return value


Cron = Annotated[str, AfterValidator(Limit(most_characters(_LONGEST), _cron))]


def next_at(writer: Writer, cron: str) -> str:
    """When an expression is due next, by the days and hours of the company."""
    now = writer.clock.now().astimezone(ZoneInfo(writer.customs.time_zone))
    return instant(next(CronSim(cron, now)))


async def start_due(writer: Writer) -> list[str]:
    """Starts what is due, once however often it was missed, and gives the ids of the schedules."""
    due = [dict(row[0]) for row in await writer.database.read(_DUE, {"now": writer.now()})]
    return [schedule["id"] for schedule in due if await _start(writer, schedule)]


async def _start(writer: Writer, schedule: Mapping[str, Any]) -> bool:
    """Whether it was this process that started it."""
    id, now, wanted = schedule["id"], writer.now(), _understood(schedule)
    same = await stored.find(writer, *wanted) if wanted else None
    queued = await runs.waiting(writer, *wanted) if wanted and not same else runs.QUEUED
    by = replace(writer, author=Author(schedule["created_by"], schedule["created_by_label"]))
    mine = False

    async def work(transaction: Transaction, draft: Draft) -> str:
        nonlocal mine
        found = await locked(transaction, LOCK, id)
        if not (mine := found["next_at"] <= now):
            return str(id)
        asked = {"analysis": found["analysis"], "parameters": found["parameters"]}
        answered = None
        if wanted and found["version"] == schedule["version"]:
            # As this version of the program writes them, which may know more of them.
            asked, answered = stored.asked(*wanted), same
        run = answered or await runs.add(transaction, by, draft, asked, queued, await named.of(transaction, id))
        await transaction.run(_FORGET_LAST, {"id": id})
        await transaction.run(_LAST, {"id": id, "run": run})
        await transaction.run(_NEXT, {"id": id, "next": next_at(writer, found["cron"])})
        return run

    try:
        await write(by, ChangeAction.START, work, given=Fields())
    except NotFound:
        # Somebody deleted it a moment ago.
        return False
    return mine


def _understood(schedule: Mapping[str, Any]) -> tuple[Analysis[Any, Any], Fields] | None:
    """The analysis and its parameters."""
    analysis = ANALYSES.get(schedule["analysis"])
    try:
        return (analysis, runs.parsed(analysis, json.loads(schedule["parameters"]))) if analysis else None
    except Problems:
        # Another version of the program knew other parameters: whoever takes the run says so.
        return None
