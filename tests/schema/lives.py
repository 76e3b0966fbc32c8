"""The life of one thing of each noun, from its first mutation to its last, in a small world that they may name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.writing import Writer
from schema import WRITES
from tests.graph import given
from tests.schema.asking import done
from tests.schema.conftest import Api

AT = "2026-01-01T00:00:00Z"

Step = tuple[str, dict[str, Any]]
"""A mutation, and its input without the `id` and `version` of the thing."""


@dataclass(frozen=True)
class Life:
    """`steps` begin with the one that makes the thing. Names of the world stand for its ids."""

    noun: str
    steps: tuple[Step, ...]

    @property
    def type(self) -> str:
        return self.noun[0].upper() + self.noun[1:]


def _life(noun: str, made: Step, *rest: Step) -> Life:
    return Life(noun, tuple((f"{noun}{verb}", input) for verb, input in (made, *rest)))


def _tie(noun: str, ends: dict[str, Any], change: dict[str, Any]) -> Life:
    return _life(noun, ("Start", ends), ("Update", change), ("End", {}), ("Delete", {}))


def _thing(noun: str) -> Life:
    return _life(noun, ("Create", {"name": "One"}), ("Update", {"name": "Other"}), ("Delete", {}), ("Restore", {}), ("Delete", {}))


CALL = {"channel": "CALL", "occurredAt": AT, "participants": [{"role": "FROM", "party": "ann"}, {"role": "TO", "party": "bo"}]}
ORDER = {"buyer": "acme", "seller": "ann", "partner": "bolt", "orderedAt": AT, "lines": [{"product": "tea", "quantity": "2"}]}

DAILY = {"analysis": {"networkHealth": {}}, "cron": "0 6 * * *"}

LIVES = [
    _thing("person"),
    _thing("organization"),
    _thing("product"),
    _tie("position", {"organization": "acme", "person": "bo", "reportsTo": "seat"}, {"title": "CTO"}),
    _tie("customer", {"party": "acme", "own": "we"}, {"stage": "MATURE"}),
    _tie("partner", {"party": "acme", "own": "we"}, {"kind": "TECHNOLOGY"}),
    _tie("supplier", {"party": "acme", "own": "we"}, {"since": "2020-01-01"}),
    _tie("ownership", {"owner": "acme", "owned": "bolt", "kind": "BRANCH"}, {"share": "0.5"}),
    _tie("partnership", {"parties": ["acme", "bolt"]}, {"kind": "TECHNOLOGY"}),
    _tie("supply", {"supplier": "acme", "buyer": "bolt"}, {"category": "Steel"}),
    _tie("accountTeamMembership", {"person": "ann", "party": "acme", "role": "SALES"}, {"role": "OWNER"}),
    _life("acquaintance", ("Start", {"parties": ["ann", "bo"]}), ("Update", {"closeness": "GOOD"}), ("End", {})),
    _life("acquaintance", ("Start", {"parties": ["ann", "bo"]}), ("Delete", {})),
    _life("analysisSchedule", ("Create", DAILY), ("Update", {"cron": "0 7 * * *"}), ("Delete", {})),
    _life("interaction", ("Record", {**CALL, "regarding": ["acme"]}), ("Update", {"subject": "Tea"}), ("Delete", {})),
    _life(
        "referral",
        ("Record", {"referrer": "acme", "referred": "bolt", "occurredAt": AT}),
        ("Update", {"note": "Warm"}),
        ("Qualify", {}),
        ("Close", {"outcome": "WON"}),
        ("Delete", {}),
    ),
    _life("order", ("Record", ORDER), ("Update", {"number": "1"}), ("Cancel", {}), ("Delete", {})),
]
NAMES = [f"{life.noun} until {life.steps[-1][0].removeprefix(life.noun)}" for life in LIVES]


async def world(api: Api, writer: Writer) -> dict[str, str]:
    """Ids by name: `we` are our company, `ann` is ours, `seat` is a position at Bolt."""
    ids = {"we": await given.own(writer)}
    ids |= {"acme": await given.organization(writer, "Acme"), "bolt": await given.organization(writer, "Bolt")}
    ids |= {"ann": await given.person(writer, "Ann", position={"organization": ids["we"]}), "bo": await given.person(writer, "Bo")}
    ids |= {"seat": await given.position(writer, None, ids["bolt"])}
    return ids | {"tea": (await done(api, "productCreate", {"name": "Tea", "unitPrice": "1"}))["id"]}


def named(input: Any, ids: dict[str, str]) -> Any:
    """The input with ids in the place of names."""
    if isinstance(input, dict):
        return {name: named(value, ids) for name, value in input.items()}
    if isinstance(input, list):
        return [named(value, ids) for value in input]
    return ids.get(input, input) if isinstance(input, str) else input


def takes(mutation: str, field: str) -> bool:
    """Whether the input of a mutation has a field."""
    write = next(write for write in WRITES if write.input.__name__ == f"{mutation[0].upper()}{mutation[1:]}Input")
    return field in write.input.__annotations__
