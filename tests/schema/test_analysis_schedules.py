"""Schedules of analyses through the API."""

from __future__ import annotations

from typing import Any

import pytest

from graph.analyses import schedules
from graph.clock import FixedClock
from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import ask, done
from tests.schema.conftest import Api
from tests.schema.hiding import strict
from tests.schema.listing import Listing
from tests.schema.refusals import NOT_FOUND, STALE, refuses

SCHEDULE = "id cron nextAt parameters version analysis { name title } createdBy { id label } lastRun { id status }"
DAILY = {"analysis": {"influence": {"alpha": 0.5}}, "cron": "0 6 * * 1-5"}


async def shown(api: Api, id: str) -> Any:
    return (await api(f"query($id: ID!) {{ analysisSchedule(id: $id) {{ {SCHEDULE} }} }}", id=id))["analysisSchedule"]


async def test_a_schedule_is_made_changed_and_deleted(api: Api) -> None:
    made = await done(api, "analysisScheduleCreate", DAILY, SCHEDULE)
    assert made == {
        "id": made["id"],
        "cron": "0 6 * * 1-5",
        "nextAt": "2026-07-01T22:00:00.000000Z",
        "parameters": {**made["parameters"], "alpha": 0.5, "damping": 0.85},
        "version": 1,
        "analysis": {"name": "influence", "title": "Influence"},
        "createdBy": {"id": "user:1", "label": "USER:1"},
        "lastRun": None,
    }
    assert await shown(api, made["id"]) == made
    api.language = "zh"
    assert (await shown(api, made["id"]))["analysis"]["title"] == "影响力"
    api.language = "en"
    changed = await done(api, "analysisScheduleUpdate", {"id": made["id"], "version": 1, "cron": "30 6 * * *"}, SCHEDULE)
    assert changed == {**made, "cron": "30 6 * * *", "nextAt": "2026-07-01T22:30:00.000000Z", "version": 2}
    await refuses(api, "analysisScheduleUpdate", {"id": made["id"], "version": 1, "cron": "0 7 * * *"}, "Stale STALE version", STALE)
    await done(api, "analysisScheduleDelete", {"id": made["id"]})
    assert await shown(api, made["id"]) is None
    await refuses(api, "analysisScheduleDelete", {"id": made["id"]}, "NotFound NOT_FOUND id", NOT_FOUND)


async def test_bad_expressions_and_parameters_are_refused_by_name(api: Api) -> None:
    said = "it is not a cron expression (Bad hour); write minute, hour, day, month and weekday, such as 0 6 * * 1-5|例如 0 6 * * 1-5"
    await refuses(api, "analysisScheduleCreate", {**DAILY, "cron": "0 25 * * *"}, "InvalidInput INVALID cron", said)
    wrong = {**DAILY, "analysis": {"influence": {"alpha": 1}}}
    bounds = "between 0 and 0.99|必须在 0 与 0.99 之间"
    await refuses(api, "analysisScheduleCreate", wrong, "InvalidInput OUT_OF_RANGE analysis.influence.alpha", bounds)
    made = await done(api, "analysisScheduleCreate", DAILY)
    change = {"id": made["id"], "version": 1, "cron": "never"}
    await refuses(api, "analysisScheduleUpdate", change, "InvalidInput INVALID cron", "such as 0 6 * * 1-5|例如 0 6 * * 1-5")


async def test_the_same_key_makes_one(api: Api) -> None:
    one, other = [await done(api, "analysisScheduleCreate", {**DAILY, "idempotencyKey": "k"}) for _ in range(2)]
    assert one == other
    assert await Listing(api, "analysisSchedules", "id").rows() == [one["id"]]


async def test_schedules_are_listed_by_what_is_due_next_and_show_their_last_run(api: Api, writer: Writer, clock: FixedClock) -> None:
    late = await done(api, "analysisScheduleCreate", {**DAILY, "cron": "0 0 1 1 *"})
    soon = await done(api, "analysisScheduleCreate", {**DAILY, "cron": "0 17 * * *"})
    found = Listing(api, "analysisSchedules", "id")
    assert await found.rows("orderBy: [{ nextAt: ASC }]") == [soon["id"], late["id"]]
    assert await found.where('nextAt: { lt: "2026-07-02T00:00:00Z" }') == [soon["id"]]
    clock.advance(clock.now().replace(hour=9) - clock.now())
    assert await schedules.start_due(writer) == [soon["id"]]
    last = (await shown(api, soon["id"]))["lastRun"]
    assert last["status"] == "QUEUED"
    api.viewer = Viewer("user:2", "Bob", rules={"AnalysisRun": "node.status = 'DONE'"})
    assert (await shown(api, soon["id"]))["lastRun"] is None
    api.viewer = Viewer("user:2", "Bob", rules={"AnalysisSchedule": "node.cron <> '0 17 * * *'"})
    assert await shown(api, soon["id"]) is None
    assert await found.rows() == [late["id"]]


async def test_whom_one_may_not_read_one_may_not_analyse(api: Api, writer: Writer) -> None:
    spy = await given.person(writer, "Spy", notes="secret")
    api.viewer = strict("Person")
    hidden = {"analysis": {"introductions": {"to": spy}}, "cron": "0 6 * * *"}
    await refuses(api, "analysisScheduleCreate", hidden, "NotFound NOT_FOUND analysis.introductions.to", NOT_FOUND)


@pytest.mark.parametrize("analysis", [{}, {"influence": {}, "networkHealth": {}}, {"influence": None}])
async def test_a_schedule_is_of_one_analysis(api: Api, analysis: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match=r"AnalysisStartInput|[Oo]ne"):
        await ask(api, "analysisScheduleCreate", {**DAILY, "analysis": analysis})
