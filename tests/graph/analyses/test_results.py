from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from graph.analyses import ANALYSES, execution, results, runs
from graph.analyses.reasons import Reason, ReasonCode
from graph.analyses.rows import GraphFact, NodeGroup, NodeScore, Outcome, PairScore, PathRow, Row, Scored
from graph.errors import Message
from graph.ids import RandomIds
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import probe, world

pytestmark = pytest.mark.usefixtures("probing")


async def test_rows_of_every_kind_are_kept_with_their_reasons(writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "eve")
    why = (Reason(ReasonCode.ACQUAINTANCE, 2.0, 0.5, 0.4, "bob"), Reason(ReasonCode.OWN, 3.0, None, 0.6))
    fact = Message("Density", "密度")
    kinds: dict[str, tuple[Row, dict[str, Any], list[str]]] = {
        "NodeScore": (NodeScore("ann", 5.0, 1, why), {"score": 5, "rank": 1}, ["ann"]),
        "NodeGroup": (NodeGroup(fact, ("bob", "ann"), why), {"label_en": "Density", "label_zh": "密度"}, ["bob", "ann"]),
        "PairScore": (PairScore("eve", "ann", 1.5, why), {"score": 1.5}, ["eve", "ann"]),
        "PathRow": (PathRow(("eve", "ann", "bob"), 0.5, why), {"strength": 0.5}, ["eve", "ann", "bob"]),
        "GraphFact": (
            GraphFact("density", fact, 0.25, why),
            {"code": "density", "label_en": "Density", "label_zh": "密度", "value": 0.25},
            [],
        ),
    }
    for kind, (row, expected, parties) in kinds.items():
        probe.ROWS[:] = [row]
        id = (await execution.run(writer, "probe", {})).run.id
        [found] = await given.rows(
            writer.database,
            """MATCH (:Node {id: $id})-[:GAVE]->(row:AnalysisRow)
            OPTIONAL MATCH (row)-[tie:CONCERNS]->(party) WITH row, tie, party ORDER BY tie.place
            RETURN labels(row) AS labels, properties(row) AS kept, collect(party.id) AS parties""",
            id=id,
        )
        assert set(found["labels"]) == {"AnalysisRow", kind}
        assert {name: found["kept"][name] for name in expected} == expected
        assert found["parties"] == parties
        assert found["kept"]["reason_codes"] == ["ACQUAINTANCE", "OWN"]
        assert found["kept"]["reason_parties"] == ["bob", ""]


async def test_a_row_may_speak_of_very_many_parties(writer: Writer) -> None:
    names = [f"p{number:04}" for number in range(2_500)]
    await world.people(writer, *names)
    one, other, empty = (Message(name, name) for name in ("One", "Other", "Empty"))
    probe.ROWS[:] = [NodeGroup(one, tuple(names)), NodeGroup(other, tuple(reversed(names[:11]))), NodeGroup(empty, ())]
    run = (await execution.run(writer, "probe", {})).run
    found = await given.rows(
        writer.database,
        """MATCH (:Node {id: $id})-[:GAVE]->(row:NodeGroup)
        OPTIONAL MATCH (row)-[tie:CONCERNS]->(party) WITH row, tie, party ORDER BY tie.place
        WITH row, collect(party.id) AS parties
        RETURN row.label_en AS label, parties ORDER BY row.place""",
        id=run.id,
    )
    assert [(row["label"], row["parties"]) for row in found] == [("One", names), ("Other", names[10::-1]), ("Empty", [])]


async def test_rows_page_in_their_order_and_a_second_try_does_not_double_them(writer: Writer) -> None:
    await world.people(writer, *(f"p{number:03}" for number in range(60)))
    probe.ROWS[:] = [NodeScore(f"p{number:03}", 60.0 - number, number + 1) for number in range(60)]
    wide = replace(writer, ids=RandomIds(writer.clock))
    run = await runs.begin(wide, "probe", {})
    for _ in range(2):
        await results.keep(wide, run, Outcome(list(probe.ROWS), "probe 1"), lambda _: None)
    found = await given.rows(
        writer.database,
        """MATCH (:Node {id: $id})-[:GAVE]->(row:AnalysisRow)-[:CONCERNS]->(party)
        RETURN row.place AS place, party.id AS party ORDER BY row.place""",
        id=run.id,
    )
    assert [(row["place"], row["party"]) for row in found] == [(number + 1, f"p{number:03}") for number in range(60)]


