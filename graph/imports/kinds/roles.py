"""The roles that a file gives parties: customer, partner, supplier of our first own company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString

from graph import customers, partners, suppliers
from graph.customers import CustomerStart
from graph.database import Transaction
from graph.errors import ProblemCode, WriteProblem, brief, invalid
from graph.fields import Create, Ending
from graph.imports import cells
from graph.imports.batches import Batch, Row
from graph.parties import PartyRole
from graph.partners import PartnerStart
from graph.suppliers import SupplierStart
from graph.writing import Writer, Written


@dataclass(frozen=True)
class _Role:
    """How one role is written. `create` and `current` take $rows of party and tie, and $party."""

    label: LiteralString
    create: LiteralString
    current: LiteralString
    model: type[Create]
    start: Callable[[Writer, Any], Awaitable[Written]]
    end: Callable[[Writer, Ending], Awaitable[Written]]


def _create(type: LiteralString) -> LiteralString:
    return f"""
UNWIND $rows AS row
MATCH (party:Node {{id: row.party}})
MATCH (own:Node {{id: $own}})
CREATE (party)-[tie:{type}]->(own) SET tie = row.tie
"""


def _current(type: LiteralString) -> LiteralString:
    return f"""
MATCH (:Node {{id: $party}})-[tie:{type}]->(own:Organization)
WHERE tie.deleted_at IS NULL AND own.deleted_at IS NULL AND (tie.until IS NULL OR tie.until > $today)
RETURN tie.id AS id
"""


_ROLES = {
    PartyRole.CUSTOMER: _Role("Customer", _create("CUSTOMER_OF"), _current("CUSTOMER_OF"), CustomerStart, customers.start, customers.end),
    PartyRole.PARTNER: _Role("Partner", _create("PARTNER_OF"), _current("PARTNER_OF"), PartnerStart, partners.start, partners.end),
    PartyRole.SUPPLIER: _Role("Supplier", _create("SUPPLIER_OF"), _current("SUPPLIER_OF"), SupplierStart, suppliers.start, suppliers.end),
}
_FIRST_OWN: LiteralString = """
MATCH (own:Organization {own: true}) WHERE own.deleted_at IS NULL
RETURN own.id AS id ORDER BY own.created_at, own.id LIMIT 1
"""


async def first_own(transaction: Transaction) -> str:
    """The id of our first own company, which is there before anything is imported."""
    return str((await transaction.run(_FIRST_OWN))[0]["id"])


def wanted(cell: str) -> list[PartyRole]:
    """The roles in a cell; raises Invalid for any other word."""
    words = [cells.term(PartyRole)(word, "") for word in cells.several(cell)]
    if strange := [word for word in words if word not in _ROLES]:
        shown = ", ".join(role.value.lower() for role in _ROLES)
        first = brief(strange[0])
        raise invalid(f"roles: “{first}” is not one of {shown}", f"roles：“{first}”不是 {shown} 之一", "roles")
    return [PartyRole(word) for word in words]


def labels(cell: str) -> frozenset[str]:
    """The labels that a party with these roles has."""
    return frozenset(_ROLES[role].label for role in wanted(cell))


async def add(transaction: Transaction, batch: Batch, rows: Iterable[Row]) -> None:
    """Gives new parties, which carry the labels, their roles."""
    writer, now = batch.writer, batch.writer.now()
    ties: dict[PartyRole, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for role in wanted(row.cell("roles")):
            tie = {"id": writer.ids.new(), "version": 1, "created_at": now, "updated_at": now}
            ties[role].append({"party": row.id, "tie": tie})
    for role, some in ties.items():
        await transaction.run(_ROLES[role].create, {"rows": some, "own": await first_own(transaction)})


async def correct(batch: Batch, row: Row) -> None:
    """Starts the roles that the source has added, and ends those that it has taken back."""
    was = wanted(row.last.cells.get("roles", "")) if row.last else []
    now = wanted(row.cell("roles"))
    for role in now:
        if role not in was:
            await _start(batch.writer, _ROLES[role], row.id)
    for role in was:
        if role not in now:
            await _end(batch.writer, _ROLES[role], row.id)


async def _start(writer: Writer, role: _Role, party: str) -> None:
    # Since ever; if the party had the role before, since today; if it has it now, there is nothing to do.
    for since in (None, date.fromisoformat(writer.today())):
        try:
            await role.start(writer, role.model.parse({"party": party, "since": since}))
        except WriteProblem as problem:
            if problem.code is not ProblemCode.OVERLAP:
                raise
        else:
            return


async def _end(writer: Writer, role: _Role, party: str) -> None:
    for row in await writer.database.read(role.current, {"party": party, "today": writer.today()}):
        await role.end(writer, Ending(id=row["id"]))
