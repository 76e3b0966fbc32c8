"""What each analysis is computed from, for some thousand parties drawn by chance, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from graph.analyses import brokers, introductions, key_people, network_health, networks, reach, seeds, similar_parties, supplier_paths
from graph.analyses.days import Moment
from graph.analyses.kept.columns import Columns
from graph.analyses.kept.known import Known
from graph.analyses.networks import KINDS, NetworkLevel, Placed
from graph.analyses.referral_value.facts import Facts as Referrals
from graph.analyses.referral_value.facts import Made, Sale
from graph.analyses.supplier_paths import Supply
from graph.analyses.ties import Ends
from graph.changes import Stand
from graph.network import Network

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
AT, DAY = NOW.strftime("%Y-%m-%dT%H:%M:%S.000000Z"), NOW.date().isoformat()
EARLIER = "2026-03-01T00:00:00.000000Z"
PEOPLE, TIES = 3_000, 12_000
IDS = [f"p{number:05}" for number in range(PEOPLE)]
EMPLOYERS = [f"o{number:05}" for number in range(PEOPLE // 3)]
TEAM = IDS[:5]
GIVEN: dict[str, dict[str, Any]] = {"introductions": {"to": IDS[-1], "first": 20}, "similar_parties": {"party": TEAM[0], "first": 10_000}}
"""Parameters beside the defaults."""


def facts(name: str) -> Any:
    """What `compute` of an analysis takes."""
    match name:
        case "introductions":
            return introductions._Search(_known(), NOW, DAY, [IDS[-1]], TEAM, 20)
        case "reach":
            return reach.Facts(Network.of(IDS, *_tied()), TEAM)
        case "supplier_paths":
            return supplier_paths.Facts(TEAM, [Supply(a, b, "") for a, b in zip(*_pairs(IDS, IDS, 2), strict=True)])
        case "referral_value":
            return _referrals()
        case "brokers":
            return brokers.Facts(_networks(), TEAM)
        case "key_people":
            return key_people.Facts(_networks(), TEAM)
        case "seeds":
            return seeds.Facts(_networks(), TEAM)
        case "similar_parties":
            return similar_parties.Facts(_networks(), NetworkLevel.PEOPLE)
        case "network_health":
            return network_health.Facts(_networks(), {"B2B": EMPLOYERS})
        case _:
            return _networks()


def _networks() -> networks.Facts:
    people, organizations = NetworkLevel
    others = {kind: Ends(*_pairs(IDS, IDS, seed)) for seed, kind in enumerate(KINDS[people][1:])}
    lines = {kind: Ends(*_pairs(EMPLOYERS, EMPLOYERS, seed)) for seed, kind in enumerate(KINDS[organizations][1:])}
    ids = {people: IDS, organizations: EMPLOYERS}
    members = Ends(*_pairs(IDS, EMPLOYERS, 3))
    return networks.Facts(Moment(AT, DAY, False), ids, Placed(*_tied()), members, {people: others, organizations: lines})


def _referrals() -> Referrals:
    pairs = zip(*_pairs(IDS, IDS, 4), strict=True)
    made = [Made(str(number), a, b, EARLIER, "WON", reward=number) for number, (a, b) in enumerate(pairs)]
    return Referrals(Moment(AT, DAY, False), "CNY", made, {id: [Sale(AT, 10**6, None, "CNY")] for id in IDS})


def _known() -> Known:
    a, b, _ = _tied()
    none, close = np.zeros(len(a)), np.full(len(a), 2, np.uint8)
    return Known.of(Stand(0, 0), Columns({id: at for at, id in enumerate(IDS)}, a, b, none, none, close, a * 0), ())


def _pairs(names: list[str], others: list[str], seed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """To each name another that stands before it, so that chains are long and no cycle is."""
    drawn = np.random.default_rng(seed)
    before = (drawn.random(len(names)) * np.minimum(np.arange(len(names)), len(others))).astype(int)
    return tuple(names[1:]), tuple(others[at] for at in before.tolist()[1:])


def _tied() -> tuple[Any, Any, Any]:
    """Who knows whom how well, each pair once."""
    drawn = np.random.default_rng(1)
    a = drawn.integers(PEOPLE, size=TIES)
    b = (a + 1 + drawn.integers(PEOPLE - 1, size=TIES)) % PEOPLE
    low, high = np.divmod(np.unique(np.minimum(a, b) * PEOPLE + np.maximum(a, b)), PEOPLE)
    return low.astype(np.int32), high.astype(np.int32), drawn.uniform(0.05, 0.95, len(low))
