"""A load of requests over HTTP/1.1 on loopback, cheap enough not to be what is measured."""

from __future__ import annotations

import asyncio
import time
from statistics import median


async def requests_per_second(port: int, path: str, body: bytes, *, clients: int, seconds: float) -> float:
    """How many answers a second so many clients get, each asking again as soon as it is answered."""
    end = time.perf_counter() + seconds
    counts = await asyncio.gather(*(_client(port, path, [body], end) for _ in range(clients)))
    return sum(len(c) for c in counts) / seconds


async def seconds_each(port: int, path: str, body: bytes, *, seconds: float) -> float:
    """The median time of an answer with one client."""
    return median(await _client(port, path, [body], time.perf_counter() + seconds))


async def times(port: int, path: str, bodies: list[bytes], *, clients: int, seconds: float) -> list[float]:
    """The time of each answer that so many clients get, who ask for all in turn, each beginning elsewhere."""
    end = time.perf_counter() + seconds
    found = await asyncio.gather(*(_client(port, path, bodies[n:] + bodies[:n], end) for n in range(0, 7 * clients, 7)))
    return [each for client in found for each in client]


async def paced(port: int, path: str, bodies: list[bytes], *, rate: float, seconds: float, clients: int = 4) -> list[float]:
    """The time of each answer to so many requests a second, from when it was due: who has to wait for others waits."""
    found = await asyncio.gather(
        *(_in_time(port, path, bodies[n::clients] or bodies, clients / rate, n / rate, seconds) for n in range(clients))
    )
    return [each for client in found for each in client]


async def _in_time(port: int, path: str, bodies: list[bytes], every: float, first: float, seconds: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began, times = time.perf_counter(), list[float]()
    try:
        while (due := first + len(times) * every) < seconds:
            await asyncio.sleep(max(0.0, began + due - time.perf_counter()))
            await _ask(reader, writer, path, bodies[len(times) % len(bodies)])
            times.append(time.perf_counter() - began - due)
    finally:
        writer.close()
    return times


async def answer(port: int, path: str, body: bytes) -> bytes:
    """The body of one answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await _ask(reader, writer, path, body)
    finally:
        writer.close()


async def _client(port: int, path: str, bodies: list[bytes], end: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    times: list[float] = []
    try:
        while (began := time.perf_counter()) < end:
            await _ask(reader, writer, path, bodies[len(times) % len(bodies)])
            times.append(time.perf_counter() - began)
    finally:
        writer.close()
    return times


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, body: bytes) -> bytes:
    method, length = "POST" if body else "GET", f"content-length: {len(body)}"
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{length}\r\n\r\n"
    writer.write(head.encode() + body)
    headers = (await reader.readuntil(b"\r\n\r\n")).lower()
    answered = await reader.readexactly(int(headers.split(b"content-length:")[1].split(b"\r\n")[0]))
    if not headers.startswith(b"http/1.1 200"):
        raise RuntimeError(f"{path}: {answered.decode()}")
    return answered
