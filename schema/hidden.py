"""Inputs that name what the viewer may not read: for them it is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.errors import NotFound, WriteProblem
from graph.fields import Fields, references, replaced
from graph.projection.declare import KINDS
from graph.projection.read import readable_ids

_THERE = "UNWIND $ids AS id MATCH (n:Node {id: id}) RETURN n.id"
_NOBODY = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Masked:
    """An input in which other ids, of nothing at all, stand for those of what is hidden: a write then finds out nothing of it either."""

    input: Fields
    ids: Mapping[str, str]

    def told(self, problem: WriteProblem) -> WriteProblem:
        """What went wrong, with the ids as they were given."""
        if isinstance(problem, NotFound) and problem.missing_id in self.ids:
            return NotFound(self.ids[problem.missing_id], *problem.path)
        return problem


async def masked(info: Any, given: Fields, kind: str) -> Masked:
    """The input as a write may see it. `kind` is what its own `id` stands for."""
    hidden = await _hidden(info, given, kind) if info.context.viewer.rules else set()
    masks = {id: id + _NOBODY for id in hidden}
    return Masked(replaced(given, masks) if masks else given, {mask: id for id, mask in masks.items()})


async def _hidden(info: Any, given: Fields, kind: str) -> set[str]:
    named = {id for id, _ in references(given)}
    own = getattr(given, "id", None)
    if KINDS[kind].tie and own:
        named.discard(own)
    there = {row[0] for row in await info.context.database.read(_THERE, {"ids": sorted(named)})}
    hidden = there - (await readable_ids(info, "Node", sorted(there), deleted=True) or set())
    if KINDS[kind].tie and own and own not in (await readable_ids(info, kind, [own]) or set()):
        hidden.add(own)
    return hidden
