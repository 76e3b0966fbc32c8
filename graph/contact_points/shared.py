"""Addresses that several parties have: whoever gives one away a second time, or names it, is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from graph.database import Transaction
from graph.errors import Duplicate, Message

Holders = Mapping[str, str]
"""Contact point → the party that has it."""

_HOLDERS = """
UNWIND $matches AS match
MATCH (point:ContactPoint {match: match})<-[:REACHED_AT]-(party:Party)
WHERE point.deleted_at IS NULL AND party.deleted_at IS NULL AND party.id <> $besides
RETURN match, collect([point.id, party.id])[..100] AS holders
"""


class Shared(Duplicate):
    """An address that other parties have, `least` of them at least: whoever may not read so many is not told."""

    def __init__(self, text: Message, *path: str, holders: Holders, least: int) -> None:
        super().__init__(text, *path, existing_id=min(holders.values()))
        self.holders = holders
        self.least = least

    def known(self, points: Collection[str]) -> Shared | None:
        """The same for somebody who may read these contact points alone; None where that leaves too few."""
        found = {point: party for point, party in self.holders.items() if point in points}
        several = found and len(set(found.values())) >= self.least
        return Shared(self.text, *self.path, holders=found, least=self.least) if several else None


async def holders(transaction: Transaction, matches: Iterable[str], *, besides: str = "") -> dict[str, Holders]:
    """Who has each of these addresses, a hundred at most, `besides` one party. What nobody has is left out."""
    wanted = sorted(set(matches))
    rows = await transaction.run(_HOLDERS, {"matches": wanted, "besides": besides}) if wanted else []
    return {row["match"]: dict(row["holders"]) for row in rows}


def given_twice(found: Holders, *path: str) -> Shared:
    """A warning: the address that a party got is that of another one too."""
    name = ".".join(path)
    en = f"{name}: another party has this address too; interactions that name it alone may be tied to that one, or to nobody"
    zh = f"{name}：另一方也使用此地址，仅按此地址记录的互动可能归于对方，或不归于任何一方"
    return Shared(Message(en, zh), *path, holders=found, least=1)


def ambiguous(found: Holders, *path: str) -> Shared:
    """A warning: nobody took part, as the address is that of several."""
    name = ".".join(path)
    en = f"{name}: several parties have this address, so that it was tied to none of them; name the party instead"
    zh = f"{name}：此地址属于多方，因此未归于任何一方，请直接指定参与方"
    return Shared(Message(en, zh), *path, holders=found, least=2)
