"""Filter and order inputs, generated from the declarations: `PersonWhere`, `PersonOrder`, `StringFilter`, …"""

from __future__ import annotations

import enum
import sys
import types
from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument

from graph.projection.context import BadInput
from graph.projection.declare import KINDS, Kind
from graph.projection.fields import Field, declared
from graph.projection.reads import Computed, Count, End, Expression, Flags, Link, Lookup, Part, Prop, Single, Total, Unfold

# Generated classes live in a module of their own, so that annotations between them resolve by name.
inputs = types.ModuleType("graph.projection.generated")
sys.modules[inputs.__name__] = inputs

DEFAULT_FIRST = 20
MOST = 200


def page_size(given: int | None, *, name: str = "first", usual: int = DEFAULT_FIRST, most: int = MOST) -> int:
    """How many elements an argument asks for; BadInput where it is out of bounds."""
    size = usual if given is None else given
    if not 0 <= size <= most:
        raise BadInput(f"`{name}` is {size}: it must lie between 0 and {most}.")
    return size


@strawberry.enum(description="Which way to sort (排序方向); what has no value comes last either way.")
class Sort(enum.Enum):
    ASC = strawberry.enum_value(
        "ASC", description="Smallest, earliest or alphabetically first first; of a closed list, what it lists first (升序)."
    )
    DESC = strawberry.enum_value(
        "DESC", description="Greatest, latest or alphabetically last first; of a closed list, what it lists last (降序)."
    )


@strawberry.enum(description="How text is compared (文本比较方式).")
class TextMode(enum.Enum):
    SENSITIVE = strawberry.enum_value("SENSITIVE", description="Letter by letter (区分大小写).")
    INSENSITIVE = strawberry.enum_value("INSENSITIVE", description="Upper and lower case are the same (不区分大小写).")


OPERATORS = {
    "eq": "Equal to.",
    "ne": "Different from; what has no value is not different.",
    "in": "One of these; an empty list matches nothing.",
    "not_in": "None of these; what has no value does not match.",
    "lt": "Less than, or before.",
    "lte": "At most, or not after.",
    "gt": "Greater than, or after.",
    "gte": "At least, or not before.",
    "contains": "Contains this text.",
    "starts_with": "Starts with this text.",
    "ends_with": "Ends with this text.",
    "has": "Has this element.",
    "has_some": "Has one of these elements at least.",
    "has_every": "Has all of these elements.",
    "is_null": "True: has no value. False: has one.",
    "mode": "How text is compared.",
}
_EQUAL = ("eq", "ne", "in", "not_in", "is_null")
_ORDERED = (*_EQUAL, "lt", "lte", "gt", "gte")
_TEXT = (*_ORDERED, "contains", "starts_with", "ends_with", "mode")
_LIST = ("has", "has_some", "has_every")


def _define(name: str, description: str, members: Callable[[], dict[str, tuple[Any, str]]], one_of: bool = False) -> str:
    """Declare an input type once; the class exists before its members, so that types may name each other."""
    if not hasattr(inputs, name):
        cls = type(name, (), {"__module__": inputs.__name__})
        setattr(inputs, name, cls)
        cls.__annotations__ = {}
        for key, (annotation, text) in members().items():
            python = f"{key}_" if key in ("in", "and", "or", "not") else key
            setattr(cls, python, strawberry.field(name=None if python == key else key, default=strawberry.UNSET, description=text))
            cls.__annotations__[python] = annotation | None if not isinstance(annotation, str) else f"{annotation} | None"
        strawberry.input(cls, description=description, one_of=one_of)
    return name


def scalar_filter(type_: Any, many: bool) -> str:
    """The filter of a leaf: `StringFilter`, `ChannelFilter`, `StringListFilter`."""
    names = {str: "String", int: "Int", float: "Float", bool: "Boolean"}
    name = names.get(type_) or getattr(type_, "__name__", "") or str(type_)
    if many:
        operators: tuple[str, ...] = _LIST
    elif type_ is str:
        operators = _TEXT
    elif type_ is bool:
        operators = ("eq", "ne", "is_null")
    else:
        operators = _EQUAL if isinstance(type_, enum.EnumMeta) or name == "ID" else _ORDERED
    return _define(
        name + ("ListFilter" if many else "Filter"),
        f"Conditions on a {'list of ' if many else ''}{name}; all of them must hold.",
        lambda: {op: (_operand(op, type_), OPERATORS[op]) for op in operators},
    )


def _operand(operator: str, type_: Any) -> Any:
    special: dict[str, Any] = {"is_null": bool, "mode": TextMode}
    return special.get(operator) or (list[type_] if operator in ("in", "not_in", "has_some", "has_every") else type_)


def where_input(kind: Kind) -> str:
    """`XWhere`: conditions on the filterable fields of a type, its relations included."""
    name = f"{kind.name}Where"

    def members() -> dict[str, tuple[Any, str]]:
        out: dict[str, tuple[Any, str]] = {
            "and": (f"list[{name}]", "All of these hold (且)."),
            "or": (f"list[{name}]", "One of these holds at least (或); an empty list matches nothing."),
            "not": (name, "This does not hold (非)."),
        }
        if kind.abstract and members_of(kind):
            out["type"] = (type_filter(kind), "Of these concrete types (类型).")
        if kind.symmetric:
            out["node"] = (where_input(other_end(kind)), "The other party (对方).")
        for f in declared(kind.cls).values():
            if (condition := _condition(f)) is not None:
                out[f.python_name] = (condition, f"Condition on `{f.name}`.")
        return out

    return _define(name, f"Conditions on {kind.name}; all of them must hold.", members)


