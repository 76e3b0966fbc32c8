"""How much memory the network, and a run on it, may take: told before anything is read."""

from __future__ import annotations

from graph.analyses import ties
from graph.analyses.registry import Estimate
from graph.database import Database
from graph.errors import refused

__all__ = ["MEGABYTE", "USUAL", "bytes_of", "check", "check_run"]

MEGABYTE = 1_000_000
USUAL = 2_000 * MEGABYTE
# Measured with the old network beside the new one that takes its place (`python -m benchmarks introductions`).
_A_TIE, _A_PERSON = 200, 500


def bytes_of(people: int, acquaintances: int) -> int:
    """What a network of this size takes at most."""
    return people * _A_PERSON + acquaintances * _A_TIE


async def check(database: Database, limit: int) -> None:
    """Refused, with the numbers, where the network would take more than `limit` bytes."""
    people, acquaintances = await ties.count(database)
    wanted = bytes_of(people, acquaintances)
    if wanted > limit:
        needs, has = _shown(wanted, limit)
        en = f"the network of {acquaintances:,} acquaintances takes {needs} MB, and may take {has}; raise GUANXI_NETWORK_MEMORY"
        zh = f"人脉网络共有 {acquaintances:,} 条关系，需要内存 {needs} MB，上限为 {has} MB；请提高 GUANXI_NETWORK_MEMORY"
        raise refused(en, zh)


def check_run(estimate: Estimate, limit: int) -> None:
    """Refused, with the numbers, where a run would take more than `limit` bytes."""
    if estimate.memory_bytes > limit:
        needs, has = _shown(estimate.memory_bytes, limit)
        size = f"{estimate.nodes:,}", f"{estimate.edges:,}"
        en = f"on {size[0]} nodes and {size[1]} ties the run takes {needs} MB, and may take {has}; raise GUANXI_NETWORK_MEMORY"
        zh = f"该网络共有 {size[0]} 个节点、{size[1]} 条关系，运行需要内存 {needs} MB，上限为 {has} MB；请提高 GUANXI_NETWORK_MEMORY"
        raise refused(en, zh)


def _shown(*sizes: int) -> tuple[str, ...]:
    return tuple(f"{size / MEGABYTE:,g}" for size in sizes)
