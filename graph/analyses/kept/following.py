"""The next network: what the log tells of is read again, or, where it does not tell, all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from graph.analyses.kept import memory, news, reading
from graph.analyses.kept.known import Known
from graph.analyses.kept.news import News
from graph.changes import Stand
from graph.database import Database

__all__ = ["read"]


async def read(database: Database, known: Known | None, stand: Stand, limit: int) -> Known:
    """The network as the log stands now, or newer; refused where reading it would take more than `limit` bytes."""
    told = await _news(database, known, stand) if known else None
    return await _followed(database, known, stand, told) if known and told else await _all(database, stand, limit)


async def _all(database: Database, stand: Stand, limit: int) -> Known:
    await memory.check(database, limit)
    columns, posts = await reading.everybody(database), await reading.team(database)
    return await asyncio.to_thread(Known.of, stand, columns, posts)


async def _followed(database: Database, known: Known, stand: Stand, told: News) -> Known:
    posts = await reading.team(database) if told.team else known.posts
    present, ties = await reading.some(database, told.ids)
    if not present and known.place.keys().isdisjoint(told.ids):
        return replace(known, stand=stand, posts=posts, _ours={})
    columns = await asyncio.to_thread(known.columns.replaced, told.ids, present, ties)
    return await asyncio.to_thread(Known.of, stand, columns, posts)


async def _news(database: Database, known: Known, stand: Stand) -> News | None:
    # A rebuild does not say whom it touched. More people than these are read sooner together with all others.
    most = max(1_000, len(known.place) // 10)
    same = (stand.log, stand.rebuilt) == (known.stand.log, known.stand.rebuilt)
    return await news.since(database, known.stand.number, stand.number, most) if same else None