def other_end(kind: Kind) -> Kind:
    """What a symmetric tie connects: the element type of its list of both ends."""
    return next(k for f in declared(kind.cls).values() if isinstance(f.read, End) and f.shape == "list" and (k := f.kind))


def members_of(kind: Kind) -> list[Kind]:
    """The concrete types behind an abstract one."""
    return [k for k in KINDS.values() if not k.abstract and k.label and issubclass(k.cls, kind.cls)]


def type_filter(kind: Kind) -> str:
    """`PartyTypeFilter { in: [PartyType!] }`."""
    enum_name = f"{kind.name}Type"
    if not hasattr(inputs, enum_name):
        values = {k.name.upper(): strawberry.enum_value(k.name, description=f"{k.name}.") for k in members_of(kind)}
        made: Any = enum.EnumMeta.__call__(enum.Enum, enum_name, values)
        setattr(inputs, enum_name, strawberry.enum(made, description=f"Concrete types of {kind.name}."))
    return _define(f"{enum_name}Filter", f"Which concrete types of {kind.name}.", lambda: {"in": (f"list[{enum_name}]", OPERATORS["in"])})


def _condition(f: Field) -> str | None:
    match f.read:
        case Link() | End() | Part() if f.read.filter and f.kind:
            inner = where_input(f.kind)
            if isinstance(f.read, Link | End) and f.shape != "one":
                return _define(f"{f.kind.name}Quantifier", f"How many related {f.kind.name} must match.", lambda: _quantifiers(inner))
            return inner
        case Prop() | Expression() | Count() | Single() if f.read.filter:
            return scalar_filter(f.type, f.shape == "list")
        case _:
            return None


def _quantifiers(inner: str) -> dict[str, tuple[Any, str]]:
    return {
        "some": (inner, "One of them at least matches (至少一个)."),
        "all": (inner, "Each of them matches (全部); true where there are none."),
        "none": (inner, "None of them matches (没有)."),
    }


def order_input(kind: Kind) -> str:
    """`XOrder`: one thing to sort by, reaching into single relations."""
    name = f"{kind.name}Order"

    def members() -> dict[str, tuple[Any, str]]:
        out = {}
        if kind.symmetric:
            out["node"] = (order_input(other_end(kind)), "By a field of the other party (对方).")
        for f in declared(kind.cls).values():
            if (term := _term(f)) is not None:
                listed = f", in the order of {f.type.__name__}" if f.choices and not f.read.by else ""
                out[f.python_name] = (term, f"Sort by `{f.name}`{listed}.")
        return out

    return _define(name, f"One thing to sort {kind.name} by; of several the first decides.", members, one_of=True)


def _term(f: Field) -> Any:
    match f.read:
        case Link() | End() | Part() if f.shape == "one" and f.kind and not f.kind.abstract:
            if isinstance(f.read, Part) and f.read.by:
                return Sort
            return order_input(f.kind) if f.read.filter and orderable(f.kind) else None
        case Prop() | Expression() | Count() | Single() | Total() | Computed() if f.read.order:
            return Sort
        case _:
            return None


def orderable(kind: Kind) -> bool:
    """Something below it can be sorted by (an empty input type would be illegal)."""
    return any(f.read.order for f in declared(kind.cls).values())


def _argument(name: str, annotation: Any, description: str, default: Any = strawberry.UNSET) -> StrawberryArgument:
    return StrawberryArgument(
        name, None, StrawberryAnnotation(annotation, namespace=vars(inputs)), default=default, description=description
    )


def arguments_of(f: Field, extra: dict[str, Any]) -> list[StrawberryArgument]:
    """The arguments that a declaration gives its field; `extra` are scalars and enums of the schema, by name."""
    for name, value in extra.items():
        inputs.__dict__.setdefault(name, value)
    out: list[StrawberryArgument] = []
    read = f.read
    if isinstance(read, Lookup):
        out.append(
            _argument("id", strawberry.ID, "Its id (编号).")
            if f.shape == "one"
            else _argument("ids", list[strawberry.ID], "Their ids (编号).")
        )
    if isinstance(read, Link):
        if read.choose:
            out.append(
                _argument(read.choose.argument, f"list[{read.choose.enum}] | None", "Through which ties (途径).", list(read.choose.default))
            )
        if read.equal:
            out.append(_argument(read.equal[0], read.equal[1] | None, f"Only those of this {read.equal[0]}."))
    if isinstance(read, Flags) or (isinstance(read, Link) and read.valid):
        out.append(_argument("as_of", "Date | None", "What was valid on this day, by what is known today (截至日期)."))
    if isinstance(read, Total) and read.between:
        out.append(_argument("from_", "Date | None", "From this day on, inclusive (起)."))
        out[-1].graphql_name = "from"
        out.append(_argument("until", "Date | None", "Up to this day, exclusive (止)."))
    if isinstance(read, Unfold):
        out.append(_argument("first", int | None, "How many at most.", default=read.limit))
    if f.shape == "connection" and f.kind:
        out += page_arguments(f.kind)
    return out


def page_arguments(kind: Kind) -> list[StrawberryArgument]:
    """`where orderBy first after last before`."""
    out = [_argument("where", f"{where_input(kind)} | None", "Which elements (筛选).")]
    if orderable(kind) or kind.symmetric:
        out.append(_argument("order_by", f"list[{order_input(kind)}] | None", "In which order (排序); ties are broken by id."))
    return [
        *out,
        _argument("first", int | None, f"How many from the start, {DEFAULT_FIRST} unless told, {MOST} at most."),
        _argument("after", str | None, "Behind this cursor."),
        _argument("last", int | None, f"How many from the end, {MOST} at most."),
        _argument("before", str | None, "Before this cursor."),
    ]
