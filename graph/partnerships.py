"""Partnerships between any two parties: theirs with one another, as far as we know. Ours are roles (`partners`)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from graph import ties
from graph.database import Transaction
from graph.fields import ABSENT, REQUIRED, Create, Ending, Fields, Id, Reference, Update, wrong
from graph.partners import PartnerKind
from graph.ties import End, Period, State, Tie
from graph.writing import Writer, Written

__all__ = ["PARTNERSHIP", "PartnershipFields", "PartnershipStart", "PartnershipUpdate", "delete", "end", "start", "update"]


def _two(parties: list[str]) -> list[str]:
    if len(parties) != 2:
        raise wrong(f"it names {len(parties)} parties; a partnership has two", f"共有 {len(parties)} 方，合作关系须为两方")
    return parties


Pair = Annotated[list[Id], AfterValidator(_two)]


class PartnershipFields(Period):
    """What can be written of a partnership (合作关系)."""

    parties: Pair = Field(default=ABSENT, description="The two parties, in any order (合作双方)")
    kind: PartnerKind | None = Field(default=None, description="What they do together (合作类型)")


class PartnershipStart(PartnershipFields, Create):
    """A partnership from a day on (合作关系)."""

    parties: Pair = REQUIRED


class PartnershipUpdate(PartnershipFields, Update):
    """A change of a partnership (合作关系)."""


@dataclass(frozen=True)
class _Partnership(Tie):
    async def ends(self, transaction: Transaction, given: Fields, before: State | None) -> tuple[str, str]:
        """From the smaller id to the greater: the tie has no direction, and one form."""
        parties = getattr(given, "parties", None) or ([before.source, before.target] if before else [])
        first, second = sorted(parties)
        return first, second

    def named(self, source: str, target: str) -> dict[str, str]:
        return {"parties": json.dumps([source, target])}


PARTNERSHIP = _Partnership("PARTNERS_WITH", End("parties", "Party"), End("parties", "Party"))


async def start(writer: Writer, input: PartnershipStart) -> Written:
    """Record that two parties work together for a period (开始合作关系)."""
    return await ties.start(writer, PARTNERSHIP, input)


async def update(writer: Writer, input: PartnershipUpdate) -> Written:
    """Correct a partnership (修改合作关系)."""
    return await ties.update(writer, PARTNERSHIP, input)


async def end(writer: Writer, input: Ending) -> Written:
    """End a partnership; the past is kept (结束合作关系)."""
    return await ties.end(writer, PARTNERSHIP, input)


async def delete(writer: Writer, input: Reference) -> Written:
    """Delete a partnership that never was (删除合作关系)."""
    return await ties.delete(writer, PARTNERSHIP, input)
