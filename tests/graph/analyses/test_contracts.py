"""What every analysis keeps to, whatever it computes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

import pytest
from pydantic import AfterValidator
from pydantic.alias_generators import to_camel

from graph.analyses import ANALYSES, execution
from graph.analyses.rows import GraphFact, NodeGroup, NodeScore, PairScore, PathRow, Row, RowKind
from graph.analyses.watch import Cancelled, Late, Watch
from graph.errors import Problems, WriteProblem
from graph.fields import Limit
from graph.fields.model import parts
from graph.terms import Term
from graph.writing import Writer
from tests.graph import given
from tests.graph.analyses import world

GIVEN: dict[str, dict[str, Any]] = {"introductions": {"to": "eve"}, "similar_parties": {"party": "eve"}}
"""What an analysis cannot do without."""

KINDS: dict[RowKind, type[Row]] = {
    RowKind.NODE_SCORE: NodeScore,
    RowKind.NODE_GROUP: NodeGroup,
    RowKind.PAIR_SCORE: PairScore,
    RowKind.PATH: PathRow,
    RowKind.GRAPH_FACT: GraphFact,
}
every = pytest.mark.parametrize("name", sorted(ANALYSES))


@pytest.fixture
async def company(writer: Writer) -> Writer:
    """Two of ours, six of others in two organizations, ties of every kind; Shy, who has them too, has opted out, Gone was deleted."""
    async with world.at_once(writer):
        await world.organizations(writer, "us", own=True)
        await world.organizations(writer, "acme", "beta", "core")
        await world.people(writer, "ann", "amy", "bob", "eve", "joe", "kim", "lee", "max")
        await world.people(writer, "shy", network_opt_out=True)
        await world.people(writer, "gone", deleted_at=world.LONG_AGO)
        for person, organization in (("ann", "us"), ("amy", "us"), ("bob", "acme"), ("eve", "acme"), ("kim", "beta"), ("lee", "beta")):
            await world.position(writer, person, organization)
        await world.knows(writer, "ann bob", "bob eve", "eve joe", "joe kim", "kim lee", "lee max", "bob joe", closeness="CLOSE")
        await world.knows(writer, "amy shy", "shy eve", "gone eve", "amy lee", closeness="GOOD", warmth=1.5)
        await world.referral(writer, "eve", "kim")
        await world.referral(writer, "acme", "beta")
        await world.referral(writer, "eve", "shy", would_have_joined_anyway=False)
        await world.referral(writer, "shy", "max")
        for kind, a, b in (("OWNS", "acme", "beta"), ("PARTNERS_WITH", "acme", "core"), ("SUPPLIES", "core", "acme")):
            await world.tie(writer, kind, a, b, category="steel")
        await world.tie(writer, "SUPPLIER_OF", "acme", "us", category="bolts")
        await world.tie(writer, "CUSTOMER_OF", "beta", "us", segment="B2B")
        for supplied, buyer in (("shy", "acme"), ("lee", "shy")):
            await world.tie(writer, "SUPPLIES", supplied, buyer, category="advice")
        for buyer in ("beta", "shy", "max"):
            await world.order(writer, buyer, world.LONG_AGO, 100, 40)
    return writer


async def rows(writer: Writer, name: str, **more: Any) -> list[Row]:
    return list((await execution.run(writer, name, {**GIVEN.get(name, {}), **more})).outcome.rows)


def concerned(row: Row) -> Iterator[str]:
    """Every party that a row and its reasons name."""
    match row:
        case NodeScore():
            yield row.party
        case NodeGroup():
            yield from row.members
        case PairScore():
            yield from (row.a, row.b)
        case PathRow():
            yield from row.parties
    yield from (reason.party for reason in row.reasons if reason.party)


@every
async def test_rows_are_of_the_kind_that_is_promised(company: Writer, name: str) -> None:
    found = await rows(company, name)
    assert found
    assert {type(row) for row in found} == {KINDS[ANALYSES[name].rows]}


@every
async def test_rows_name_nobody_who_opted_out_or_is_gone(company: Writer, name: str) -> None:
    named = {party for row in await rows(company, name) for party in concerned(row)}
    assert not named & {"shy", "gone"}
    assert all([await given.value(company.database, "MATCH (n:Party {id: $id}) RETURN count(n)", id=party) for party in named])


@every
async def test_every_row_answers_why(company: Writer, name: str) -> None:
    for row in await rows(company, name):
        assert all(isfinite(reason.value) and isfinite(reason.share) for reason in row.reasons)
        assert sum(reason.share for reason in row.reasons) <= 1 + 1e-9
        if isinstance(row, NodeScore) and row.score:
            assert row.reasons


@every
async def test_scores_are_ranked_from_the_best(company: Writer, name: str) -> None:
    by_level: dict[bool, list[NodeScore]] = {True: [], False: []}
    for row in await rows(company, name):
        if isinstance(row, NodeScore):
            by_level[row.party in {"us", "acme", "beta", "core"}].append(row)
    for ranking in by_level.values():
        assert sorted(row.rank for row in ranking) == [row.rank for row in ranking]
        if name != "seeds":
            assert [row.score for row in ranking] == sorted((row.score for row in ranking), reverse=True)


@every
async def test_the_same_question_has_the_same_answer(company: Writer, name: str) -> None:
    assert await rows(company, name) == await rows(company, name)


@every
async def test_the_run_keeps_its_rows_its_formula_and_its_parameters(company: Writer, name: str) -> None:
    finished = await execution.run(company, name, GIVEN.get(name, {}))
    run = await world.properties(company, finished.run.id)
    assert (run["status"], run["progress"], run["row_count"]) == ("DONE", 1.0, len(finished.outcome.rows))
    assert run["formula"].replace("_", " ").startswith(name.replace("_", " "))
    assert set(GIVEN.get(name, {})) <= set(json.loads(run["parameters"]))
    kept = await given.value(company.database, "MATCH (:Node {id: $run})-[:GAVE]->(row) RETURN count(row)", run=finished.run.id)
    assert kept == len(finished.outcome.rows)


@every
async def test_an_empty_graph_fails_nothing_but_what_names_somebody(writer: Writer, name: str) -> None:
    if name in GIVEN:
        with pytest.raises(Problems, match="nothing of this kind has the id 'eve'"):
            await rows(writer, name)
    else:
        assert all(isinstance(row, GraphFact) and row.value == 0 for row in await rows(writer, name))


async def _facts(writer: Writer, name: str) -> tuple[Any, Any]:
    parameters = ANALYSES[name].parameters.parse(GIVEN.get(name, {}))
    return await ANALYSES[name].load(writer, parameters), parameters


@every
async def test_whoever_cancels_is_heard(company: Writer, name: str) -> None:
    facts, parameters = await _facts(company, name)
    watch = Watch()
    watch.cancel()
    with pytest.raises(Cancelled):
        ANALYSES[name].compute(facts, parameters, watch)


@every
async def test_the_deadline_is_kept(company: Writer, name: str) -> None:
    facts, parameters = await _facts(company, name)
    with pytest.raises(Late):
        ANALYSES[name].compute(facts, parameters, Watch(seconds=-1))


@every
async def test_what_is_computed_changes_nothing_by_itself(company: Writer, name: str) -> None:
    query = "MATCH (n) WHERE NOT n:Lock RETURN count(n), sum(size(keys(n)))"
    before = [tuple(row.values()) for row in await company.database.read(query)]
    facts, parameters = await _facts(company, name)
    ANALYSES[name].compute(facts, parameters, Watch())
    assert [tuple(row.values()) for row in await company.database.read(query)] == before


def _bounds() -> Iterator[tuple[str, str, float]]:
    for name, analysis in sorted(ANALYSES.items()):
        for field, info in analysis.parameters.model_fields.items():
            for part in parts(info):
                if isinstance(part, AfterValidator) and isinstance(part.func, Limit) and part.func.bounds:
                    least, most = part.func.bounds
                    yield name, info.alias or to_camel(field), least - 1
                    yield name, info.alias or to_camel(field), most + 1


@pytest.mark.parametrize(("name", "parameter", "value"), list(_bounds()))
async def test_a_number_out_of_bounds_is_named_with_them(writer: Writer, name: str, parameter: str, value: float) -> None:
    with pytest.raises(Problems) as caught:
        await execution.run(writer, name, {**GIVEN.get(name, {}), parameter: value})
    (problem,) = caught.value.problems
    assert problem.path == (parameter,)
    assert problem.code.value == "OUT_OF_RANGE"
    assert "between" in problem.message()
    assert "之间" in problem.message("zh")


def _words() -> Iterator[tuple[str, str]]:
    for name, analysis in sorted(ANALYSES.items()):
        for field, info in analysis.parameters.model_fields.items():
            if any(isinstance(part, type) and issubclass(part, Term) for part in parts(info)):
                yield name, info.alias or to_camel(field)


@pytest.mark.parametrize(("name", "parameter"), list(_words()))
async def test_a_word_that_is_none_is_answered_with_those_there_are(writer: Writer, name: str, parameter: str) -> None:
    with pytest.raises(Problems) as caught:
        await execution.run(writer, name, {**GIVEN.get(name, {}), parameter: "ALCHEMY"})
    (problem,) = caught.value.problems
    assert problem.path == (parameter,)
    assert "one of" in problem.message()


@every
async def test_a_parameter_that_there_is_not_is_refused(writer: Writer, name: str) -> None:
    with pytest.raises(Problems) as caught:
        await execution.run(writer, name, {**GIVEN.get(name, {}), "alchemy": 1})
    assert [problem.path for problem in caught.value.problems] == [("alchemy",)]


DATED = sorted(name for name, analysis in ANALYSES.items() if "as_of" in analysis.parameters.model_fields)


@pytest.mark.parametrize("name", DATED)
async def test_a_day_to_come_cannot_be_analysed(company: Writer, name: str) -> None:
    with pytest.raises(WriteProblem) as caught:
        await rows(company, name, asOf="2026-07-02")
    assert caught.value.path == ("asOf",)


@pytest.mark.parametrize("name", DATED)
async def test_a_past_day_is_analysed_by_what_had_happened(company: Writer, name: str) -> None:
    """Long ago there were the declarations alone, which say no day, and the rest of what has none."""
    today, then = await rows(company, name), await rows(company, name, asOf="2020-01-02")
    assert {type(row) for row in then} <= {type(row) for row in today}
    assert {party for row in then for party in concerned(row)} <= {party for row in today for party in concerned(row)}
