"""A wire between us and the database that breaks when it is told to."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from graph.database import Database, Target

BOLT_COMMIT = b"\x00\x02\xb0\x12\x00\x00"


class Wire:
    """Stands between us and the target; goes dead, and after `pause` seconds breaks, the next `cuts` times that `pattern` goes over it."""

    def __init__(self, target: Target, pattern: bytes, pause: float, deliver: bool) -> None:
        self.cuts = 0
        self._target, self._pattern, self._pause, self._deliver = target, pattern, pause, deliver

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Target]:
        async with await asyncio.start_server(self._carry, "127.0.0.1", 0) as server:
            yield dataclasses.replace(self._target, uri=f"bolt://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        place = urlsplit(self._target.uri)
        answers, server = await asyncio.open_connection(place.hostname, place.port or 7687)
        back = asyncio.create_task(_copy(answers, writer))
        while data := await reader.read(65536):
            cut = self._pattern in data and self.cuts > 0
            if cut:
                self.cuts -= 1
                back.cancel()
            if not cut or self._deliver:
                server.write(data)
            if cut:
                await asyncio.sleep(self._pause)
                break
        back.cancel()
        server.close()
        writer.close()


@asynccontextmanager
async def behind_a_wire(target: Target, pattern: bytes, pause: float = 0.3, deliver: bool = True) -> AsyncIterator[tuple[Wire, Database]]:
    if "+" in target.uri:
        pytest.skip("what goes over an encrypted wire cannot be told apart")
    wire = Wire(target, pattern, pause, deliver)
    async with wire.open() as there, await Database.connect(there) as database:
        yield wire, database


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
