"""What organizations and people have in common when they come from files: names, addresses, identifiers, roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from phonenumbers import SUPPORTED_REGIONS

from graph import contact_points, identifiers, parties
from graph.contact_points import Address, ContactPointKind
from graph.database import Transaction
from graph.errors import Invalid, NotFound
from graph.fields import Fields
from graph.imports import cells
from graph.imports.batches import Batch, Kind, Row
from graph.imports.columns import Column
from graph.imports.keys import Ask, Entry, Key, Keys
from graph.imports.kinds import roles
from graph.imports.ledger import Last
from graph.writing import Writer

POINTS = {
    "email": ContactPointKind.EMAIL,
    "mobile": ContactPointKind.MOBILE,
    "phone": ContactPointKind.LANDLINE,
    "wechat": ContactPointKind.WECHAT,
}
"""The columns of contact points, and what sort each is."""

NAMES = (
    Column("key", required=True),
    Column("name", ("name",), required=True),
    Column("short_name", ("short_name",)),
)
COMMON = (
    Column("other_names", ("other_names",), cells.several, kept=True),
    *(Column(name, kept=True) for name in POINTS),
    Column("country", ("address", "country"), cells.country),
    Column("region", ("address", "region")),
    Column("city", ("address", "city")),
    Column("district", ("address", "district")),
    Column("address_line", ("address", "line")),
    Column("postal_code", ("address", "postal_code")),
    Column("roles", read=cells.several, kept=True),
    Column("tags", ("tags",), cells.several, kept=True),
    Column("notes", ("notes",)),
)

_IDENTIFY: LiteralString = """
UNWIND $rows AS row
MATCH (party:Node {id: row.owner})
CREATE (party)-[:IDENTIFIED_BY]->(node:Node:Identifier) SET node = row.identifier
"""
_REACH: LiteralString = """
UNWIND $rows AS row
MATCH (party:Node {id: row.party})
CREATE (party)-[:REACHED_AT]->(node:Node:ContactPoint) SET node = row.point
"""
_UNCLAIMED: LiteralString = "UNWIND $matches AS match MATCH (address:UnclaimedAddress {match: match}) RETURN match"
_BEFORE: LiteralString = "MATCH (party:Node {id: $id}) WHERE party.deleted_at IS NULL RETURN properties(party) AS party"
_POINTS: LiteralString = """
MATCH (:Node {id: $id})-[:REACHED_AT]->(point:ContactPoint) WHERE point.deleted_at IS NULL
RETURN properties(point) AS point ORDER BY point.id
"""


@dataclass(frozen=True)
class Parties(Kind):
    """Organizations, or people."""

    label: str = ""

    def values(self, cells_given: Mapping[str, str], writer: Writer) -> dict[str, Any]:
        values = super().values(cells_given, writer)
        if "other_names" in values:
            values["other_names"] = [{"name": name} for name in values["other_names"]]
        return values

    def parsed(self, cells_given: Mapping[str, str], writer: Writer) -> Fields:
        addresses(cells_given, writer)
        roles.wanted(cells_given.get("roles", ""))
        return super().parsed(cells_given, writer)

    async def recognised(self, ask: Ask, keys: Keys, entries: Sequence[Entry]) -> dict[Key, Last]:
        """Parties that have the key as an identifier already."""
        found = await keys.find(ask, [entry.key for entry in entries])
        nouns = {key: "organizations" if "Organization" in this.labels else "people" for key, this in found.items()}
        return {key: Last(nouns[key], this.id) for key, this in found.items() if this.id}

    async def add(self, transaction: Transaction, batch: Batch, create: Mapping[frozenset[str], LiteralString]) -> None:
        """Writes new parties, each by the statement for its labels, with all that both sorts have besides."""
        rows = batch.accepted
        groups: dict[frozenset[str], list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            row.id = batch.writer.ids.new()
            groups[self.labelled(batch, row)].append(self._properties(batch.writer, row))
        for labels, properties in sorted(groups.items(), key=lambda group: sorted(group[0])):
            await transaction.run(create[labels], {"rows": properties})
        await identify(transaction, batch, rows)
        await self._reach(transaction, batch, rows)
        await roles.add(transaction, batch, rows)

    def labelled(self, batch: Batch, row: Row) -> frozenset[str]:
        """The labels of a new party besides those that all of its sort have."""
        return roles.labels(row.cell("roles"))

    def _properties(self, writer: Writer, row: Row) -> dict[str, Any]:
        now = writer.now()
        lists: dict[str, Any] = {"tags": [], "other_names": [], "other_name_kinds": []} | (
            {} if self.label == "Person" else {"domains": []}
        )
        stored = {**lists, **row.stored, "id": row.id, "version": 1, "created_at": now, "updated_at": now}
        return stored | parties.derived(stored, person=self.label == "Person")

    async def _reach(self, transaction: Transaction, batch: Batch, rows: Iterable[Row]) -> None:
        points = [
            {"party": row.id, "point": {**_point(address), "id": batch.writer.ids.new()}}
            for row in rows
            for address in addresses(row.cells, batch.writer).values()
        ]
        if points:
            await transaction.run(_REACH, {"rows": points})
            await _claim(transaction, batch.writer, points)


async def identify(transaction: Transaction, batch: Batch, rows: Iterable[Row]) -> None:
    """Gives each object the source's key as an identifier."""
    ids = batch.writer.ids
    added = []
    for row in rows:
        system = batch.keys.system(row.key[0])
        identifier = {"id": ids.new(), "system": system, "value": row.key[1], "key": identifiers.key(system, row.key[1])}
        added.append({"owner": row.id, "identifier": identifier})
    await transaction.run(_IDENTIFY, {"rows": added})


