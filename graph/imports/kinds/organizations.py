"""Organizations from files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any, LiteralString

from graph import organizations
from graph.changes import FieldChange
from graph.database import Transaction
from graph.imports import cells, hierarchy
from graph.imports.batches import Batch, Row
from graph.imports.columns import Column, plain
from graph.imports.keys import PARTY, Ask, Entry, Key, Keys
from graph.imports.kinds import roles
from graph.imports.kinds.parties import COMMON, NAMES, Parties, corrections
from graph.imports.ledger import Last
from graph.organizations import OrganizationCreate, OrganizationFields, OrganizationKind, OrganizationUpdate
from graph.ownerships import OwnershipKind

_COLUMNS = (
    *NAMES,
    *plain(OrganizationFields),
    Column("owner_key", names=PARTY, label="Party", kept=True, late=True),
    *COMMON,
)
_ROLE_LABELS: tuple[LiteralString, ...] = ("Customer", "Partner", "Supplier")
_CREATE: dict[frozenset[str], LiteralString] = {
    frozenset(some): "UNWIND $rows AS row CREATE (n:" + ":".join(("Node", "Party", "Organization", *some)) + ") SET n = row"
    for some in chain.from_iterable(combinations(_ROLE_LABELS, size) for size in range(4))
}
_OWN: LiteralString = """
MATCH (own:Organization {own: true}) WHERE own.deleted_at IS NULL
RETURN own.id AS id, own.name AS name ORDER BY own.created_at, own.id
"""
_TAKE_TURN: LiteralString = "MATCH (turn:Lock {name: 'OWNS'}) SET turn._lock = true REMOVE turn._lock"
_OWNERS: LiteralString = """
UNWIND $ids AS id
MATCH (:Node {id: id})<-[tie:OWNS]-(owner:Node) WHERE tie.deleted_at IS NULL
RETURN DISTINCT id, owner.id
"""
_TIES: LiteralString = """
UNWIND $ids AS id
MATCH (:Node {id: id})<-[tie:OWNS]-(owner:Node)
WHERE tie.deleted_at IS NULL AND (tie.until IS NULL OR tie.until > $today)
RETURN id AS owned, owner.id AS owner, tie.id AS tie, coalesce(tie.controlling, false) AS controlling
"""
_END: LiteralString = """
UNWIND $rows AS row
MATCH (:Node {id: row.owner})-[tie:OWNS {id: row.tie}]->()
SET tie.until = $today, tie.updated_at = $now, tie.version = tie.version + 1
"""
_START: LiteralString = """
UNWIND $rows AS row
MATCH (owner:Node {id: row.owner})
MATCH (owned:Node {id: row.owned})
CREATE (owner)-[tie:OWNS]->(owned) SET tie = row.tie
"""


@dataclass(frozen=True)
class Organizations(Parties):
    """Organizations; ours too."""

    async def recognised(self, ask: Ask, keys: Keys, entries: Sequence[Entry]) -> dict[Key, Last]:
        """Also our own company of the same name: it was there before its file."""
        found = await super().recognised(ask, keys, entries)
        ours = {entry.cells["name"]: entry.key for entry in entries if cells.truth(entry.cells.get("own", ""), "") is True}
        rows = await ask(_OWN, {}) if ours else []
        return {ours[row["name"]]: Last(self.name, row["id"]) for row in rows if row["name"] in ours} | found

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        await self.add(transaction, batch, _CREATE)

    async def correct(self, batch: Batch, row: Row) -> None:
        given = await corrections(batch, row)
        for name, usual in (("kind", OrganizationKind.COMPANY), ("own", False), ("domains", [])):
            if name in given and given[name] is None:
                given[name] = usual
        await organizations.update(batch.writer, OrganizationUpdate.parse(given))
        if "roles" in row.changed:
            await roles.correct(batch, row)

    async def tie(self, transaction: Transaction, batch: Batch) -> None:
        """Owners: a new one controls unless another one does, the one it takes the place of owned until today."""
        await transaction.run(_TAKE_TURN)
        there = await _ties(transaction, batch)
        former = await _former(transaction, batch)
        above = await hierarchy.above(
            transaction.run, _OWNERS, [owner.id for row in batch.accepted if (owner := batch.named(row, "owner_key"))]
        )
        ended: list[dict[str, str]] = []
        started: list[dict[str, Any]] = []
        for row in batch.accepted:
            owner = batch.named(row, "owner_key")
            open_ = there.get(row.id, {})
            if (gone := former.get(row.line)) in open_ and (owner is None or owner.id != gone):
                ended.append({"owner": gone, "tie": open_.pop(gone)[0]})
                batch.log.append(FieldChange(f"{row.id}.owner", gone, owner.id if owner else None))
            if owner is None or owner.id in open_:
                continue
            if not above.add(row.id, owner.id):
                batch.refuse(row, "owner_key", "this would close a circle of owners", "股权将形成循环")
                continue
            started.append({"owner": owner.id, "owned": row.id, "tie": _tie(batch, open_, replaces=former.get(row.line) is not None)})
        await transaction.run(_END, {"rows": ended, "today": batch.writer.today(), "now": batch.writer.now()})
        await transaction.run(_START, {"rows": started})


async def _ties(transaction: Transaction, batch: Batch) -> dict[str, dict[str, tuple[str, bool]]]:
    """Owned → owner → (tie, whether it controls), of today."""
    found: dict[str, dict[str, tuple[str, bool]]] = {}
    ids = [row.id for row in batch.accepted]
    for row in await transaction.run(_TIES, {"ids": ids, "today": batch.writer.today()}):
        found.setdefault(row["owned"], {})[row["owner"]] = (row["tie"], row["controlling"])
    return found


async def _former(transaction: Transaction, batch: Batch) -> dict[int, str]:
    """Line → the owner that the last import gave."""
    named = {row.line: (PARTY, name) for row in batch.accepted if row.last and (name := row.last.cells.get("owner_key"))}
    found = await batch.keys.find(transaction.run, named.values())
    return {line: found[key].id for line, key in named.items() if key in found}


def _tie(batch: Batch, others: Mapping[str, tuple[str, bool]], *, replaces: bool) -> dict[str, Any]:
    writer = batch.writer
    controlling = not any(controls for _, controls in others.values())
    tie = {"id": writer.ids.new(), "kind": OwnershipKind.SUBSIDIARY.value, "controlling": controlling, "version": 1}
    return tie | {"created_at": writer.now(), "updated_at": writer.now()} | ({"since": writer.today()} if replaces else {})


ORGANIZATIONS = Organizations(
    "organizations", PARTY, OrganizationCreate, _COLUMNS, labels=frozenset({"Party", "Organization"}), label="Organization"
)
