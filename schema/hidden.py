"""Inputs that name what the viewer may not read: for them it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from pydantic.alias_generators import to_camel

from graph.errors import NotFound, Problems
from graph.fields import Fields
from graph.projection.declare import KINDS
from graph.projection.read import readable_ids

Path = tuple[str, ...]

_THERE = "MATCH (n:Node) WHERE n.id IN $ids RETURN n.id"


async def check_readable(info: Any, given: Any, kind: str) -> None:
    """Raises NotFound for each id of an input whose object a rule hides from the viewer. `kind` is what its own `id` stands for."""
    context = info.context
    paths = dict(_ids(dict([given]) if isinstance(given, tuple) else given, ())) if context.viewer.rules else {}
    if not paths:
        return
    if KINDS[kind].tie and (own := getattr(given, "id", None)) and own not in (await readable_ids(info, kind, [own]) or set()):
        raise NotFound(own, "id")
    there = [row[0] for row in await context.database.read(_THERE, {"ids": list(paths)})]
    may = await readable_ids(info, "Node", there, deleted=True) or set()
    if hidden := [id for id in paths if id in there and id not in may]:
        raise Problems([NotFound(id, *paths[id]) for id in hidden])


def _ids(value: Any, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(value, Fields):
        for name in type(value).model_fields:
            yield from _ids(getattr(value, name), (*path, to_camel(name)))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _ids(item, (*path, name))
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _ids(item, (*path, str(place)))
    elif isinstance(value, str) and _is_id(value):
        yield value, path


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
