from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray

from graph.analyses import execution
from graph.analyses.days import Moment
from graph.analyses.influence import CentralityMeasure, InfluenceParameters, NetworkLevel, influence
from graph.analyses.networks import KINDS, Facts, Placed
from graph.analyses.reasons import MOST, ReasonCode, packed
from graph.analyses.rows import NodeScore, Outcome
from graph.analyses.ties import Ends
from graph.analyses.watch import Watch
from graph.errors import Problems, Refused
from graph.metrics import warmth
from graph.writing import Writer
from tests.graph.analyses import world

PEOPLE, ORGANIZATIONS = NetworkLevel.PEOPLE, NetworkLevel.ORGANIZATIONS
NOBODY = Ends((), ())


async def influences(writer: Writer, **parameters: object) -> dict[str, NodeScore]:
    """The rows of a run, by party."""
    outcome = (await execution.run(writer, "influence", parameters)).outcome
    return {row.party: row for row in outcome.rows if isinstance(row, NodeScore)}


def katz(*ties: tuple[str, str, float], alone: tuple[str, ...] = ()) -> dict[str, float]:
    """What networkx gives, scaled so that the largest is 100."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(alone)
    graph.add_weighted_edges_from(ties)
    largest = max(np.linalg.eigvalsh(nx.to_numpy_array(graph))) if ties else 1
    scores = nx.katz_centrality(graph, 0.95 / largest, 1, normalized=False, weight="weight", tol=1e-13, max_iter=10_000)
    return {node: 100 * score / max(scores.values()) for node, score in scores.items()}


def scores(found: dict[str, NodeScore]) -> dict[str, float]:
    return {party: row.score for party, row in found.items()}


async def test_people_count_by_the_strongest_of_their_ties(writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "eve", "joe", "kim")
    await world.organizations(writer, "acme")
    await world.knows(writer, "ann bob", closeness="KNOWN")
    await world.knows(writer, "bob eve", closeness=None, warmth=10)
    top = await world.position(writer, "ann", "acme")
    await world.position(writer, "bob", "acme", reports_to=top)
    await world.referral(writer, "joe", "eve")
    found = await influences(writer, level="PEOPLE")
    warm = warmth.strength(10, 10).value
    assert scores(found) == pytest.approx(katz(("ann", "bob", 0.5), ("bob", "eve", warm), ("joe", "eve", 0.7), alone=("kim",)))
    codes = {reason.party: reason.code for reason in found["bob"].reasons}
    assert codes == {None: ReasonCode.OWN, "ann": ReasonCode.REPORTING, "eve": ReasonCode.ACQUAINTANCE}


async def test_organizations_count_by_their_ties_and_by_their_people(writer: Writer) -> None:
    await world.organizations(writer, "acme", "beta", "core", "dyno", "echo")
    await world.people(writer, "ann", "amy", "bob", "ben")
    for person, organization in [("ann", "acme"), ("amy", "acme"), ("bob", "beta"), ("ben", "beta")]:
        await world.position(writer, person, organization)
    await world.knows(writer, "ann bob", "amy ben", "ann amy", closeness="CLOSE")
    await world.tie(writer, "OWNS", "acme", "core")
    await world.tie(writer, "PARTNERS_WITH", "core", "dyno")
    await world.tie(writer, "SUPPLIES", "dyno", "beta")
    await world.tie(writer, "SUPPLIES", "dyno", "core")
    await world.referral(writer, "echo", "acme")
    people = 1 - np.exp(-1.6 / 5)
    expected = katz(("acme", "beta", people), ("acme", "core", 0.5), ("core", "dyno", 0.5), ("dyno", "beta", 0.4), ("echo", "acme", 0.7))
    assert scores(await influences(writer, level="ORGANIZATIONS")) == pytest.approx(expected)


async def test_weights_and_measure_are_parameters(writer: Writer) -> None:
    await world.organizations(writer, "acme", "beta", "core")
    await world.tie(writer, "OWNS", "acme", "beta")
    await world.tie(writer, "SUPPLIES", "beta", "core")
    heavy = await influences(writer, level="ORGANIZATIONS", ownership=2, supply=0.5)
    assert scores(heavy) == pytest.approx(katz(("acme", "beta", 2), ("beta", "core", 0.5)))
    between = await influences(writer, level="ORGANIZATIONS", measure="BETWEENNESS")
    assert scores(between) == {"acme": 0, "beta": 100, "core": 0}


async def test_a_blend_is_the_weighted_mean_of_its_measures_and_explained_as_they_are(writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "eve", "joe", "kim")
    await world.knows(writer, "ann bob", "bob eve", "eve joe", "bob joe", "joe kim", closeness="CLOSE")
    each = {measure: scores(await influences(writer, level="PEOPLE", measure=measure)) for measure in ("KATZ", "PAGERANK", "BETWEENNESS")}
    blended = await influences(writer, level="PEOPLE", measure="BLEND", katz=3, pagerank=0.5, betweenness=1.5)
    mean = {p: 0.6 * each["KATZ"][p] + 0.1 * each["PAGERANK"][p] + 0.3 * each["BETWEENNESS"][p] for p in each["KATZ"]}
    assert scores(blended) == pytest.approx({p: 100 * score / max(mean.values()) for p, score in mean.items()})
    for row in blended.values():
        assert sum(reason.value for reason in row.reasons) == pytest.approx(row.score)
        assert sum(reason.share for reason in row.reasons) == pytest.approx(1)
    formula = (await world.properties(writer, "bob"))["influence_formula"]
    assert formula.startswith("influence 1: 0.6 katz α 0.95 + 0.1 pagerank d 0.85 + 0.3 betweenness; acquaintance 1")


async def test_a_blend_of_nothing_is_refused(writer: Writer) -> None:
    nothing = {"katz": 0, "pagerank": 0}
    with pytest.raises(Problems, match=r"betweenness: a blend needs a measure with a weight above 0"):
        await influences(writer, measure="BLEND", **nothing)
    # Without a blend its weights do not matter, and a part that is wrong is told by itself.
    assert await influences(writer, **nothing) == {}
    with pytest.raises(Problems, match=r"^katz: it must lie between 0 and 10"):
        await influences(writer, measure="BLEND", katz=-1, pagerank=0)


async def test_what_is_not_valid_today_has_no_part(writer: Writer) -> None:
    await world.organizations(writer, "acme", "beta", "core", "gone")
    await world.tie(writer, "OWNS", "acme", "beta", until="2026-07-01")
    await world.tie(writer, "OWNS", "acme", "core", since="2026-07-02")
    await world.tie(writer, "PARTNERS_WITH", "acme", "beta", deleted_at=world.LONG_AGO)
    await world.tie(writer, "SUPPLIES", "acme", "gone")
    await world.referral(writer, "acme", "core", deleted_at=world.LONG_AGO)
    await world.people(writer, "ann", "bob")
    await world.position(writer, "ann", "acme", until="2026-06")
    await world.position(writer, "bob", "beta")
    await world.knows(writer, "ann bob")
    await world.change(writer, "gone", deleted_at=world.LONG_AGO)
    assert scores(await influences(writer, level="ORGANIZATIONS")) == {"acme": 100, "beta": 100, "core": 100}


async def test_who_opted_out_is_left_out_altogether(writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "eve")
    await world.people(writer, "shy", network_opt_out=True)
    await world.organizations(writer, "acme", "beta", "core")
    await world.position(writer, "shy", "acme")
    await world.position(writer, "bob", "beta")
    await world.knows(writer, "ann shy", "bob shy", "ann bob")
    found = await influences(writer)
    assert "shy" not in found
    assert scores(found) == pytest.approx({**katz(("ann", "bob", 0.6), alone=("eve",)), "acme": 100, "beta": 100, "core": 100})


async def test_scores_are_kept_on_the_parties_with_a_trail(writer: Writer) -> None:
    await world.people(writer, "ann", "bob", "eve")
    await world.knows(writer, "ann bob", closeness="CLOSE")
    await influences(writer, level="PEOPLE")
    assert (await world.properties(writer, "eve"))["influence_trail_scores"] == [5]
    trail = {"influence_trail_at": [str(day) for day in range(24)], "influence_trail_scores": [7.0] * 24, "influence_trail_ranks": [3] * 24}
    await world.change(writer, "ann", **trail)
    await influences(writer, level="PEOPLE")
    kept = await world.properties(writer, "ann")
    assert (kept["influence_level"], kept["influence_score"], kept["influence_rank"], kept["influence_percentile"]) == (
        "PEOPLE",
        100,
        1,
        50,
    )
    assert kept["influence_as_of"] == writer.now()
    assert kept["influence_formula"].startswith("influence 1: katz α 0.95; acquaintance 1, referral 0.7, reporting 0.5; warmth 1")
    assert kept["influence_reason_codes"] == ["ACQUAINTANCE", "OWN"]
    assert kept["influence_reason_parties"] == ["bob", ""]
    assert kept["influence_reason_weights"] == [pytest.approx(0.8), -1]
    assert sum(kept["influence_reason_shares"]) == pytest.approx(1)
    assert sum(kept["influence_reason_values"]) == pytest.approx(100)
    assert kept["influence_trail_at"] == [*(str(day) for day in range(1, 24)), writer.now()]
    assert (kept["influence_trail_scores"], kept["influence_trail_ranks"]) == ([7] * 23 + [100], [3] * 23 + [1])
    assert kept["version"] == 1


async def test_who_is_ranked_no_more_loses_the_score(writer: Writer) -> None:
    await world.people(writer, "ann", "bob")
    await world.organizations(writer, "acme")
    await influences(writer)
    await world.change(writer, "bob", network_opt_out=True)
    await influences(writer, level="PEOPLE")
    assert not [name for name in await world.properties(writer, "bob") if name.startswith("influence")]
    assert (await world.properties(writer, "acme"))["influence_score"] == 100


async def test_an_empty_graph_has_nobody_to_rank(writer: Writer) -> None:
    assert await influences(writer) == {}


@pytest.mark.parametrize(("name", "value"), [("alpha", 1), ("alpha", -0.1), ("damping", 2), ("reporting", 11), ("supply", "nan")])
async def test_a_parameter_out_of_range_is_named_with_its_bounds(writer: Writer, name: str, value: object) -> None:
    with pytest.raises(Problems) as raised:
        await influences(writer, **{name: value})
    assert [problem.path for problem in raised.value.problems] == [(name,)]
    assert "must lie between 0 and" in str(raised.value)


def computed(n: int, m: int, **parameters: object) -> Outcome:
    """On a random network of n people and about m acquaintances."""
    random = np.random.default_rng(n + m)
    a, b = random.integers(0, n, (2, m), np.int32)
    return influence(
        acquainted(n, a, b, random.uniform(0.05, 0.95, m)), InfluenceParameters.parse({"level": "PEOPLE", **parameters}), Watch()
    )


def acquainted(n: int, a: NDArray[np.int32], b: NDArray[np.int32], closeness: NDArray[np.float64]) -> Facts:
    ids = [f"p{number:04}" for number in range(n)]
    return Facts(
        moment=Moment("2026-07-01T00:00:00.000000Z", "2026-07-01", False),
        ids={PEOPLE: ids, ORGANIZATIONS: []},
        acquaintances=Placed(a, b, closeness),
        members=NOBODY,
        others={level: dict.fromkeys(kinds, NOBODY) for level, kinds in KINDS.items()}
        | {PEOPLE: {ReasonCode.REPORTING: NOBODY, ReasonCode.REFERRAL: NOBODY}},
    )


@pytest.mark.parametrize("measure", CentralityMeasure)
@pytest.mark.parametrize(("n", "m"), [(1, 0), (5, 3), (40, 200), (300, 900)])
def test_reasons_add_up_and_ranks_have_no_gap(measure: CentralityMeasure, n: int, m: int) -> None:
    rows = [row for row in computed(n, m, measure=measure.value).rows if isinstance(row, NodeScore)]
    assert [row.rank for row in rows] == list(range(1, n + 1))
    assert [(-row.score, row.party) for row in rows] == sorted((-row.score, row.party) for row in rows)
    for row in rows:
        assert sum(reason.value for reason in row.reasons) == pytest.approx(row.score, abs=1e-6)
        assert not row.score or sum(reason.share for reason in row.reasons) == pytest.approx(1)
        assert len(row.reasons) <= MOST


@pytest.mark.parametrize(("n", "m"), [(5, 3), (2_500, 9_000)])
def test_a_party_has_what_its_row_says(n: int, m: int) -> None:
    outcome = computed(n, m)
    assert outcome.scores
    rows = {row.party: (row.score, row.rank, packed(row.reasons, "influence_")) for row in outcome.rows if isinstance(row, NodeScore)}
    kept = dict(sorted(outcome.scores.by_party.items()))
    names = packed((), "influence_")
    of_parties = {id: (each["influence_score"], each["influence_rank"], {name: each[name] for name in names}) for id, each in kept.items()}
    assert (len(rows), of_parties) == (n, rows)


def test_reasons_are_the_same_in_whatever_order_they_are_asked_for() -> None:
    rows = computed(2_500, 9_000).rows
    of_all = [tuple(row.reasons) for row in rows]
    assert [tuple(rows[place].reasons) for place in range(0, len(rows), 700)] == of_all[::700]
    first = rows[0].reasons
    assert (first == of_all[0], first == list(of_all[1]), first == object()) == (True, False, False)
    assert hash(first) == hash(rows[0].reasons)
    assert (len(first), first[0], first[1:]) == (len(of_all[0]), of_all[0][0], of_all[0][1:])


def test_the_rest_of_many_reasons_is_folded() -> None:
    best = computed(120, 4_000).rows[0]
    assert len(best.reasons) == MOST
    assert best.reasons[-1].code is ReasonCode.OTHERS
    assert sum(reason.share for reason in best.reasons) == pytest.approx(1)


def test_the_same_facts_give_the_same_scores() -> None:
    assert computed(300, 900).rows == computed(300, 900).rows


def test_a_measure_that_does_not_converge_says_so() -> None:
    places = np.arange(1_000, dtype=np.int32)
    chain = acquainted(1_000, places[:-1], places[1:], np.ones(999))
    with pytest.raises(Refused, match="does not converge"):
        influence(chain, InfluenceParameters.parse({"level": "PEOPLE", "measure": "EIGENVECTOR"}), Watch())
