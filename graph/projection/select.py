"""What a selection asks for: fragments followed, `@skip` and `@include` applied, equal response keys merged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    get_argument_values,
    get_directive_values,
    is_abstract_type,
)

from graph.projection.context import Operation

Selected = dict[str, list[FieldNode]]


def selected(operation: Operation, type_: GraphQLObjectType, nodes: Iterable[Any], into: Selected | None = None) -> Selected:
    """Response key → field nodes of one concrete type, in the order of the response."""
    found: Selected = {} if into is None else into
    for parent in nodes:
        for node in parent.selection_set.selections:
            if not included(operation, node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            elif (body := fragment(operation, node)) and applies(operation.schema, body, type_):
                selected(operation, type_, [body], found)
    return found


def included(operation: Operation, node: SelectionNode) -> bool:
    if not node.directives:
        return True
    skip = get_directive_values(GraphQLSkipDirective, node, operation.variables) or {}
    include = get_directive_values(GraphQLIncludeDirective, node, operation.variables) or {}
    return skip.get("if") is not True and include.get("if") is not False


def fragment(operation: Operation, node: SelectionNode) -> Any:
    if isinstance(node, InlineFragmentNode):
        return node
    assert isinstance(node, FragmentSpreadNode)
    return operation.fragments[node.name.value]


def applies(schema: GraphQLSchema, body: Any, type_: GraphQLObjectType) -> bool:
    if body.type_condition is None:
        return True
    on = schema.get_type(body.type_condition.name.value)
    return on is type_ or (on is not None and is_abstract_type(on) and schema.is_sub_type(on, type_))


def arguments(operation: Operation, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
    """Coerced arguments: defaults filled in, absent variables left out."""
    return get_argument_values(field, node, operation.variables)
