"""`scoreMoves` as clients ask for it."""

from __future__ import annotations

from typing import Any

import pytest

from graph.analyses import execution, runs
from graph.projection.context import Viewer
from graph.writing import Writer
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api
from tests.schema.hiding import strict

DOCUMENT = """query($metric: MoveMetric!, $from: ID!, $to: ID!, $first: Int) {
    scoreMoves(metric: $metric, from: $from, to: $to, first: $first) { totalCount
        moves { party { name } scoreBefore scoreAfter rankBefore rankAfter reasons { code label before after change party { name } } }
        problems { __typename code message path ... on NotFound { missingId } } } }"""


async def compared(api: Api, two: tuple[str, str], metric: str = "RANK", first: int | None = None) -> Any:
    return (await api(DOCUMENT, **{"from": two[0], "to": two[1]}, metric=metric, first=first))["scoreMoves"]


async def names(api: Api, two: tuple[str, str], **more: Any) -> list[str]:
    return [move["party"]["name"] for move in (await compared(api, two, **more))["moves"]]


@pytest.fixture
async def two(api: Api, writer: Writer) -> tuple[str, str]:
    """At first Mia knows Ann and Bob; then Spy, hidden from the strict, comes to know everybody but Ann, and Joe well."""
    ids = {name: await given.person(writer, name, **more) for name, more in PEOPLE.items()}

    async def knows(a: str, b: str, closeness: str) -> None:
        await done(api, "acquaintanceStart", {"parties": [ids[a], ids[b]], "closeness": closeness})

    await knows("Mia", "Ann", "GOOD")
    await knows("Mia", "Bob", "KNOWN")
    first = (await execution.run(writer, "influence", {"level": "PEOPLE"})).run.id
    for other, closeness in (("Mia", "KNOWN"), ("Bob", "GOOD"), ("Joe", "CLOSE")):
        await knows("Spy", other, closeness)
    second = (await execution.run(writer, "influence", {"level": "PEOPLE"})).run.id
    return first, second


PEOPLE: dict[str, dict[str, Any]] = {"Ann": {}, "Bob": {}, "Mia": {}, "Joe": {}, "Spy": {"notes": "secret"}}


async def test_moves_say_who_and_because_of_whom(api: Api, two: tuple[str, str]) -> None:
    found = await compared(api, two)
    assert found["problems"] == []
    assert found["totalCount"] == len(found["moves"]) > 1
    spy = found["moves"][0]
    assert spy["party"] == {"name": "Spy"}
    assert spy["rankAfter"] < spy["rankBefore"]
    assert {reason["party"]["name"] for reason in spy["reasons"] if reason["party"]} == {"Bob", "Joe", "Mia"}
    assert all(reason["change"] == pytest.approx(reason["after"] - reason["before"]) for reason in spy["reasons"])
    assert sum(reason["change"] for reason in spy["reasons"]) == pytest.approx(spy["scoreAfter"] - spy["scoreBefore"], abs=1e-6)
    changes = [abs(reason["change"]) for reason in spy["reasons"]]
    assert changes == sorted(changes, reverse=True)
    assert spy["reasons"][0]["label"] == "Acquaintance"
    api.language = "zh"
    assert (await compared(api, two))["moves"][0]["reasons"][0]["label"] == "熟人"


async def test_as_many_as_are_wanted(api: Api, two: tuple[str, str]) -> None:
    whole = await compared(api, two, "SCORE")
    one = await compared(api, two, "SCORE", 1)
    assert (one["moves"], one["totalCount"]) == (whole["moves"][:1], whole["totalCount"])
    sizes = [abs(move["scoreAfter"] - move["scoreBefore"]) for move in whole["moves"]]
    assert sizes == sorted(sizes, reverse=True)
    assert (await compared(api, two, first=0))["moves"] == []
    for first in (-1, 201):
        (error,) = (await api.result(DOCUMENT, **{"from": two[0], "to": two[1]}, metric="RANK", first=first)).errors or []
        assert "must lie between 0 and 200" in error.message


