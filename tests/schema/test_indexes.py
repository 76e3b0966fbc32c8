from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from graph.database import Database
from graph.projection.declare import Kind
from graph.projection.fields import Field, declared
from graph.projection.reads import Link, Part, Prop
from schema import schema
from schema.query import Query

# An index costs every write and, on the embedded engine, a file for each combination of labels. These do not earn it: they have few values,
# or are looked at among what something else has chosen.
SCANNED = {
    *("address_country", "address_region", "address_district", "address_postal_code", "salutation", "website", "currency"),
    *("influence_percentile", "influence_as_of", "referral_as_of", "referral_caused_count", "referral_anyway_count"),
    *("ended_at", "sentiment", "reward", "unit_price", "unit_cost", "margin", "cancelled_at", "finished_at"),
}


def _properties(kind: Kind) -> Iterator[str]:
    """Stored properties of a type that a client may filter or sort by, parts included."""
    for field in declared(kind.cls).values():
        if isinstance(field.read, Part) and field.kind:
            yield from _properties(field.kind)
        elif field.read.filter or field.read.order:
            if isinstance(field.read, Prop) and not _has_few_values(field):
                yield field.read.name or field.python_name
            if sorted_by := re.fullmatch(r"this\.(\w+)", field.read.by):
                yield sorted_by[1]


def _has_few_values(field: Field) -> bool:
    return field.shape == "list" or field.type is bool or (isinstance(field.type, type) and issubclass(field.type, Enum))


async def test_what_lists_are_filtered_and_sorted_by_has_an_index(database: Database) -> None:
    kinds = {field.kind for field in declared(Query).values() if isinstance(field.read, Link) and field.kind}
    wanted = {(kind.label, name) for kind in kinds for name in _properties(kind) if name != "id"}
    shown = await database.read("SHOW INDEXES YIELD labelsOrTypes, properties RETURN labelsOrTypes, properties")
    indexed = {(labels[0], properties[0]) for labels, properties in shown if labels}
    assert len(schema.schema_converter.type_map) > len(kinds) > 5
    assert sorted((label, name) for label, name in wanted - indexed if name not in SCANNED) == []
    assert sorted(SCANNED - {name for _, name in wanted}) == []
