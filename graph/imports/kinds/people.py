"""People from files, each with the position that the file gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any, LiteralString

from graph import people, periods, positions
from graph.changes import FieldChange
from graph.database import Transaction
from graph.errors import ProblemCode, invalid
from graph.fields import Fields
from graph.imports import cells, hierarchy
from graph.imports.batches import Batch, Row
from graph.imports.columns import Column, plain
from graph.imports.keys import PARTY, Found
from graph.imports.kinds import roles
from graph.imports.kinds.parties import COMMON, NAMES, Parties, corrections
from graph.people import PersonCreate, PersonFields, PersonUpdate
from graph.positions import HeldPosition, PositionEnding, PositionKind, PositionStart, PositionUpdate, Seniority
from graph.text import search_text

OURS = "own"
"""Stands for our first own company where a row says that somebody is one of ours."""

_POSITION = (
    Column("organization_key", ("position", "organization"), names=PARTY, label="Organization", kept=True),
    Column("own", kept=True),
    Column("position_kind", ("position", "kind"), cells.term(PositionKind)),
    Column("title", ("position", "title")),
    Column("department", ("position", "department")),
    Column("seniority", ("position", "seniority"), cells.term(Seniority)),
    Column("since", ("position", "since"), cells.date),
    Column("until", ("position", "until"), cells.date),
)
_PLACE = {"organization_key", "own"}
_COLUMNS = (
    *NAMES,
    *plain(PersonFields),
    *_POSITION,
    Column("reports_to_key", names=PARTY, label="Person", late=True),
    *COMMON,
)
_LABELS: tuple[LiteralString, ...] = ("Contact", "Customer", "Employee", "Partner", "Supplier")
_CREATE: dict[frozenset[str], LiteralString] = {
    frozenset(some): "UNWIND $rows AS row CREATE (n:" + ":".join(("Node", "Party", "Person", *some)) + ") SET n = row"
    for some in chain.from_iterable(combinations(_LABELS, size) for size in range(6))
}
_HOLD: LiteralString = """
UNWIND $rows AS row
MATCH (person:Node {id: row.person})
MATCH (organization:Node {id: row.organization})
CREATE (person)-[:HOLDS]->(position:Node:Position)-[:AT]->(organization) SET position = row.properties
"""
_MADE: LiteralString = """
MATCH (position:Node {id: $id}) WHERE position:Position AND position.deleted_at IS NULL
RETURN position.version AS version, position.until AS until
"""
_TAKE_TURN: LiteralString = "MATCH (turn:Lock {name: 'REPORTS_TO'}) SET turn._lock = true REMOVE turn._lock"
_SUPERIORS: LiteralString = """
UNWIND $ids AS id
MATCH (:Node {id: id})-[:REPORTS_TO]->(superior:Position)
RETURN id, superior.id
"""
_CANDIDATES: LiteralString = """
UNWIND $rows AS row
MATCH (mine:Node {id: row.position})-[:AT]->(organization:Organization)
MATCH (:Node {id: row.superior})-[:HOLDS]->(position:Position)-[:AT]->(there:Organization)
WHERE position.deleted_at IS NULL AND (position.until IS NULL OR position.until > $today)
RETURN row.position AS mine, position.id AS superior, there.id = organization.id AS here, coalesce(position.primary, false) AS main
"""
_LEAVE: LiteralString = "UNWIND $rows AS row MATCH (:Node {id: row.position})-[tie:REPORTS_TO]->() DELETE tie"
_REPORT: LiteralString = """
UNWIND $rows AS row
MATCH (position:Node {id: row.position})
MATCH (superior:Node {id: row.superior})
CREATE (position)-[:REPORTS_TO]->(superior)
"""


@dataclass(frozen=True)
class People(Parties):
    """People: those with a position in one of our companies are ours."""

    def values(self, cells_given: Mapping[str, str], writer: Any) -> dict[str, Any]:
        values = super().values(cells_given, writer)
        if _is_ours(cells_given):
            values.setdefault("position", {})["organization"] = OURS
        return values

    def parsed(self, cells_given: Mapping[str, str], writer: Any) -> Fields:
        if _is_ours(cells_given) and cells_given.get("organization_key"):
            en = "own: the row names an organization already; leave one of both out"
            raise invalid(en, "own：该行已指定组织，请二者择一", "own", code=ProblemCode.INVALID)
        given = super().parsed(cells_given, writer)
        if position := getattr(given, "position", None):
            periods.check(position.since, position.until)
        return given

    def labelled(self, batch: Batch, row: Row) -> frozenset[str]:
        """Employee, who is or was with us; Contact, who is, was or will be without a position with us."""
        position, place = row.model.position, batch.named(row, "organization_key")
        ours = _is_ours(row.cells) or (place is not None and place.own)
        today = batch.writer.today()
        stays = ours and position.until is None and (position.since is None or position.since <= today)
        return super().labelled(batch, row) | ({"Employee"} if ours else set()) | (set() if stays else {"Contact"})

    async def create(self, transaction: Transaction, batch: Batch) -> None:
        await self.add(transaction, batch, _CREATE)
        held = [row for row in batch.accepted if row.model.position]
        own = await roles.first_own(transaction) if any(_is_ours(row.cells) for row in held) else ""
        rows = [_held(batch, row, row.model.position, own) for row in held]
        if rows:
            await transaction.run(_HOLD, {"rows": rows})

    async def correct(self, batch: Batch, row: Row) -> None:
        given = await corrections(batch, row)
        if given.get("network_opt_out", ...) is None:
            given["network_opt_out"] = False
        await people.update(batch.writer, PersonUpdate.parse(given))
        if "roles" in row.changed:
            await roles.correct(batch, row)
        if row.changed & {column.name for column in _POSITION}:
            row.part = await _moved(batch, row)

    async def tie(self, transaction: Transaction, batch: Batch) -> None:
        """Superiors: the current position of whom the row names, at the same organization if there is one."""
        await transaction.run(_TAKE_TURN)
        wanted = {row.part: row for row in batch.accepted if row.part}
        named = [{"position": part, "superior": found.id} for part, row in wanted.items() if (found := batch.named(row, "reports_to_key"))]
        superiors = await _superiors(transaction, batch, named)
        above = await hierarchy.above(transaction.run, _SUPERIORS, [*wanted, *superiors.values()])
        left, reported = [], []
        for row in batch.accepted:
            superior = superiors.get(row.part or "")
            if row.cell("reports_to_key") and superior is None:
                batch.refuse(row, "reports_to_key", "one of both has no current position", "双方之一没有当前职位")
                continue
            left.append({"position": row.part})
            for had in above.parents(row.part or ""):
                batch.log.append(FieldChange(f"{row.part}.reportsTo", had, superior))
            above.clear(row.part or "")
            if superior and not above.add(row.part or "", superior):
                batch.refuse(row, "reports_to_key", "this would close a circle of superiors", "汇报关系将形成循环")
            elif superior:
                reported.append({"position": row.part, "superior": superior})
        await transaction.run(_LEAVE, {"rows": left})
        await transaction.run(_REPORT, {"rows": reported})


def _is_ours(given: Mapping[str, str]) -> bool:
    return cells.truth(given.get("own", ""), "") is True


def _held(batch: Batch, row: Row, position: HeldPosition, own: str) -> dict[str, Any]:
    writer, now = batch.writer, batch.writer.now()
    row.part = writer.ids.new()
    place = batch.named(row, "organization_key")
    given = {name: value for name, value in position.given().items() if value is not None}
    derived = {"primary": True, "search_text": search_text(position.title, position.department)}
    stored = {**given, **derived, "id": row.part, "version": 1, "created_at": now, "updated_at": now}
    return {"person": row.id, "organization": place.id if place else own, "properties": stored}


async def _moved(batch: Batch, row: Row) -> str | None:
    """Brings the position that the last import made to what the row says; a new place is a new position. Gives its id."""
    writer = batch.writer
    rows = await writer.database.read(_MADE, {"id": row.part}) if row.part else []
    current = rows[0] if rows else None
    if row.model.position is None:
        if current:
            await positions.end(writer, PositionEnding(id=row.part or ""))
        return None
    values = batch.noun.values(row.cells, writer)["position"]
    if current and not row.changed & _PLACE:
        fields = {column.path[1]: values.get(column.path[1]) for column in _POSITION if column.name in row.changed and column.path}
        if fields.get("kind", ...) is None:
            fields["kind"] = PositionKind.EMPLOYEE
        await positions.update(writer, PositionUpdate.parse({"id": row.part, "version": current["version"], **fields}))
        return row.part
    place = batch.named(row, "organization_key") or Found(await _first_own(batch), frozenset())
    ends = row.part if current and current["until"] is None else None
    start = PositionStart.parse({**values, "organization": place.id, "person": row.id, "ends_position": ends})
    return (await positions.start(writer, start)).id


async def _first_own(batch: Batch) -> str:
    return await batch.writer.database.write(roles.first_own)


async def _superiors(transaction: Transaction, batch: Batch, rows: list[dict[str, str]]) -> dict[str, str]:
    """Position → the position that it is to report to."""
    found = await transaction.run(_CANDIDATES, {"rows": rows, "today": batch.writer.today()})
    best = sorted(found, key=lambda row: (row["here"], row["main"], row["superior"]))
    return {row["mine"]: row["superior"] for row in best}


PEOPLE = People("people", PARTY, PersonCreate, _COLUMNS, labels=frozenset({"Party", "Person"}), label="Person")
