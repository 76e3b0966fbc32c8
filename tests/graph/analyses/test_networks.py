"""Organizations that are tied by their people."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analyses.days import Moment
from graph.analyses.networks import KINDS, Facts, NetworkLevel, Placed, Weights, folded, network
from graph.analyses.reasons import ReasonCode
from graph.analyses.ties import Ends
from graph.metrics import warmth

PEOPLE, ORGANIZATIONS = [f"p{number}" for number in range(6)], [f"o{number}" for number in range(4)]
TIES = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1]), st.floats(0.01, 0.99))
# Of somebody who does not take part, and at an organization that is no more, too.
MEMBERS = st.lists(st.tuples(st.sampled_from([*PEOPLE, "shy"]), st.sampled_from([*ORGANIZATIONS, "gone"])), max_size=12)


def facts(ties: dict[tuple[int, int], float], members: list[tuple[str, str]]) -> Facts:
    a, b = (np.array([pair[end] for pair in ties], np.int32) for end in (0, 1))
    none: dict[ReasonCode, Ends] = {
        kind: Ends((), ()) for kinds in KINDS.values() for kind in kinds if kind not in (ReasonCode.ACQUAINTANCE, ReasonCode.PEOPLE)
    }
    return Facts(
        moment=Moment("2026-07-01T00:00:00.000000Z", "2026-07-01", False),
        ids={NetworkLevel.PEOPLE: PEOPLE, NetworkLevel.ORGANIZATIONS: ORGANIZATIONS},
        acquaintances=Placed(a, b, np.array(list(ties.values()))),
        members=Ends(tuple(person for person, _ in members), tuple(organization for _, organization in members)),
        others=dict.fromkeys(NetworkLevel, none),
    )


@given(TIES, MEMBERS)
def test_each_acquaintance_ties_every_employer_of_one_to_every_other_of_the_other_once(
    ties: dict[tuple[int, int], float], members: list[tuple[str, str]]
) -> None:
    sums: dict[frozenset[str], float] = defaultdict(float)
    for (a, b), strength in ties.items():
        employers = [{organization for person, organization in members if person == PEOPLE[end]} - {"gone"} for end in (a, b)]
        for pair in {frozenset((x, y)) for x in employers[0] for y in employers[1] if x != y}:
            sums[pair] += strength
    found = folded(facts(ties, members))
    names = [frozenset((ORGANIZATIONS[a], ORGANIZATIONS[b])) for a, b in zip(found.a, found.b, strict=True)]
    told = dict(zip(names, found.strength.tolist(), strict=True))
    assert len(told) == len(names)
    assert told == pytest.approx({pair: warmth.saturation(total) for pair, total in sums.items()})


def test_they_are_tied_in_the_network_of_their_level() -> None:
    given = facts({(0, 1): 0.5, (2, 3): 0.4}, [("p0", "o2"), ("p1", "o0"), ("p2", "o0"), ("p3", "o2"), ("p3", "o0")])
    tied = network(given, NetworkLevel.ORGANIZATIONS, Weights.parse({"people": 2}))
    assert tied.matrix.toarray()[0, 2] == pytest.approx(2 * warmth.saturation(0.9))
    assert tied.matrix.nnz == 2
