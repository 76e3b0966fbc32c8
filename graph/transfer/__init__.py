"""Everything in the graph, out to a file and in again: between engines, and from older versions to this one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, LiteralString, TypeVar

from graph import migrate
from graph.clock import Clock
from graph.database import Database, DatabaseFailure, Transaction
from graph.transfer import archive
from graph.transfer.archive import Damaged, Header, Node, Tie, TransferProblem, no_place

__all__ = ["Damaged", "Header", "Moved", "NotEmpty", "TooNew", "TransferProblem", "dump", "interrupted", "load", "no_place"]

Progress = Callable[[int, int], None]
R = TypeVar("R", Node, Tie)
PATIENCE = 3600.0
# The best sizes measured on the embedded engine, and what the transactions of a small Neo4j have memory for.
_NODES_AT_ONCE, _TIES_AT_ONCE, _BYTES_AT_ONCE = 1000, 5000, 4_000_000

# Steps, locks and counters belong to the database, not to its data; GuanxiTest marks one that tests may wipe.
_DATA: LiteralString = "MATCH (n) WHERE NOT (n:Migration OR n:Lock OR n:Counter OR n:GuanxiTest) "
_NODES: LiteralString = _DATA + "RETURN elementId(n), labels(n), properties(n)"
_TIES: LiteralString = "MATCH (a)-[t]->(b) RETURN type(t), elementId(a), elementId(b), properties(t)"
_CLEAR: LiteralString = _DATA + "WITH n LIMIT 2000 DETACH DELETE n RETURN count(*)"
_COUNTERS: LiteralString = "MATCH (c:Counter) RETURN c.name, c.value ORDER BY c.name"
_STEPS: LiteralString = "MATCH (m:Migration) WHERE m.name STARTS WITH 'V' AND m.applied_at IS NOT NULL RETURN m.name ORDER BY m.name"
_FORGET: LiteralString = "MATCH (m:Migration) WHERE m.name STARTS WITH 'V' AND NOT m.name IN $names DELETE m"
_COUNT_AGAIN: LiteralString = "UNWIND $counters AS pair MERGE (c:Counter {name: pair[0]}) SET c.value = pair[1] REMOVE c.graph"
_BEGUN: LiteralString = "MATCH (l:Lock {name: 'load'}) RETURN l.name"
_BEGIN: LiteralString = "MERGE (:Lock {name: 'load'})"
_END: LiteralString = "MATCH (l:Lock {name: 'load'}) DELETE l"


class Moved(TransferProblem):
    """Somebody wrote meanwhile."""

    def __init__(self) -> None:
        super().__init__("The database was written to during the dump. Stop all writers, then try again.")


class NotEmpty(TransferProblem):
    """There is data already."""

    def __init__(self) -> None:
        super().__init__("A dump is loaded into an empty database only, and this one has data.")


class TooNew(TransferProblem):
    """The dump is of a newer version: it has been through `step`."""

    def __init__(self, step: str) -> None:
        super().__init__(f"The dump has been through {step}, which this version does not have. Load it with a newer one.")


async def dump(database: Database, path: Path, *, progress: Progress | None = None) -> Header:
    """Writes all nodes and ties to `path`, telling `progress` how many of how many. Moved, and no file, when somebody wrote meanwhile."""
    header = await _header(database)
    numbers: dict[str, int] = {}
    done = _Meter(progress, header)
    with archive.writing(path, header) as file:
        async for element, labels, properties in database.stream(_NODES, seconds=PATIENCE):
            numbers[element] = len(numbers)
            file.row(sorted(labels), properties)
            done.add(1)
        async for kind, start, end, properties in database.stream(_TIES, seconds=PATIENCE):
            if start not in numbers or end not in numbers:
                raise Moved
            file.row(kind, numbers[start], numbers[end], properties)
            done.add(1)
        if len(numbers) != header.nodes or done.count != header.nodes + header.ties or await _header(database) != header:
            raise Moved
    return header


async def load(database: Database, path: Path, *, clock: Clock | None = None, progress: Progress | None = None) -> Header:
    """Puts a dump into an empty database and migrates it to this version. Damaged, TooNew or NotEmpty before anything is touched.

    A load that fails leaves nothing behind; one that is killed is cleared away by the next.
    """
    header = archive.check(path)
    await migrate.apply(database, clock=clock)
    present = await _header(database)
    if unknown := set(header.migrations) - set(present.migrations):
        raise TooNew(max(unknown))
    if await interrupted(database):
        await _clear(database)
    elif present.nodes:
        raise NotEmpty
    await _run(database, _BEGIN)
    try:
        await _fill(database, path, header, _Meter(progress, header))
        await database.write(lambda transaction: _finish(transaction, header))
    except DatabaseFailure:
        with suppress(DatabaseFailure):
            await _clear(database)
        raise
    # The steps that the dump has not been through compute values for what has just come in.
    await migrate.apply(database, clock=clock)
    return header


async def interrupted(database: Database) -> bool:
    """Whether a load was cut off, so that the data is not whole."""
    return bool(await database.read(_BEGUN))


class _Meter:
    def __init__(self, progress: Progress | None, header: Header) -> None:
        self.count, self._total, self._progress = 0, header.nodes + header.ties, progress

    def add(self, count: int) -> None:
        self.count += count
        if self._progress and (self.count % 1000 < count or self.count == self._total):
            self._progress(self.count, self._total)


async def _header(database: Database) -> Header:
    ((nodes,),) = await database.read(_DATA + "RETURN count(n)", seconds=PATIENCE)
    ((ties,),) = await database.read("MATCH ()-[t]->() RETURN count(t)", seconds=PATIENCE)
    counters = {row[0]: row[1] for row in await database.read(_COUNTERS)}
    return Header(nodes, ties, counters, [name for (name,) in await database.read(_STEPS)])


async def _fill(database: Database, path: Path, header: Header, done: _Meter) -> None:
    elements = [""] * header.nodes
    nodes = (row for row in archive.read(path) if isinstance(row, Node))
    for labels, batch in _batches((("".join(f":{label}" for label in node.labels), node) for node in nodes), _NODES_AT_ONCE):
        rows = [[node.number, node.properties] for node in batch]
        query = _named("UNWIND $rows AS row CREATE (n", labels, ") SET n = row[1] RETURN row[0], elementId(n)")
        for number, element in await _run(database, query, rows):
            elements[number] = element
        done.add(len(batch))
    ties = (row for row in archive.read(path) if isinstance(row, Tie))
    for kind, tied in _batches(((tie.kind, tie) for tie in ties), _TIES_AT_ONCE):
        rows = [[elements[tie.start], elements[tie.end], tie.properties] for tie in tied]
        query = _named(
            "UNWIND $rows AS row MATCH (a) WHERE elementId(a) = row[0] MATCH (b) WHERE elementId(b) = row[1] CREATE (a)-[t:",
            kind,
            "]->(b) SET t = row[2]",
        )
        await _run(database, query, rows)
        done.add(len(tied))


def _batches(rows: Iterator[tuple[str, R]], most: int) -> Iterator[tuple[str, list[R]]]:
    """The rows of each name, gathered until they are `most` or large enough for one statement."""
    groups: dict[str, list[R]] = {}
    sizes: dict[str, int] = {}
    for name, row in rows:
        groups.setdefault(name, []).append(row)
        sizes[name] = sizes.get(name, 0) + row.size
        if len(groups[name]) == most or sizes[name] > _BYTES_AT_ONCE:
            yield name, groups.pop(name)
            del sizes[name]
    yield from groups.items()


def _named(before: LiteralString, name: str, after: LiteralString) -> LiteralString:
    # A label or a type cannot be a parameter. `archive.read` lets letters, digits and underscores through, nothing else.
    return before + name + after  # pyright: ignore[reportReturnType]


async def _run(database: Database, query: LiteralString, rows: list[Any] | None = None) -> list[Any]:
    return await database.write(lambda transaction: transaction.run(query, {"rows": rows}), seconds=PATIENCE)


async def _clear(database: Database) -> None:
    while (await _run(database, _CLEAR))[0][0]:
        pass
    await _run(database, _END)


async def _finish(transaction: Transaction, header: Header) -> None:
    await transaction.run(_COUNT_AGAIN, {"counters": [list(pair) for pair in header.counters.items()]})
    await transaction.run(_FORGET, {"names": header.migrations})
    await transaction.run(_END)
