"""Reading: declared fields resolve out of one statement a root field, and pure operations are answered without resolvers at all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, LiteralString, Protocol

import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
    get_variable_values,
    is_object_type,
)
from graphql.execution.values import VariableValues

from graph.database import Database
from graph.projection.context import Operation, Viewer
from graph.projection.declare import KINDS
from graph.projection.fields import Field, declared, fill_namespaces
from graph.projection.inputs import arguments_of
from graph.projection.reads import Lookup, Read, Reference
from graph.projection.select import arguments, selected
from graph.projection.shape import Unclean
from graph.projection.statements import Statement, by_ids, connection, named, readable_nodes, readable_ties, readable_where

Info = GraphQLResolveInfo[Any]
_DECLARED = "declared"


class Reading(Protocol):
    """What a request brings along for reads (`info.context`)."""

    viewer: Viewer
    now: str
    today: str
    language: str
    fanouts: Mapping[str, float]
    warnings: list[str]

    @property
    def database(self) -> Database: ...
    @property
    def currency(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def late(self) -> Mapping[str, Callable[[], Awaitable[Any]]]: ...


def prepare(**scalars: Any) -> None:
    """Give declared fields their arguments; call once all types are declared, before the schema is built."""
    fill_namespaces()
    for kind in list(KINDS.values()):
        for f in declared(kind.cls).values():
            definition = next(x for x in kind.cls.__strawberry_definition__.fields if x.python_name == f.python_name)  # type: ignore[attr-defined]
            if made := arguments_of(f, scalars):
                definition.arguments = made


def install(schema: strawberry.Schema) -> strawberry.Schema:
    """Let declared fields read what the statement of their root brought, instead of asking resolvers."""
    core: GraphQLSchema = schema._schema
    core.extensions[_DECLARED] = True
    for type_ in core.type_map.values():
        if not is_object_type(type_) or type_.name.startswith("__"):
            continue
        for field in type_.fields.values():
            definition = field.extensions.get("strawberry-definition")
            if definition is None:
                continue
            if definition.base_resolver is not None:
                field.resolve = _checked(field.resolve) if type_ is core.query_type else field.resolve
                continue
            field.resolve = _resolver(type_ is core.query_type, definition.metadata.get("read"))
    return schema


def _checked(resolve: Any) -> Any:
    """A root with a resolver of its own, for viewers who may read it."""

    def checked(source: Any, info: Info, **arguments: Any) -> Any:
        operation_check(info.context.viewer, info.field_name)
        return resolve(source, info, **arguments)

    return checked


def _resolver(is_query: bool, read: Read | None) -> Any:
    if isinstance(read, Reference):
        return read_reference
    return read_root if is_query and read else read_key


async def read_reference(source: Any, info: Info, **_: Any) -> Any:
    """The object whose id stands in the attribute of this field."""
    core = info.parent_type.fields[info.field_name]
    id_ = getattr(source, core.extensions["strawberry-definition"].python_name)
    return (await objects(info, named(core), info.field_nodes, [id_])).get(id_) if id_ else None


def read_key(source: Any, info: Info, **_: Any) -> Any:
    """A declared field's value, as its root's statement brought it; of other objects the attribute."""
    if isinstance(source, dict):
        return source[info.path.key]
    return getattr(source, info.parent_type.fields[info.field_name].extensions["strawberry-definition"].python_name)


async def read_root(_: Any, info: Info, **__: Any) -> Any:
    """A root field through ordinary completion."""
    operation = operation_of(info)
    return await _read(info.context, operation, _root(info.parent_type.fields[info.field_name], info), list(info.field_nodes))


def operation_of(info: Any) -> Operation:
    """The operation that a resolver works for."""
    given = info.variable_values
    variables = given if isinstance(given, VariableValues) else VariableValues({}, given)
    return _operation(info.context, info.schema, info.fragments, variables, False)


def _operation(
    context: Reading, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: VariableValues, shaped: bool
) -> Operation:
    return Operation(
        schema,
        fragments,
        variables,
        context.viewer,
        context.now,
        context.today,
        context.language,
        context.currency,
        context.time_zone,
        context.fanouts,
        context.facts,
        shaped,
        context.warnings,
    )


def _root(core: GraphQLField, info: Info) -> tuple[Field, GraphQLField]:
    return declared(KINDS[info.parent_type.name].cls)[info.field_name], core


async def _read(context: Reading, operation: Operation, root: tuple[Field, GraphQLField], nodes: list[FieldNode]) -> Any:
    f, core = root
    operation_check(operation.viewer, f.name)
    if not isinstance(f.read, Lookup):
        return await run(context, connection(operation, f, core, nodes), shaped=operation.shaped)
    args = arguments(operation, core, nodes[0])
    ids = list(args["ids"]) if f.shape == "list" else [args["id"]]
    found = await run(context, by_ids(operation, named(core), nodes, ids), shaped=operation.shaped)
    return [found.get(i) for i in ids] if f.shape == "list" else found.get(ids[0])


def operation_check(viewer: Viewer, name: str) -> None:
    if f"Query.{name}" in viewer.hidden:
        raise GraphQLError(f"You may not read {name}.", extensions={"code": "NOT_ALLOWED"})


async def run(context: Reading, statement: Statement, *, shaped: bool = False) -> Any:
    """Run a compiled statement and shape its rows."""
    if shaped and not statement.pure:
        raise Unclean
    late = {name: await read() for name, read in context.late.items() if f"${name}" in statement.text}
    records = await context.database.read(statement.text, statement.parameters | late)
    return statement.read([r[0] for r in records])


async def objects(info: Any, type_: Any, nodes: Sequence[FieldNode], ids: list[str]) -> dict[str, Any]:
    """Objects by id with the selection of `nodes`, as ordinary completion wants them; what may not be read is missing."""
    found: dict[str, Any] = await run(info.context, by_ids(operation_of(info), type_, nodes, ids))
    return found


async def answer(
    schema: GraphQLSchema, document: DocumentNode, definition: OperationDefinitionNode, variables: dict[str, Any], context: Reading
) -> dict[str, Any] | None:
    """The `data` of a query whose whole selection is declared, shaped straight from its statements.

    None when ordinary execution has to decide: resolvers are involved, an input is wrong, or a value is not what its type promises.
    """
    if _DECLARED not in schema.extensions:
        return None
    coerced = get_variable_values(schema, definition.variable_definitions or (), variables, max_errors=1, hide_suggestions=True)
    if isinstance(coerced, list) or schema.query_type is None:
        return None
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    operation = _operation(context, schema, fragments, coerced, True)
    fields = declared(KINDS[schema.query_type.name].cls)
    roots = selected(operation, schema.query_type, [definition])
    if any(group[0].name.value not in (*fields, "__typename") for group in roots.values()):
        return None
    try:
        values = await asyncio.gather(*(_answer_root(context, operation, group) for group in roots.values()))
    except (GraphQLError, Unclean):
        return None
    return dict(zip(roots, values, strict=True))


async def _answer_root(context: Reading, operation: Operation, nodes: list[FieldNode]) -> Any:
    query = operation.schema.query_type
    assert query is not None
    name = nodes[0].name.value
    if name == "__typename":
        return query.name
    core, f = query.fields[name], declared(KINDS[query.name].cls)[name]
    return await _read(context, operation, (f, core), nodes)


async def found_by(info: Info, how: str, value: str) -> Any:
    """The one object of the field's type that `how` (Cypher that binds `n` by `$ids`; by id when empty) finds."""
    core = info.parent_type.fields[info.field_name]
    found = await run(info.context, by_ids(operation_of(info), named(core), info.field_nodes, [value], how))
    return next(iter(found.values()), None)


async def readable_ids(info: Any, kind: str, ids: list[str] | None = None, *, deleted: bool = False) -> set[str] | None:
    """The ids (of `ids`, or all) of what is of a kind and the viewer may read; None means every one that is there.

    With `deleted` nodes that are gone count too.
    """
    if not info.context.viewer.rules:
        return None
    operation, found = operation_of(info), KINDS[kind]
    if found.tie:
        return set(await run(info.context, readable_ties(operation, found, ids or [])))
    return set(await run(info.context, readable_nodes(operation, found, ids, deleted=deleted)))


async def readable_rows(info: Any, kind: str, found: LiteralString, answer: LiteralString, **parameters: Any) -> list[Any]:
    """What `answer` says of each node `n` of a kind that the clauses `found` find and the viewer may read."""
    return list(await run(info.context, readable_where(operation_of(info), KINDS[kind], found, answer, **parameters)))
