"""Inputs made from the models of the writes: the least that each mutation takes, and every place where a text goes."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import httpx
from pydantic import AfterValidator
from pydantic.fields import FieldInfo

from graph.analysis_start import AnalysisStart
from graph.fields import ASIDE, Fields
from graph.fields.kinds import Limit
from schema import WRITES
from schema.mutations import Write

NOBODY, NOTHING = "01900000-0000-7000-8000-000000000000", "01900000-0000-7000-8000-000000000001"
PROBLEMS = "problems { __typename code message path }"
_LEAVES: dict[Any, Any] = {str: "x", bool: True, int: 1, float: 0.5, Decimal: "1", datetime: "2026-01-01T00:00:00Z", date: "2026-01-01"}
_URL, _DOMAIN, _ID = 1000, 253, 200
_OTHERWISE = {"website": _URL, "domains": _DOMAIN}


class Place(NamedTuple):
    """Where a text goes: its path in the input, what may stand there at most, and whether it may be null."""

    path: tuple[str, ...]
    longest: int
    optional: bool


def models() -> dict[str, type[Fields]]:
    """Each mutation with the model of its input; analyses have a choice of several."""
    return {name(write): write.parse.__self__ for write in WRITES if hasattr(write.parse, "__self__")}


def name(write: Write) -> str:
    first, *rest = write.name.split("_")
    return first + "".join(part.title() for part in rest)


def least(model: type[Fields]) -> dict[str, Any]:
    """A valid input, as far as fields alone decide, with nothing that may be left out."""
    return {_alias(key, field): _sample(field.annotation) for key, field in model.model_fields.items() if field.is_required()}


def _sample(annotation: Any) -> Any:
    kind = _plain(annotation)
    if get_origin(kind) is list:
        (item,) = get_args(kind)
        return [NOBODY, NOTHING] if _plain(item) is str else [_sample(item)]
    if kind is AnalysisStart:
        return {"networkHealth": {}}
    if issubclass(kind, Fields):
        return least(kind) | ({"party": NOBODY} if "party" in kind.model_fields and "address" in kind.model_fields else {})
    if issubclass(kind, Enum):
        return next(iter(kind)).value
    return _LEAVES[kind]


def texts(model: type[Fields], *path: str) -> Iterator[Place]:
    """Every text of an input, those inside of other objects and lists too. Lists have one element, `0`."""
    for key, field in model.model_fields.items():
        here, kind = (*path, _alias(key, field)), _plain(field.annotation)
        optional = type(None) in get_args(field.annotation)
        if get_origin(kind) is list:
            (item,) = get_args(kind)
            here, kind, optional, field = (*here, "0"), _plain(item), False, FieldInfo(annotation=item)
        if kind is AnalysisStart:
            continue
        if issubclass(kind, Fields):
            yield from texts(kind, *here)
        elif kind is str and (longest := _longest(key, field)):
            yield Place(here, longest, optional)


def _longest(key: str, field: FieldInfo) -> int:
    parts = list(_parts(field))
    limits = [part.func.words for part in parts if isinstance(part, AfterValidator) and isinstance(part.func, Limit)]
    counted = [words for words in limits if words.endswith("characters")]
    if counted:
        return int(counted[0].removeprefix("at most ").removesuffix(" characters").replace(",", ""))
    return _ID if ASIDE in parts else _OTHERWISE.get(key, 0)


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    if isinstance(annotation, FieldInfo):
        yield from annotation.metadata
        yield from _parts(annotation.annotation)
    else:
        for argument in get_args(annotation):
            yield from _parts(argument)


def _plain(annotation: Any) -> Any:
    """The type without Annotated and None."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _plain(next(a for a in get_args(annotation) if a is not type(None)))
    return annotation


def _alias(key: str, field: FieldInfo) -> str:
    return field.alias or key


def put(model: type[Fields], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """The least input with `value` at a path."""
    input = least(model)
    inside: Any = input
    kind: Any = model
    for part, below in pairwise(path):
        if part != "0":
            field = next(f for key, f in kind.model_fields.items() if _alias(key, f) == part)
            kind = _plain(field.annotation)
            inside[part] = ([_made(get_args(kind)[0])] if below == "0" else least(kind)) if part not in inside else inside[part]
            kind = _plain(get_args(kind)[0]) if below == "0" else kind
        inside = inside[0 if part == "0" else part]
    inside[0 if path[-1] == "0" else path[-1]] = value
    if path[-1] == "address" and "party" in inside:
        del inside["party"]
    return input


def _made(item: Any) -> Any:
    return "x" if _plain(item) is str else _sample(item)


async def mutate(client: httpx.AsyncClient, mutation: str, input: dict[str, Any]) -> list[dict[str, Any]]:
    """The problems of a mutation, which has to answer."""
    kind = mutation[0].upper() + mutation[1:]
    query = f"mutation($input: {kind}Input!) {{ done: {mutation}(input: $input) {{ {PROBLEMS} }} }}"
    answer = await client.post("/graphql", json={"query": query, "variables": {"input": input}})
    body = answer.json()
    assert "errors" not in body, (mutation, input, body["errors"])
    problems: list[dict[str, Any]] = body["data"]["done"]["problems"]
    return problems
