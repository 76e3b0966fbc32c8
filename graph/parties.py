"""Parties: what organizations and people have in common, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, LiteralString

from pydantic import Field
from pydantic.alias_generators import to_camel

from graph import contact_points, identifiers, ownerships
from graph.contact_points import ContactPoints
from graph.database import Transaction
from graph.fields import ABSENT, NULL_IS_EMPTY, CountryCode, Fields, Name, ShortText, Tags, Text, many, text
from graph.identifiers import Identifiers
from graph.terms import Term
from graph.text import search_text, sort_name
from graph.writing import Draft, Writer

__all__ = [
    "AddressFields",
    "OtherNameFields",
    "OtherNameKind",
    "PartyFields",
    "PartyRole",
    "add",
    "bring_back",
    "change",
    "derived",
    "remove",
]


class PartyRole(Term):
    """What a party is to us (角色)."""

    CUSTOMER = "Customer", "客户"
    PARTNER = "Partner", "合作伙伴"
    SUPPLIER = "Supplier", "供应商"
    EMPLOYEE = "Employee", "员工"
    OWN = "One of our own companies", "我方公司"


class OtherNameKind(Term):
    """What sort of name (别名类别)."""

    FORMER = "Former name", "曾用名"
    TRANSLATION = "Translation", "译名"
    TRADING = "Trading name", "商号"
    NICKNAME = "Nickname", "昵称"
    OTHER = "Other", "其他"


class OtherNameFields(Fields):
    """Another name that a party goes by (别名)."""

    name: Name = Field(description="The name (名称)")
    kind: OtherNameKind = Field(default=OtherNameKind.OTHER, description="What sort of name (类别)")


class AddressFields(Fields):
    """A postal address; a part that is absent stays (地址)."""

    country: CountryCode | None = Field(default=None, description="Country, by ISO 3166 (国家)")
    region: ShortText | None = Field(default=None, description="Province or state (省/州)")
    city: ShortText | None = Field(default=None, description="City (城市)")
    district: ShortText | None = Field(default=None, description="District (区县)")
    line: ShortText | None = Field(default=None, description="Street and number (详细地址)")
    postal_code: Annotated[str, text(20)] | None = Field(default=None, description="Postal code (邮政编码)")


class PartyFields(Fields):
    """The fields of every party."""

    name: Name = Field(default=ABSENT, description="The name as shown (名称)")
    short_name: ShortText | None = Field(default=None, description="Short name (简称)")
    other_names: Annotated[list[OtherNameFields], NULL_IS_EMPTY, many(20)] = Field(
        default=ABSENT, description="Former, translated and other names; the whole list (别名)"
    )
    address: AddressFields | None = Field(default=None, description="Postal address (地址)")
    contact_points: ContactPoints = Field(default=ABSENT, description="How to reach it; the whole list (联系方式)")
    identifiers: Identifiers = Field(default=ABSENT, description="What other systems call it; the whole list (外部标识)")
    tags: Tags = Field(default=ABSENT, description="Free labels; the whole list (标签)")
    notes: Text | None = Field(default=None, description="Notes (备注)")

    def given(self) -> dict[str, Any]:
        """Address and other names are kept as properties of the party."""
        given = super().given()
        if "address" in self.model_fields_set:
            address = dict.fromkeys(AddressFields.model_fields) if self.address is None else self.address.given()
            given |= {f"address_{name}": value for name, value in address.items()}
        if "other_names" in self.model_fields_set:
            given["other_names"] = [other.name for other in self.other_names]
            given["other_name_kinds"] = [other.kind.value for other in self.other_names]
        return given

    def shown(self, name: str, value: Any) -> tuple[str, str | None]:
        """A part of the address as `address.city`."""
        shown, text = super().shown(name, value)
        return (f"address.{to_camel(name.removeprefix('address_'))}" if name.startswith("address_") else shown), text


def derived(party: Mapping[str, Any], *, person: bool) -> dict[str, str]:
    """The properties that follow from the stored names of a party: how it sorts, and what finds it."""
    names = [party.get(name) for name in ("name", "short_name", "legal_name", "family_name", "given_name")]
    found = search_text(*names, *(party.get("other_names") or []), *(party.get("domains") or []))
    return {"sort_name": sort_name(party["name"], person=person), "search_text": found}


_SET = """
MATCH (party:Node {id: $id})
SET party += $changed, party.updated_at = $now, party.version = party.version + 1
"""


async def add(transaction: Transaction, writer: Writer, draft: Draft, given: PartyFields, create: LiteralString, *, person: bool) -> str:
    """A new party by the statement `create`, which takes its $properties, with its identifiers and contact points. Gives its id."""
    id, now = writer.ids.new(), writer.now()
    lists: dict[str, Any] = {"tags": [], "other_names": [], "other_name_kinds": []}
    properties = {**lists, **draft.compare(given, lists), "id": id, "version": 1, "created_at": now, "updated_at": now}
    await transaction.run(create, {"properties": properties | derived(properties, person=person)})
    await _put_parts(transaction, writer, draft, given, id)
    return id


async def change(
    transaction: Transaction, writer: Writer, draft: Draft, given: PartyFields, before: Mapping[str, Any], *, person: bool
) -> None:
    """Brings a party that is locked from `before` to what is given."""
    changed = draft.compare(given, before)
    await _put_parts(transaction, writer, draft, given, before["id"])
    if draft.fields:
        changed |= derived({**before, **changed}, person=person)
        await transaction.run(_SET, {"id": before["id"], "changed": changed, "now": writer.now()})


async def _put_parts(transaction: Transaction, writer: Writer, draft: Draft, given: PartyFields, id: str) -> None:
    if "identifiers" in given.model_fields_set:
        await identifiers.put(transaction, writer, draft, id, given.identifiers)
    if "contact_points" in given.model_fields_set:
        await contact_points.put(transaction, writer, draft, id, given.contact_points)


async def remove(transaction: Transaction, writer: Writer, draft: Draft, before: Mapping[str, Any]) -> None:
    """Hides a party that is locked, with all its ties, and frees its identifiers."""
    await identifiers.release(transaction, before["id"])
    await _mark(transaction, writer, draft, before, writer.now())


async def bring_back(transaction: Transaction, writer: Writer, draft: Draft, before: Mapping[str, Any]) -> None:
    """Shows a deleted party that is locked again. Duplicate or OVERLAP when another has its identifier or its control."""
    if before.get("deleted_at") is None:
        return
    await ownerships.check_return(transaction, before["id"])
    await identifiers.retake(transaction, before["id"])
    await _mark(transaction, writer, draft, before, None)
    await contact_points.regain(transaction, writer, before["id"])


async def _mark(transaction: Transaction, writer: Writer, draft: Draft, before: Mapping[str, Any], deleted_at: str | None) -> None:
    draft.set("deletedAt", before.get("deleted_at"), deleted_at)
    await transaction.run(_SET, {"id": before["id"], "changed": {"deleted_at": deleted_at}, "now": writer.now()})