async def test_many_parties_are_written_in_batches_and_the_rest_is_cleared(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "_PARTIES", 3)
    names = [f"p{number}" for number in range(8)]
    await world.people(writer, *names)
    await execution.run(writer, "influence", {"level": "PEOPLE"})
    assert await scored(writer) == names
    await given.run(writer.database, "MATCH (n:Person) WHERE n.id < 'p5' SET n.network_opt_out = true")
    await execution.run(writer, "influence", {"level": "PEOPLE"})
    assert await scored(writer) == ["p5", "p6", "p7"]


@pytest.mark.parametrize(("name", "score"), [("influence", "influence_score"), ("referral_value", "referral_crv")])
async def test_scores_that_are_not_written_are_rows_alone(writer: Writer, name: str, score: str) -> None:
    await world.people(writer, "ann", "bob")
    await world.referral(writer, "ann", "bob")
    finished = await execution.run(writer, name, {"write": False})
    kept = await given.rows(writer.database, "MATCH (:Node {id: $id})-[:GAVE]->(row:NodeScore) RETURN row", id=finished.run.id)
    assert len(kept) == len(finished.outcome.rows) > 0
    assert score not in await world.properties(writer, "ann")
    assert "on_parties" not in await probe.state(writer, finished.run.id)
    assert "write" not in finished.outcome.formula
    await execution.run(writer, name, {})
    before = await world.properties(writer, "ann")
    assert before[score] is not None
    await execution.run(writer, name, {"write": False})
    assert await world.properties(writer, "ann") == before


@pytest.mark.parametrize("name", sorted(ANALYSES))
async def test_what_puts_scores_on_parties_can_be_told_not_to(name: str) -> None:
    found = ANALYSES[name]
    writes = name in ("influence", "referral_value")
    assert issubclass(found.parameters, Scored) == writes
    if writes:
        assert "是否写入各方" in str(found.parameters.model_fields["write"].description)


async def scored(writer: Writer) -> list[str]:
    rows = await given.rows(writer.database, "MATCH (n:Person) WHERE n.influence_score IS NOT NULL RETURN n.id AS id ORDER BY n.id")
    return [row["id"] for row in rows]


async def test_who_opted_out_while_it_was_computed_gets_no_score(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.people(writer, "ann", "shy", "gone")
    influence = ANALYSES["influence"]

    async def load(writer: Writer, parameters: Any) -> Any:
        facts = await influence.load(writer, parameters)
        await world.change(writer, "shy", network_opt_out=True)
        await given.run(writer.database, "MATCH (n:Node {id: 'gone'}) DETACH DELETE n")
        return facts

    monkeypatch.setitem(ANALYSES, "influence", replace(influence, load=load))
    outcome = (await execution.run(writer, "influence", {})).outcome
    assert len(outcome.rows) == 3
    assert await scored(writer) == ["ann"]


async def test_of_many_rows_the_best_of_each_level_are_kept(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "KEPT_ROWS", 2)
    await world.people(writer, "ann", "bob", "eve")
    await world.organizations(writer, "acme", "beta", "core")
    run = (await execution.run(writer, "influence", {})).run
    found = await given.rows(
        writer.database,
        "MATCH (:Node {id: $id})-[:GAVE]->(row)-[:CONCERNS]->(party) RETURN row.rank AS rank, party.id AS party ORDER BY row.place",
        id=run.id,
    )
    assert [(row["rank"], row["party"]) for row in found] == [(1, "ann"), (2, "bob"), (1, "acme"), (2, "beta")]
    assert (await probe.state(writer, run.id))["row_count"] == 6


async def test_a_row_keeps_its_first_reasons_and_the_rest_as_the_tenth(writer: Writer) -> None:
    reasons = tuple(Reason(ReasonCode.ACQUAINTANCE, float(number), 1.0, number / 300, f"p{number}") for number in range(24, 0, -1))
    await world.people(writer, "ann")
    probe.ROWS[:] = [NodeScore("ann", 300.0, 1, reasons)]
    run = (await execution.run(writer, "probe", {})).run
    kept = await given.value(writer.database, "MATCH (:Node {id: $id})-[:GAVE]->(row) RETURN properties(row)", id=run.id)
    assert len(kept["reason_codes"]) == 10
    assert (kept["reason_codes"][-1], kept["reason_parties"][0]) == ("OTHERS", "p24")
    assert sum(kept["reason_values"]) == sum(range(1, 25))
    assert sum(kept["reason_shares"]) == pytest.approx(1)