async def test_the_hidden_are_not_there_not_counted_and_among_the_others(api: Api, two: tuple[str, str]) -> None:
    whole = await compared(api, two, "SCORE")
    api.viewer = strict("Person")
    seen = await compared(api, two, "SCORE")
    assert "Spy" not in str(seen)
    assert seen["totalCount"] == whole["totalCount"] - 1 == len(seen["moves"])
    joe = next(move for move in seen["moves"] if move["party"]["name"] == "Joe")
    was = next(move for move in whole["moves"] if move["party"]["name"] == "Joe")
    assert joe["reasons"][-1] | {"before": 0, "after": 0, "change": 0} == {
        "code": "OTHERS",
        "label": "Others",
        "before": 0,
        "after": 0,
        "change": 0,
        "party": None,
    }
    assert sum(r["change"] for r in joe["reasons"]) == pytest.approx(sum(r["change"] for r in was["reasons"]))


async def test_fields_that_are_hidden_tell_no_moves(api: Api, two: tuple[str, str]) -> None:
    for name in ("NodeScore.score", "AnalysisRun.rows"):
        api.viewer = strict(hidden=(name,))
        assert await api.errors(DOCUMENT, **{"from": two[0], "to": two[1]}, metric="RANK") == [
            (f"You may not read {name}.", ["scoreMoves"])
        ]


async def test_rules_for_rows_hold(api: Api, two: tuple[str, str]) -> None:
    api.viewer = Viewer("user:2", "Bob", rules={"NodeScore": "node.rank > 1"})
    found = await compared(api, two, "SCORE")
    assert min(rank for move in found["moves"] for rank in (move["rankBefore"], move["rankAfter"])) == 2
    assert found["totalCount"] == len(found["moves"]) > 0


async def test_the_root_itself_may_be_hidden(api: Api, two: tuple[str, str]) -> None:
    api.viewer = strict(hidden=("Query.scoreMoves",))
    ((message, path),) = await api.errors(DOCUMENT, **{"from": two[0], "to": two[1]}, metric="RANK")
    assert ("You may not read" in message, path) == (True, ["scoreMoves"])


async def test_what_cannot_be_compared_is_said(api: Api, two: tuple[str, str], writer: Writer) -> None:
    other = (await execution.run(writer, "network_health", {})).run.id
    waiting = (await runs.queue(writer, "influence", {})).id
    for pair, kind, path, said in (
        (("nothing", two[1]), "NotFound NOT_FOUND", ["from"], "from: nothing of this kind has the id"),
        ((two[0], waiting), "Refused REFUSED", ["to"], "to: the run has no scores of parties (QUEUED)"),
        ((two[0], other), "Refused REFUSED", ["to"], "to: the run has no scores of parties (DONE)"),
    ):
        found = await compared(api, pair)
        (problem,) = found["problems"]
        assert (f"{problem['__typename']} {problem['code']}", problem["path"]) == (kind, path)
        assert said in problem["message"]
        assert (found["moves"], found["totalCount"]) == ([], 0)
    own = await given.own(writer)
    ann = await given.person(writer, "Ours")
    await given.position(writer, ann, own, since="2020")
    await done(api, "acquaintanceStart", {"parties": [ann, await given.person(writer, "Kim")], "closeness": "GOOD"})
    other = (await execution.run(writer, "key_people", {})).run.id
    (problem,) = (await compared(api, (two[0], other)))["problems"]
    assert (problem["__typename"], problem["path"]) == ("InvalidInput", ["to"])
    api.language = "zh"
    (problem,) = (await compared(api, (two[0], other)))["problems"]
    assert problem["message"].startswith("to：该运行属于 key_people")


async def test_a_run_that_one_may_not_read_is_not_there(api: Api, two: tuple[str, str]) -> None:
    api.viewer = Viewer("user:2", "Bob", rules={"AnalysisRun": f"node.id <> '{two[0]}'"})
    (problem,) = (await compared(api, two))["problems"]
    assert (problem["__typename"], problem["missingId"]) == ("NotFound", two[0])


async def test_so_many_comparisons_are_one_request(api: Api, two: tuple[str, str]) -> None:
    fields = " ".join(f'm{i}: scoreMoves(metric: RANK, from: "{two[0]}", to: "{two[1]}") {{ totalCount }}' for i in range(6))
    (error,) = (await api.result(f"{{ {fields} }}")).errors or []
    assert "More than 5 `scoreMoves`" in error.message
