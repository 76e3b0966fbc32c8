"""Who reads, and what one compilation carries along: parameters, fresh names, the row estimate."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, GraphQLError, GraphQLSchema
from graphql.execution.values import VariableValues

SCALE = 10**6
MOST_CONDITIONS = 100


@dataclass(frozen=True)
class Viewer:
    """Who asks. `rules` are Cypher conditions over `node` (and `$viewer`) by GraphQL type; `hidden` are fields like `Person.notes`.

    Rules come from our own code, never from a client.
    """

    id: str
    name: str
    rules: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def check_field(self, name: str) -> None:
        """Raises what a client gets that asks for a hidden field."""
        if name in self.hidden:
            raise GraphQLError(f"You may not read {name}.", extensions={"code": "NOT_ALLOWED"})


@dataclass(frozen=True)
class Scope:
    """The Cypher variables that a declaration may name, and required neighbours already matched with them."""

    this: str
    start: str = ""
    end: str = ""
    node: str = ""
    joined: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Operation:
    """The document a root field belongs to, its coerced variables, and the day and language of the request.

    `facts` are further parameters that declared Cypher may name, `fanouts` how many rows a relationship type usually leads to.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues
    viewer: Viewer
    now: str
    today: str
    language: str = "en"
    currency: str = "CNY"
    time_zone: str = "UTC"
    fanouts: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    shaped: bool = False
    warnings: list[str] = field(default_factory=list)


class Limit(GraphQLError):
    """The request asks for more than one answer may hold."""

    def __init__(self, message: str, nodes: list[FieldNode] | None = None) -> None:
        super().__init__(message, nodes, extensions={"code": "LIMIT_EXCEEDED"})


class BadInput(GraphQLError):
    """An argument is not usable; the message names it and the fix."""

    def __init__(self, message: str, nodes: list[FieldNode] | None = None) -> None:
        super().__init__(message, nodes, extensions={"code": "BAD_USER_INPUT"})


@dataclass
class Compilation:
    """State of one statement in the making."""

    operation: Operation
    parameters: dict[str, Any]
    rows: float = 1
    most: float = 1
    spent: list[float] = field(default_factory=lambda: [0.0])
    counter: Iterator[int] = field(default_factory=lambda: count(1))
    conditions: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def of(cls, operation: Operation) -> Compilation:
        fixed = {**operation.facts, "today": operation.today, "now": operation.now, "viewer": dict(operation.viewer.parameters)}
        return cls(operation, fixed)

    def name(self, prefix: str) -> str:
        return f"{prefix}{next(self.counter)}"

    def parameter(self, value: Any, *, scaled: bool = False) -> str:
        """Keep a value out of the text: plans are cached by text, and text from clients is never Cypher."""
        key = f"p{len(self.parameters)}"
        self.parameters[key] = stored(value, scaled)
        return f"${key}"

    def check_condition(self) -> None:
        """A statement holds so many conditions and no more: the engines' parsers descend into each."""
        if next(self.conditions) > MOST_CONDITIONS:
            raise Limit(f"`where` has more than {MOST_CONDITIONS} conditions: use `in` for lists of values.")

    def check_field(self, name: str) -> None:
        """A hidden field may not be selected, filtered, sorted or counted on."""
        self.operation.viewer.check_field(name)

    def narrowed(self, most: float, likely: float) -> Compilation:
        """The same statement, one list deeper: names, parameters and what all lists spend are shared, the row estimate grows."""
        return replace(self, rows=self.rows * likely, most=self.most * most)


def stored(value: Any, scaled: bool = False) -> Any:
    """The form a GraphQL input value has in the graph: enum names, decimals scaled by 10^6, lists of these."""
    if isinstance(value, list):
        return [stored(v, scaled) for v in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Decimal) or scaled:
        return _scaled(Decimal(value))
    return value


def _scaled(value: Decimal) -> int:
    # Before multiplying: an exponent of a million digits would be worked out.
    if value and not -20 < value.adjusted() < 20:
        raise BadInput(f"{value} has more than six decimals or is too large.")
    number = value * SCALE
    if number != number.to_integral_value() or not -(2**63) <= number < 2**63:
        raise BadInput(f"{value} has more than six decimals or is too large.")
    return int(number)
