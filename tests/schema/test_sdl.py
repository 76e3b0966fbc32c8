"""The schema as clients see it: committed, described, and what the names promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import (
    FieldDefinitionNode,
    GraphQLInputObjectType,
    GraphQLObjectType,
    InputValueDefinitionNode,
    NullValueNode,
    TypeDefinitionNode,
    get_named_type,
    parse,
    print_ast,
)

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


def _names(document: str) -> Iterator[str]:
    """What clients rely on, a line each: `Type.field: Type`, `Type.field(argument: Type = default)`, `Type & Interface`, `Enum.VALUE`."""
    definitions: list[Any] = [d for d in parse(document).definitions if isinstance(d, TypeDefinitionNode)]
    for each in definitions:
        name = each.name.value
        yield from (f"{name} & {i.name.value}" for i in getattr(each, "interfaces", None) or ())
        yield from (f"{name}.{v.name.value}" for v in getattr(each, "values", None) or ())
        for field in getattr(each, "fields", None) or ():
            yield f"{name}.{_signature(field)}"
            yield from (f"{name}.{field.name.value}({_signature(a)})" for a in getattr(field, "arguments", None) or ())


def _signature(node: FieldDefinitionNode | InputValueDefinitionNode) -> str:
    default: Any = getattr(node, "default_value", None)
    given = default is not None and not isinstance(default, NullValueNode)  # null is what an argument is that is not given
    return f"{node.name.value}: {print_ast(node.type)}" + (f" = {print_ast(default)}" if given else "")


def test_the_contract_holds() -> None:
    assert set(_names(shared.text("spec/contract.graphql"))) - set(_names(sdl())) == set()


def test_connections_take_what_the_contract_says_of_all() -> None:
    named = r"^(\w+\.\w+): (?!Search|AnalysisRow)\w+Connection$"
    fields = re.findall(named, "\n".join(_names(shared.text("spec/contract.graphql"))), re.M)
    ours = {name.partition(":")[0] for name in _names(sdl())}
    arguments = ("where", "orderBy", "first", "after", "last", "before")
    assert len(fields) > 30
    assert [f"{field}({name}" for field in fields for name in arguments if f"{field}({name}" not in ours] == []


def test_every_text_that_is_written_has_a_greatest_length() -> None:
    inputs = [t for n, t in CORE.type_map.items() if n.endswith("Input") and isinstance(t, GraphQLInputObjectType)]
    texts = [(t.name, n, str(f.description)) for t in inputs for n, f in t.fields.items() if get_named_type(f.type).name == "String"]
    assert len(texts) > 50
    assert [each for each in texts if not re.search(r"at most [\d,]+ characters", each[2])] == []


MUTATIONS = {
    "Create Update Delete Restore": "organization person product",
    "Start Update End Delete": "position customer partner supplier ownership partnership supply accountTeamMembership acquaintance",
    "Record Update Delete": "interaction referral order",
    "Qualify Close": "referral",
    "Cancel": "order analysis",
    "Start": "analysis",
}


def test_mutations_are_named_object_first_and_take_an_input_alone() -> None:
    assert CORE.mutation_type is not None
    fields = CORE.mutation_type.fields
    names = [noun + verb for verbs, nouns in MUTATIONS.items() for noun in nouns.split() for verb in verbs.split()]
    assert set(names) - set(fields) == set()
    named = {name: f"{name[:1].upper()}{name[1:]}" for name in fields}
    signatures = {name: (str(f.type), {a: str(x.type) for a, x in f.args.items()}) for name, f in fields.items()}
    assert signatures == {name: (f"{noun}Payload", {"input": f"{noun}Input!"}) for name, noun in named.items()}
