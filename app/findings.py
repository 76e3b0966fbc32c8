"""What an analysis found, as a table for people or a document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from typing import Any

from rich.console import Console
from rich.table import Table

from graph.analyses.execution import Finished
from graph.analyses.reasons import Reason
from graph.analyses.rows import GraphFact, NodeGroup, NodeScore, PairScore, PathRow, Row, group_title

__all__ = ["document", "named", "printed", "rankings", "title"]

_REASONS = 3
_MEMBERS = 5


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


def printed(finished: Finished, first: int, names: Mapping[str, str], seconds: float, console: Console) -> None:
    """A table for each ranking, its `first` rows, and what should be known besides."""
    for rows in rankings(finished.outcome.rows):
        console.print(_table(finished.run.analysis.title.en, rows, first, names))
    if not finished.outcome.rows:
        console.print("Nothing was found.")
    for note in finished.outcome.notes:
        console.print(note.en)
    console.print(f"{finished.outcome.formula}\nrun {finished.run.id}, {seconds:.1f} s", highlight=False)


def _table(title: str, rows: Sequence[Row], first: int, names: Mapping[str, str]) -> Table:
    cells = [dict(_cells(row, names)) for row in rows[:first]]
    table = Table(title=f"{title}: {len(cells)} of {len(rows)}", title_justify="left", box=None, header_style="bold", padding=(0, 2, 0, 0))
    for heading, value in cells[0].items():
        table.add_column(heading, justify="left" if isinstance(value, str) else "right")
    for row in cells:
        table.add_row(*(value if isinstance(value, str) else _number(value) for value in row.values()))
    return table


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}" if abs(value) < 100 else f"{value:,.2f}"


def _cells(row: Row, names: Mapping[str, str]) -> Iterator[tuple[str, str | int | float]]:
    parties = [names.get(party, party) for party in _parties(row)]
    match row:
        case NodeScore():
            yield from (("#", row.rank), ("Party", parties[0]), ("Score", row.score))
        case NodeGroup():
            yield from (("Group", title(row, names)), ("Size", len(parties)), ("Members", ", ".join(parties[:_MEMBERS])))
        case PairScore():
            yield from (("One", parties[0]), ("Other", parties[1]), ("Score", row.score))
        case PathRow():
            yield from (("Path", " → ".join(parties)), ("Strength", row.strength))
        case GraphFact():
            yield from (("Fact", row.label.en), ("Value", row.value))
    yield "Why", "; ".join(_said(reason, names) for reason in row.reasons[:_REASONS])


def title(group: NodeGroup, names: Mapping[str, str], language: str = "en") -> str:
    """What a group is called by its most telling members and where most of them work."""
    told = [(reason.code, names.get(reason.party or "")) for reason in group.reasons]
    return group_title(group.label.en, group.label.zh, told, language)


def _said(reason: Reason, names: Mapping[str, str]) -> str:
    whom = f" {names.get(reason.party, reason.party)}" if reason.party else ""
    share = f" {reason.share:.0%}" if reason.share else f" {reason.value:.2f}"
    return f"{reason.code.en}{whom}{share}"


def document(finished: Finished, names: Mapping[str, str], seconds: float) -> dict[str, Any]:
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
        "names": dict(names),
    }
