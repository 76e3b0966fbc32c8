"""Warnings as far as the viewer may know what they speak of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.contact_points import Shared
from graph.contact_points.shared import Holders
from graph.errors import WriteProblem
from graph.projection.read import readable_ids

ADDRESSES = frozenset({"ContactPoint.value", *(f"{kind}.contactPoints" for kind in ("Party", "Person", "Organization"))})


async def known(info: Any, warnings: Sequence[WriteProblem]) -> list[WriteProblem]:
    """Without those that would tell of parties or addresses that are hidden from the viewer."""
    holders = {point: party for warning in warnings if isinstance(warning, Shared) for point, party in warning.holders.items()}
    points = await _readable(info, holders) if holders else set()
    told = [warning.known(points) if isinstance(warning, Shared) else warning for warning in warnings]
    return [warning for warning in told if warning]


async def _readable(info: Any, holders: Holders) -> set[str]:
    if info.context.viewer.hidden & ADDRESSES:
        return set()
    points = await readable_ids(info, "ContactPoint", sorted(holders))
    parties = await readable_ids(info, "Party", sorted(set(holders.values())))
    return {point for point, party in holders.items() if (points is None or point in points) and (parties is None or party in parties)}
