"""Ties with a period from files: what parties are to us, who owns, supplies and accompanies whom. Each row keeps the rules of its tie."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, LiteralString

from graph import account_team_memberships, customers, ownerships, partners, partnerships, suppliers, supplies, ties
from graph.account_team_memberships import AccountRole, AccountTeamMembershipStart, AccountTeamMembershipUpdate
from graph.customers import CustomerFields, CustomerStart, CustomerUpdate
from graph.database import Transaction
from graph.errors import NotFound, Problems, WriteProblem
from graph.fields import Update
from graph.imports import cells
from graph.imports.batches import Batch, Kind, Row
from graph.imports.columns import Column, plain
from graph.imports.keys import PARTY
from graph.ownerships import OwnershipFields, OwnershipKind, OwnershipStart, OwnershipUpdate
from graph.partners import PartnerFields, PartnerStart, PartnerUpdate
from graph.partnerships import PartnershipFields, PartnershipStart, PartnershipUpdate
from graph.suppliers import SupplierFields, SupplierStart, SupplierUpdate
from graph.supplies import SupplyFields, SupplyStart, SupplyUpdate
from graph.ties import Tie
from graph.writing import Draft, Writer, Written

_KEY = Column("key", required=True)
_PERIOD = (Column("since", ("since",), cells.date), Column("until", ("until",), cells.date))
_NEVER_NULL = {"controlling": False}


def _end(name: str, field: str, label: str = "Party") -> Column:
    return Column(name, (field,), names=PARTY, label=label, required=True)


@dataclass(frozen=True)
class Ties(Kind):
    """A sort of tie."""

    _: KW_ONLY
    sort: Tie
    correction: type[Update]
    update: Callable[[Writer, Any], Awaitable[Written]]

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        await ties.hold(transaction, self.sort, (found.id for found in batch.found.values()))
        # One after the other: whether a row may be depends on those above it.
        for row in batch.accepted:
            try:
                given = row.model.model_copy(update=self.ends(batch, row))
                row.id = await ties.begin(transaction, batch.writer, Draft(), self.sort, given, held=True)
            except (Problems, WriteProblem) as problem:
                batch.refuse_for(row, problem)

    async def correct(self, batch: Batch, row: Row) -> None:
        found = await batch.writer.database.read(_version(self.sort.type), {"id": row.id})
        if not found:
            raise NotFound(row.id, "id")
        given = self.corrected(row, batch.writer)
        given |= {name: end for name, end in self.ends(batch, row).items() if name in given}
        given |= {name: usual for name, usual in _NEVER_NULL.items() if given.get(name, usual) is None}
        await self.update(batch.writer, self.correction.parse({**given, "id": row.id, "version": found[0]["version"]}))

    def ends(self, batch: Batch, row: Row) -> dict[str, Any]:
        """The ids of what the row ties, by field."""
        return {column.path[0]: found.id for column in self.columns if column.names and (found := batch.named(row, column.name))}


@dataclass(frozen=True)
class Partnerships(Ties):
    """Ties without a direction: both ends are one field."""

    def values(self, cells_given: Mapping[str, str], writer: Writer) -> dict[str, Any]:
        values = super().values(cells_given, writer)
        parties = [cells_given[name] for name in ("party_key", "other_key") if cells_given.get(name)]
        return {**values, "parties": parties} if parties else values

    def ends(self, batch: Batch, row: Row) -> dict[str, Any]:
        return {"parties": [found.id for name in ("party_key", "other_key") if (found := batch.named(row, name))]}


def _version(type: LiteralString) -> LiteralString:
    return f"MATCH ()-[tie:{type}]->() WHERE tie.id = $id AND tie.deleted_at IS NULL RETURN tie.version AS version"


CUSTOMER_ROLES = Ties(
    "customer_roles",
    "customer_role",
    CustomerStart,
    (
        _KEY,
        _end("party_key", "party"),
        *_PERIOD,
        *plain(CustomerFields),
    ),
    sort=customers.CUSTOMER,
    correction=CustomerUpdate,
    update=customers.update,
)
PARTNER_ROLES = Ties(
    "partner_roles",
    "partner_role",
    PartnerStart,
    (_KEY, _end("party_key", "party"), *_PERIOD, *plain(PartnerFields)),
    sort=partners.PARTNER,
    correction=PartnerUpdate,
    update=partners.update,
)
SUPPLIER_ROLES = Ties(
    "supplier_roles",
    "supplier_role",
    SupplierStart,
    (
        _KEY,
        _end("party_key", "party"),
        *_PERIOD,
        *plain(SupplierFields),
    ),
    sort=suppliers.SUPPLIER,
    correction=SupplierUpdate,
    update=suppliers.update,
)
OWNERSHIPS = Ties(
    "ownerships",
    "ownership",
    OwnershipStart,
    (
        _KEY,
        _end("owner_key", "owner"),
        _end("owned_key", "owned", "Organization"),
        Column("kind", ("kind",), cells.term(OwnershipKind), required=True),
        *plain(OwnershipFields, "owner", "owned", "kind"),
        *_PERIOD,
    ),
    sort=ownerships.OWNERSHIP,
    correction=OwnershipUpdate,
    update=ownerships.update,
)
PARTNERSHIPS = Partnerships(
    "partnerships",
    "partnership",
    PartnershipStart,
    (
        _KEY,
        _end("party_key", "parties"),
        _end("other_key", "parties"),
        *plain(PartnershipFields, "parties"),
        *_PERIOD,
    ),
    sort=partnerships.PARTNERSHIP,
    correction=PartnershipUpdate,
    update=partnerships.update,
)
SUPPLIES = Ties(
    "supplies",
    "supply",
    SupplyStart,
    (_KEY, _end("supplier_key", "supplier"), _end("buyer_key", "buyer"), *plain(SupplyFields, "supplier", "buyer"), *_PERIOD),
    sort=supplies.SUPPLY,
    correction=SupplyUpdate,
    update=supplies.update,
)
ACCOUNT_TEAMS = Ties(
    "account_teams",
    "account_team",
    AccountTeamMembershipStart,
    (
        _KEY,
        _end("person_key", "person", "Person"),
        _end("party_key", "party"),
        Column("role", ("role",), cells.term(AccountRole), required=True),
        *_PERIOD,
    ),
    sort=account_team_memberships.MEMBERSHIP,
    correction=AccountTeamMembershipUpdate,
    update=account_team_memberships.update,
)