async def _claim(transaction: Transaction, writer: Writer, points: Iterable[Mapping[str, Any]]) -> None:
    matches: dict[str, list[str]] = defaultdict(list)
    for each in points:
        matches[each["point"]["match"]].append(each["party"])
    rows = await transaction.run(_UNCLAIMED, {"matches": sorted(matches)})
    for match in sorted(row["match"] for row in rows):
        await contact_points.claim(transaction, writer, matches[match][0], [match])


def addresses(cells: Mapping[str, str], writer: Writer) -> dict[str, Address]:
    """Column → contact point. Raises Invalid under the column. Bare phone numbers are those of the country in the row."""
    country = cells.get("country", "").upper()
    region = country if country in SUPPORTED_REGIONS else writer.customs.region
    found = {}
    for column, kind in POINTS.items():
        if cell := cells.get(column):
            try:
                found[column] = contact_points.normal(kind, cell, region)
            except Invalid as problem:
                raise Invalid(problem.text, column, code=problem.code) from None
    return found


def _point(address: Address) -> dict[str, Any]:
    point = {
        "kind": address.kind.value,
        "value": address.value,
        "match": address.match,
        "primary": True,
        "search_text": address.search_text,
    }
    return point | ({"extension": address.extension} if address.extension else {})


async def corrections(batch: Batch, row: Row) -> dict[str, Any]:
    """The input of an update: id, version, and the fields of changed cells. Lists lose what the source took back, and keep the rest."""
    read = batch.writer.database.read
    found = await read(_BEFORE, {"id": row.id})
    if not found:
        raise NotFound(row.id, "id")
    before = found[0]["party"]
    values: dict[str, Any] = {"id": row.id, "version": before["version"]}
    values |= _fields(batch, row, before)
    if row.changed & POINTS.keys():
        had = [each["point"] for each in await read(_POINTS, {"id": row.id})]
        values["contact_points"] = _points(batch, row, had)
    return values


def _fields(batch: Batch, row: Row, before: Mapping[str, Any]) -> dict[str, Any]:
    kind = batch.noun
    columns = [kind.by_name[name] for name in row.changed if kind.by_name[name].path]
    cells_given = {column.name: row.cell(column.name) for column in columns}
    values = kind.values(cells_given, batch.writer)
    for column in columns:
        if column.path[0] == "tags":
            values["tags"] = _merged(column, row, before.get("tags") or [])
        elif column.path[0] == "other_names":
            values["other_names"] = _other_names(column, row, before)
        elif not row.cell(column.name):
            _clear(values, column.path)
    values.pop("position", None)
    return values


def _merged(column: Column, row: Row, had: Sequence[str]) -> list[str]:
    was = column.keys(row.last.cells.get(column.name, "")) if row.last else []
    now = column.keys(row.cell(column.name))
    return [each for each in had if each in now or each not in was] + [each for each in now if each not in had]


def _other_names(column: Column, row: Row, before: Mapping[str, Any]) -> list[dict[str, str]]:
    kinds = dict(zip(before.get("other_names") or [], before.get("other_name_kinds") or [], strict=True))
    return [{"name": name, "kind": kinds.get(name, "OTHER")} for name in _merged(column, row, list(kinds))]


def _clear(values: dict[str, Any], path: tuple[str, ...]) -> None:
    *above, last = path
    for step in above:
        values = values.setdefault(step, {})
    values[last] = None


def _points(batch: Batch, row: Row, had: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    was = addresses({**row.cells, **{name: row.last.cells.get(name, "") if row.last else "" for name in POINTS}}, batch.writer)
    now = addresses(row.cells, batch.writer)
    gone = {was[column].match for column in row.changed & was.keys()} - {address.match for address in now.values()}
    names = ("kind", "value", "extension", "primary", "verified_at")
    kept = [{name: point.get(name) for name in names} for point in had if point["match"] not in gone]
    there = {point["match"] for point in had}
    new = [
        {"kind": now[column].kind, "value": now[column].value}
        for column in sorted(row.changed & now.keys())
        if now[column].match not in there
    ]
    return kept + new
