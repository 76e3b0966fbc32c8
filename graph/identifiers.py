"""Identifiers: what other systems call a party or a product. A system's value belongs to one of them, which is how files find it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from graph.database import Transaction
from graph.errors import Duplicate, Message, brief
from graph.fields import NULL_IS_EMPTY, Fields, ShortText, many, text, wrong
from graph.writing import Draft, Writer

__all__ = ["IdentifierFields", "Identifiers", "key", "put", "release", "retake"]


def _system(value: str) -> str:
    if "|" in value:
        raise wrong("it holds a |, which stands between system and value; leave it out", "含有分隔符 |，请删除")
    return value


class IdentifierFields(Fields):
    """What another system calls it (外部标识)."""

    system: Annotated[str, text(100), AfterValidator(_system)] = Field(
        description="Whose identifier it is: `crm:salesforce`, `uscc` 统一社会信用代码, `duns`, `lei`, `source:NAME` (系统)"
    )
    value: ShortText = Field(description="The identifier there (值)")


Identifiers = Annotated[list[IdentifierFields], NULL_IS_EMPTY, many(50)]

_HAD = """
MATCH (:Node {id: $owner})-[:IDENTIFIED_BY]->(identifier:Identifier) WHERE identifier.deleted_at IS NULL
RETURN identifier.id AS id, identifier.system AS system, identifier.value AS value
"""

_TAKEN = """
UNWIND $keys AS key
MATCH (identifier:Identifier {key: key})<-[:IDENTIFIED_BY]-(owner:Node) WHERE owner.id <> $owner
RETURN key, owner.id AS owner
"""

_ADD = """
UNWIND $identifiers AS identifier
MATCH (owner:Node {id: $owner})
CREATE (owner)-[:IDENTIFIED_BY]->(node:Node:Identifier) SET node = identifier
"""

_REMOVE = "UNWIND $ids AS id MATCH (identifier:Node {id: id}) SET identifier.deleted_at = $now REMOVE identifier.key"

_RELEASE = "MATCH (:Node {id: $owner})-[:IDENTIFIED_BY]->(identifier:Identifier) REMOVE identifier.key"

_RETAKE = "UNWIND $identifiers AS identifier MATCH (node:Node {id: identifier.id}) SET node.key = identifier.key"

Pair = tuple[str, str]


def key(system: str, value: str) -> str:
    """By what an identifier is unique, over all parties and products."""
    return f"{system}|{value}"


async def put(transaction: Transaction, writer: Writer, draft: Draft, owner: str, given: Sequence[IdentifierFields]) -> None:
    """Makes `given` the identifiers of a party or product. Duplicate when another one has one of them."""
    had = await _had(transaction, owner)
    wanted = list(dict.fromkeys((fields.system, fields.value) for fields in given))
    if set(had) == set(wanted):
        return
    draft.set("identifiers", _shown(had), _shown(wanted))
    if taken := await _taken(transaction, owner, wanted):
        raise _duplicate(wanted[taken[0]], taken[1], "identifiers", str(taken[0]))
    gone = [id for pair, id in had.items() if pair not in wanted]
    await transaction.run(_REMOVE, {"ids": gone, "now": writer.now()})
    added = [
        {"id": writer.ids.new(), "system": system, "value": value, "key": key(system, value)}
        for system, value in wanted
        if (system, value) not in had
    ]
    await transaction.run(_ADD, {"owner": owner, "identifiers": added})


async def release(transaction: Transaction, owner: str) -> None:
    """Frees the identifiers of what is deleted."""
    await transaction.run(_RELEASE, {"owner": owner})


async def retake(transaction: Transaction, owner: str) -> None:
    """Takes the identifiers of what is restored again. Duplicate when another one has got one meanwhile."""
    had = await _had(transaction, owner)
    if taken := await _taken(transaction, owner, list(had)):
        raise _duplicate(list(had)[taken[0]], taken[1], "id")
    await transaction.run(_RETAKE, {"identifiers": [{"id": id, "key": key(*pair)} for pair, id in had.items()]})


async def _had(transaction: Transaction, owner: str) -> dict[Pair, str]:
    return {(row["system"], row["value"]): row["id"] for row in await transaction.run(_HAD, {"owner": owner})}


async def _taken(transaction: Transaction, owner: str, wanted: Sequence[Pair]) -> tuple[int, str] | None:
    """The place of the first pair that another one has, and whose it is."""
    keys = [key(*pair) for pair in wanted]
    rows = await transaction.run(_TAKEN, {"owner": owner, "keys": keys})
    return min(((keys.index(row["key"]), str(row["owner"])) for row in rows), default=None)


def _duplicate(pair: Pair, existing: str, *path: str) -> Duplicate:
    name, (system, value) = ".".join(path), map(brief, pair)
    en = f"{name}: another one has {value!r} of {system!r}; use that one, or correct the value"
    zh = f"{name}：“{system}”的“{value}”已属于另一对象，请使用该对象或更正"
    return Duplicate(Message(en, zh), *path, existing_id=existing)


def _shown(pairs: Iterable[Pair]) -> str | None:
    shown = [{"system": system, "value": value} for system, value in sorted(pairs)]
    return json.dumps(shown, ensure_ascii=False) if shown else None
