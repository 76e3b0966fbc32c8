"""GraphQL inputs made from the models of the writes: those are the only list of writable fields."""

from __future__ import annotations

import datetime as dt
import sys
import types
from decimal import Decimal as Exact
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import strawberry
from pydantic.alias_generators import to_camel

from graph import fields
from graph.fields import Fields
from schema.scalars import CountryCode, CurrencyCode, Date, DateTime, Decimal, PartialDate

# Generated classes live in a module of their own, so that annotations between them resolve by name.
generated = types.ModuleType("schema.generated")
sys.modules[generated.__name__] = generated

_KNOWN: list[tuple[Any, Any]] = [
    (fields.Id, strawberry.ID),
    (fields.Instant, DateTime),
    (fields.Day, Date),
    (fields.PartialDate, PartialDate),
    (fields.CountryCode, CountryCode),
    (fields.CurrencyCode, CurrencyCode),
    (Exact, Decimal),
    (dt.datetime, DateTime),
    (dt.date, Date),
]


def input_type(model: type[Fields], name: str) -> type:
    """The input type of a model, made once under its name."""
    if found := getattr(generated, name, None):
        return found  # type: ignore[no-any-return]
    cls = type(name, (), {"__module__": generated.__name__, "__annotations__": {}})
    setattr(generated, name, cls)
    for field, annotation in get_type_hints(model, include_extras=True).items():
        if (info := model.model_fields.get(field)) is None:
            continue
        shown = graphql_type(annotation)
        required = info.is_required()
        cls.__annotations__[field] = shown if required else shown | None
        options: dict[str, Any] = {} if required else {"default": strawberry.UNSET}
        setattr(cls, field, strawberry.field(name=info.alias or to_camel(field), description=f"{info.description}.", **options))
    return strawberry.input(cls, description=_summary(model), one_of=getattr(model, "ONE_OF", None))


def _summary(model: type[Fields]) -> str:
    return " ".join((model.__doc__ or "").split())


def graphql_type(annotation: Any) -> Any:
    """The GraphQL type of a model's annotation, without its nullability."""
    for known, shown in _KNOWN:
        if annotation == known:
            return shown
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return graphql_type(args[0])
    if origin in (Union, types.UnionType):
        return graphql_type(next(a for a in args if a is not type(None)))
    if origin is list:
        return list[graphql_type(args[0])]  # type: ignore[misc]
    if isinstance(annotation, type) and issubclass(annotation, Fields):
        return input_type(annotation, annotation.__name__.removesuffix("Fields").removesuffix("Input") + "Input")
    return annotation
