"""The contact points of a party, written as a whole list."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from graph.contact_points.addresses import ContactPointKind, normal
from graph.contact_points.claims import claim
from graph.contact_points.shared import given_twice
from graph.database import Transaction
from graph.errors import Invalid, Message, Problems, WriteProblem
from graph.fields import NULL_IS_EMPTY, Fields, Instant, ShortText, many, text
from graph.writing import Draft, Writer

Point = dict[str, Any]

# Many have the website of their company, and nobody is met by it.
_COMMON = {ContactPointKind.WEBSITE}


class ContactPointFields(Fields):
    """A way to reach a party (联系方式)."""

    kind: ContactPointKind = Field(description="What sort of contact point (类别)")
    value: ShortText = Field(description="The address, number or account; brought into its standard form (值)")
    extension: Annotated[str, text(20)] | None = Field(default=None, description="Extension of a phone number (分机)")
    primary: bool | None = Field(default=None, description="The one to use of its kind; the first one if none is (是否首选)")
    verified_at: Instant | None = Field(default=None, description="When it was last known to work (验证时间)")


ContactPoints = Annotated[list[ContactPointFields], NULL_IS_EMPTY, many(50)]

_HAD = """
MATCH (:Node {id: $party})-[:REACHED_AT]->(point:ContactPoint) WHERE point.deleted_at IS NULL
RETURN properties(point) AS point
"""

_SET = "UNWIND $points AS point MATCH (node:Node {id: point.id}) SET node += point"

_ADD = """
UNWIND $points AS point
MATCH (party:Node {id: $party})
CREATE (party)-[:REACHED_AT]->(node:Node:ContactPoint) SET node = point
"""


async def put(transaction: Transaction, writer: Writer, draft: Draft, party: str, given: Sequence[ContactPointFields]) -> None:
    """Makes `given` the contact points of a party: the same address stays the same node, others come and go. Raises Problems."""
    had = {(point["kind"], point["match"]): point for point in await _had(transaction, party)}
    wanted = {(point["kind"], point["match"]): point for point in _wanted(writer, given)}
    before, after = _shown(had.values()), _shown(wanted.values())
    if before == after:
        return
    draft.set("contactPoints", before, after)
    kept = [{**point, "id": had[key]["id"]} for key, point in wanted.items() if key in had]
    gone = [{"id": point["id"], "deleted_at": writer.now()} for key, point in had.items() if key not in wanted]
    added = [{**point, "id": writer.ids.new()} for key, point in wanted.items() if key not in had]
    await transaction.run(_SET, {"points": kept + gone})
    await transaction.run(_ADD, {"party": party, "points": added})
    shared = await claim(transaction, writer, party, [point["match"] for point in added])
    for place, (kind, match) in enumerate(wanted):
        if (kind, match) not in had and match in shared and kind not in _COMMON:
            draft.warn(given_twice(shared[match], "contactPoints", str(place), "value"))


async def regain(transaction: Transaction, writer: Writer, party: str) -> None:
    """Claims what was recorded for the addresses of a party while it was deleted."""
    await claim(transaction, writer, party, [point["match"] for point in await _had(transaction, party)])


async def _had(transaction: Transaction, party: str) -> list[Point]:
    return [row["point"] for row in await transaction.run(_HAD, {"party": party})]


def _wanted(writer: Writer, given: Sequence[ContactPointFields]) -> list[Point]:
    points: list[Point] = []
    problems: list[WriteProblem] = []
    for place, fields in enumerate(given):
        try:
            points.append(_point(writer, fields, points))
        except Invalid as problem:
            problems.append(problem.at("contactPoints", str(place), *problem.path))
    if problems:
        raise Problems(problems)
    for kind in {point["kind"] for point in points}:
        alike = [point for point in points if point["kind"] == kind]
        if not any(point["primary"] for point in alike):
            alike[0]["primary"] = True
    return points


def _point(writer: Writer, fields: ContactPointFields, before: Sequence[Point]) -> Point:
    address = normal(fields.kind, fields.value, writer.customs.region, fields.extension)
    writer.check_past(fields.verified_at, "verifiedAt")
    alike = [point for point in before if point["kind"] == fields.kind]
    if any(point["match"] == address.match for point in alike):
        raise Invalid(Message("value: it is there twice; leave one out", "value：重复出现，请删除其一"), "value")
    if fields.primary and any(point["primary"] for point in alike):
        raise Invalid(Message("primary: another of its kind is primary; choose one", "primary：同类中已有首选，请只选一个"), "primary")
    return {
        **fields.given(),
        "value": address.value,
        "match": address.match,
        "extension": address.extension,
        "primary": bool(fields.primary),
        "verified_at": fields.given().get("verified_at"),
        "search_text": address.search_text,
    }


def _shown(points: Iterable[Mapping[str, Any]]) -> str | None:
    names = ("kind", "value", "extension", "primary", "verified_at")
    shown = [{name: point[name] for name in names if point.get(name) not in (None, False)} for point in points]
    return json.dumps(sorted(shown, key=json.dumps), ensure_ascii=False) if shown else None
