"""The file of a dump: gzip, one JSON value a line, so that it can be written and read as a stream.

{"guanxi": 1, "nodes": 2, "ties": 1, "counters": {"changes": 7}, "migrations": ["V001__identity.cypher"]}
[["Node", "Party", "Person"], {"id": "…"}]             the nodes, numbered from 0 in the order of their lines
["KNOWS", 0, 1, {"id": "…"}]                           the ties: type, from, to
{"checksum": "…"}                                      SHA-256 of all lines before
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = 1
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class TransferProblem(Exception):
    """A dump cannot be written or loaded, and why, in one sentence."""


class Damaged(TransferProblem):
    """The file is not a dump, or not a whole one."""


@dataclass(frozen=True)
class Header:
    """What a dump holds. `migrations` are the numbered steps that its data has been through."""

    nodes: int
    ties: int
    counters: dict[str, int]
    migrations: list[str]


@dataclass(frozen=True, slots=True)
class Node:
    number: int
    labels: tuple[str, ...]
    properties: dict[str, Any]
    size: int


@dataclass(frozen=True, slots=True)
class Tie:
    """From the node of number `start` to that of number `end`."""

    kind: str
    start: int
    end: int
    properties: dict[str, Any]
    size: int


class Writer:
    """Appends lines, and sums them up."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._sum = hashlib.sha256()

    def row(self, *row: Any) -> None:
        """A node or a tie, its properties last. TransferProblem for one that is neither text, number, truth value nor a list of them."""
        # The driver's points are tuples, which would become lists unnoticed.
        if any(isinstance(value, tuple) for value in row[-1].values()):
            raise TransferProblem(f"A value cannot be dumped: {row[-1]}.")
        self.line(row)

    def line(self, value: Any) -> None:
        try:
            line = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        except (TypeError, ValueError) as error:
            raise TransferProblem(f"A value cannot be dumped: {error}.") from error
        self._sum.update(line)
        self._file.write(line)

    def close(self) -> None:
        self.line({"checksum": self._sum.hexdigest()})


def no_place(path: Path) -> str | None:
    """Why a dump cannot stand at `path`, whoever wants it there, and what to do."""
    if os.path.exists(path) and not os.path.isfile(path):
        return f"{path} is no regular file, and is left as it is; give another path"
    return None


@contextmanager
def writing(path: Path, header: Header) -> Iterator[Writer]:
    """Writes beside `path` and puts the file in its place at the end, so that there is a whole dump or none."""
    if refusal := no_place(path):
        raise TransferProblem(f"{refusal}.")
    # Where a link leads to is written, the link stays.
    place = os.path.realpath(path)
    try:
        with _drafted(os.path.dirname(place)) as (raw, draft):
            with gzip.GzipFile(path.name, "wb", compresslevel=5, fileobj=raw) as file:
                writer = Writer(file)
                writer.line({"guanxi": FORMAT, **asdict(header)})
                yield writer
                writer.close()
            raw.flush()
            os.fsync(raw.fileno())
            raw.close()
            os.replace(draft, place)
    except OSError as error:
        raise TransferProblem(f"{path} cannot be written: {error.strerror}.") from error


@contextmanager
def _drafted(folder: str) -> Iterator[tuple[BinaryIO, str]]:
    """A new file in `folder`, its owner's alone, that is gone afterwards unless it got another name."""
    number, draft = tempfile.mkstemp(prefix=".guanxi-dump-", suffix=".part", dir=folder)
    try:
        with open(number, "wb") as raw:
            yield raw, draft
    finally:
        with suppress(OSError):
            os.unlink(draft)


def check(path: Path) -> Header:
    """Reads the whole file. Damaged unless every line is what it should be, none is missing and the checksum fits."""
    header, *_ = [row for row in read(path) if isinstance(row, Header)]
    return header


def read(path: Path) -> Iterator[Header | Node | Tie]:
    """The header, then the nodes, then the ties. Damaged, at the latest at the end, when the file is not whole."""
    try:
        with gzip.open(path, "rb") as file:
            yield from _rows(file)
    except (gzip.BadGzipFile, EOFError, zlib.error, ValueError, TypeError, LookupError) as error:
        raise Damaged(f"{path} is not a complete dump: {error}.") from error


def _rows(file: gzip.GzipFile) -> Iterator[Header | Node | Tie]:
    line = file.readline()
    first = json.loads(line)
    if first.pop("guanxi") != FORMAT:
        raise ValueError(f"this version reads format {FORMAT}")
    yield (header := Header(**first))
    summed, nodes, ties = hashlib.sha256(line), 0, 0
    while (line := file.readline()).startswith(b"["):
        summed.update(line)
        row = _row(line, nodes)
        nodes, ties = nodes + isinstance(row, Node), ties + isinstance(row, Tie)
        yield row
    if json.loads(line) != {"checksum": summed.hexdigest()} or file.read(1):
        raise ValueError("its checksum is wrong")
    if (nodes, ties) != (header.nodes, header.ties):
        raise ValueError("it does not hold as much as it says")


def _row(line: bytes, nodes: int) -> Node | Tie:
    match json.loads(line):
        case [[*labels], dict(properties)] if all(_named(label) for label in labels):
            return Node(nodes, tuple(labels), properties, len(line))
        case [kind, int(start), int(end), dict(properties)] if _named(kind) and 0 <= start < nodes > end >= 0:
            return Tie(kind, start, end, properties, len(line))
    raise ValueError(f"a line is neither node nor tie: {line[:80]!r}")


def _named(name: Any) -> bool:
    # These become part of a statement's text.
    return isinstance(name, str) and _NAME.fullmatch(name) is not None
