"""What an analysis found, as a table for people or a document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from graph.analyses.execution import Finished
from graph.analyses.networks import NetworkLevel
from graph.analyses.reasons import Reason
from graph.analyses.rows import GraphFact, NodeGroup, NodeScore, PairScore, PathRow, Row, group_title

__all__ = ["Known", "document", "name", "named", "printed", "rankings", "title"]

_REASONS = 3
_MEMBERS = 5


class Known(NamedTuple):
    """What a party is called, and the industry of an organization."""

    name: str
    industry: str | None = None


def rankings(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows apart, where ranks begin anew: one list for each level that was ranked."""
    starts = [place for place, row in enumerate(rows) if place == 0 or (isinstance(row, NodeScore) and row.rank == 1)]
    return [list(rows[start:end]) for start, end in pairwise([*starts, len(rows)])]


def named(rows: Iterable[Row]) -> set[str]:
    """The ids of all parties that the rows name."""
    return {id for row in rows for id in (*_parties(row), *(reason.party for reason in row.reasons)) if id}


def _parties(row: Row) -> tuple[str, ...]:
    match row:
        case NodeScore():
            return (row.party,)
        case NodeGroup():
            return row.members
        case PairScore():
            return row.a, row.b
        case PathRow():
            return row.parties
        case GraphFact():
            return ()


def printed(finished: Finished, first: int, parties: Mapping[str, Known], seconds: float, console: Console) -> None:
    """A table for each ranking, its `first` rows, and what should be known besides."""
    found, title = rankings(finished.outcome.rows), finished.run.analysis.title.en
    levels = [f", {level.en.lower()}" for level in NetworkLevel] if len(found) == len(NetworkLevel) else [""] * len(found)
    for rows, level in zip(found, levels, strict=True):
        console.print(_table(f"{title}{level}", rows, first, parties))
    if not finished.outcome.rows:
        console.print("Nothing was found.")
    for note in finished.outcome.notes:
        console.print(note.en)
    console.print(f"{finished.outcome.formula}\nrun {finished.run.id}, {seconds:.1f} s", highlight=False)


def _table(title: str, rows: Sequence[Row], first: int, parties: Mapping[str, Known]) -> Table:
    cells = [dict(_cells(row, parties)) for row in rows[:first]]
    title = f"{title}: {len(cells)} of {len(rows)}"
    table = Table(title=title, title_justify="left", min_width=len(title), box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading, value in cells[0].items():
        table.add_column(heading, justify="left" if isinstance(value, str) else "right", overflow="fold")
    for row in cells:
        table.add_row(*(value if isinstance(value, str) else _number(value) for value in row.values()))
    return table


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}" if abs(value) < 100 else f"{value:,.2f}"


def _cells(row: Row, parties: Mapping[str, Known]) -> Iterator[tuple[str, str | int | float]]:
    names = [name(party, parties) for party in _parties(row)]
    match row:
        case NodeScore():
            yield from (("#", row.rank), ("Party", names[0]), ("Score", row.score))
        case NodeGroup():
            yield from (("Group", title(row, parties)), ("Size", len(names)), ("Members", ", ".join(names[:_MEMBERS])))
        case PairScore():
            yield from (("One", names[0]), ("Other", names[1]), ("Score", row.score))
        case PathRow():
            yield from (("Path", " → ".join(names)), ("Strength", row.strength))
        case GraphFact():
            yield from (("Fact", row.label.en), ("Value", row.value))
    yield "Why", "; ".join(_said(reason, parties) for reason in row.reasons[:_REASONS])


def name(id: str, parties: Mapping[str, Known]) -> str:
    """What a party is called, its id if nothing is known of it."""
    return parties[id].name if id in parties else id


def title(group: NodeGroup, parties: Mapping[str, Known], language: str = "en") -> str:
    """What a group is called by its most telling members, and by where most work or the industry of most of them."""
    told = [(reason.code, *parties.get(reason.party or "", ())) for reason in group.reasons]
    return group_title(group.label.en, group.label.zh, told, language)


def _said(reason: Reason, parties: Mapping[str, Known]) -> str:
    whom = f" {name(reason.party, parties)}" if reason.party else ""
    given = f"{reason.share:.0%}" if reason.share else f"{reason.value:,.2f}".removesuffix(".00")
    return f"{reason.code.en}{whom} {given}"


def document(finished: Finished, parties: Mapping[str, Known], seconds: float) -> dict[str, Any]:
    """Everything, as JSON takes it."""
    return {
        "run": finished.run.id,
        "analysis": finished.run.analysis.name,
        "parameters": finished.run.parameters.model_dump(mode="json", by_alias=True),
        "formula": finished.outcome.formula,
        "estimate": asdict(finished.estimate),
        "seconds": round(seconds, 3),
        "notes": [note.en for note in finished.outcome.notes],
        "rows": [asdict(replace(row, reasons=tuple(row.reasons))) for row in finished.outcome.rows],
        "names": {id: known.name for id, known in parties.items()},
    }
