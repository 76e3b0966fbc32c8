"""The schema as clients see it: committed, described, and what the names promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from graph.projection.declare import KINDS
from schema import WRITES, schema, sdl
from tests import shared

CORE = schema._schema
BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}
HAN = re.compile(r"[\u4e00-\u9fff]")


def described() -> Iterator[tuple[str, str | None]]:
    for name, type_ in CORE.type_map.items():
        if name.startswith("__") or name in BUILT_IN:
            continue
        yield name, type_.description
        for field_name, field in getattr(type_, "fields", {}).items():
            yield f"{name}.{field_name}", field.description
            yield from ((f"{name}.{field_name}({a})", x.description) for a, x in getattr(field, "args", {}).items())
        yield from ((f"{name}.{v}", x.description) for v, x in getattr(type_, "values", {}).items())


def test_the_committed_sdl_is_the_schema() -> None:
    committed = Path(__file__).parents[2] / "schema" / "schema.graphql"
    assert committed.read_text(encoding="utf-8") == sdl(), "make generate"


def test_every_element_has_a_description() -> None:
    assert [name for name, text in described() if not text or text.strip(". ") in ("", "None")] == []


def test_types_and_fields_of_nouns_have_their_chinese_term() -> None:
    nouns: list[Any] = [CORE.type_map[name] for name in KINDS if name != "Query"]
    names = [f"{t.name}.{n}" for t in nouns for n, f in t.fields.items() if not HAN.search(f.description or "")]
    assert names == []
    assert [t.name for t in nouns if not HAN.search(t.description or "")] == []


def test_roots_are_nullable() -> None:
    assert CORE.query_type is not None
    assert CORE.mutation_type is not None
    roots = {**CORE.query_type.fields, **CORE.mutation_type.fields}
    assert [name for name, field in roots.items() if str(field.type).endswith("!")] == []


def test_whatever_has_an_id_is_a_node() -> None:
    node: Any = CORE.type_map["Node"]
    implementing = set(CORE.get_possible_types(node))
    outside = {"Actor", "Viewer"}  # their ids are stable names, not ids of nodes
    objects = [t for t in CORE.type_map.values() if isinstance(t, GraphQLObjectType) and "id" in t.fields]
    assert {t.name for t in objects if t not in implementing} == outside


def test_updates_take_id_and_version_and_creations_a_key() -> None:
    for write in WRITES:
        made: Any = CORE.type_map[write.input.__name__]
        if write.name.endswith("_update"):
            assert {"id", "version"} <= {n for n, f in made.fields.items() if str(f.type).endswith("!")}, write.name
        if write.name.endswith(("_create", "_record")) or (write.name.endswith("_start") and write.name != "analysis_start"):
            assert "idempotencyKey" in made.fields, write.name


def test_payloads_are_object_problems_warnings() -> None:
    assert CORE.mutation_type is not None
    for field in CORE.mutation_type.fields.values():
        payload: Any = get_named_type(field.type)
        first, *rest = payload.fields
        assert rest == ["problems", "warnings"], payload.name
        assert not str(payload.fields[first].type).endswith("!")


def test_filters_never_take_null_for_everything() -> None:
    """What may be compared may also be asked for by `isNull`."""
    filters = [t for n, t in CORE.type_map.items() if n.endswith("Filter") and isinstance(t, GraphQLInputObjectType)]
    assert [t.name for t in filters if "eq" in t.fields and "isNull" not in t.fields] == []


def _sketch() -> Iterator[tuple[str, str, str]]:
    text = re.sub(r"#.*", "", shared.text("spec/contract.graphql"))
    for block in re.finditer(r"(type|interface|input|enum) (\w+)[^{]*\{([^}]*)\}", text):
        kind, name, body = block.groups()
        if kind == "enum":
            yield from ((name, value, "") for value in body.split())
        else:
            yield from ((name, field, type_) for field, type_ in re.findall(r"(\w+)(?:\([^)]*\))?: ([\w\[\]!]+)", body))


def test_the_contract_holds() -> None:
    missing = []
    for type_name, name, type_ in _sketch():
        found: Any = CORE.type_map.get(type_name)
        if type_ == "":
            ok = found is not None and name in found.values
        else:
            ok = found is not None and name in found.fields and str(found.fields[name].type) == type_
        missing += [] if ok else [f"{type_name}.{name}: {type_}"]
    assert missing == []


def test_every_text_that_is_written_has_a_greatest_length() -> None:
    inputs = [t for n, t in CORE.type_map.items() if n.endswith("Input") and isinstance(t, GraphQLInputObjectType)]
    texts = [(t.name, n, str(f.description)) for t in inputs for n, f in t.fields.items() if get_named_type(f.type).name == "String"]
    assert len(texts) > 50
    assert [each for each in texts if not re.search(r"at most [\d,]+ characters", each[2])] == []


NAMES = ("organizationRestore", "personCreate", "positionEnd", "referralQualify", "referralClose", "orderCancel", "analysisStart")


@pytest.mark.parametrize("name", NAMES)
def test_mutations_are_named_object_first(name: str) -> None:
    assert CORE.mutation_type is not None
    assert name in CORE.mutation_type.fields
