"""What was computed already: a run of the same analysis, with the same parameters, of the same graph on the same day, is answered again.

A run is of the whole graph and of no viewer in particular; what one may not read of it is left out where its rows are read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, LiteralString

from graph import changes
from graph.analyses.reasons import unpack
from graph.analyses.registry import Analysis, Estimate
from graph.analyses.rows import GraphFact, NodeGroup, NodeScore, Outcome, PairScore, PathRow, Row
from graph.database import Record
from graph.errors import Duplicate, Message
from graph.fields import Fields
from graph.metrics import warmth
from graph.writing import Writer

__all__ = ["ANSWERED", "answered", "asked", "day", "find", "fingerprint", "outcome"]

ANSWERED = Message(
    "nothing that it is computed from has changed since this run: it is answered again",
    "自该次运行以来，其计算依据没有变化，直接返回已有结果",
)

_SAME: LiteralString = """
MATCH (run:AnalysisRun)
WHERE run.status = 'DONE' AND run.fingerprint = $fingerprint AND run.analysis = $analysis AND run.parameters = $parameters
RETURN run.id, run.wrote, run.on_parties ORDER BY run.finished_at DESC, run.id DESC
"""
_ON_PARTIES: LiteralString = """
MATCH (run:AnalysisRun) WHERE run.analysis = $analysis AND run.on_parties IS NOT NULL RETURN run.id, run.on_parties
"""
_RUN: LiteralString = "MATCH (run:Node {id: $id}) RETURN properties(run)"
_ROWS: LiteralString = """
MATCH (:Node {id: $id})-[:GAVE]->(row:AnalysisRow)
OPTIONAL MATCH (row)-[tie:CONCERNS]->(party:Node)
WITH row, tie, party ORDER BY tie.place
RETURN labels(row) AS labels, properties(row) AS kept, collect(party.id) AS parties
"""


@cache
def _formula(name: str, text: str, currency: str, zone: str) -> str:
    made_by = (version("guanxi"), name, text, warmth.DEFAULT.version, currency, zone)
    return hashlib.sha256("|".join(made_by).encode()).hexdigest()[:12]


async def fingerprint(writer: Writer, analysis: Analysis[Any, Any]) -> str:
    """What names the graph that a run sees now, the day, and how it computes."""
    customs = writer.customs
    formula = _formula(analysis.name, analysis.formula.en, customs.currency, customs.time_zone)
    return f"{await changes.state(writer.database)} {writer.today()} {formula}"


def day(fingerprint: str) -> str:
    """The day that a fingerprint names."""
    return fingerprint.split()[1]


def asked(analysis: Analysis[Any, Any], parameters: Fields) -> dict[str, str]:
    """The properties of a run by which the same is found again."""
    return {"analysis": analysis.name, "parameters": parameters.model_dump_json(by_alias=True)}


async def find(writer: Writer, analysis: Analysis[Any, Any], parameters: Fields) -> str | None:
    """The run that has the answer already, unless parties have scores of a later one."""
    wanted = asked(analysis, parameters)
    found = await writer.database.read(_SAME, {**wanted, "fingerprint": await fingerprint(writer, analysis)})
    if not found:
        return None
    scored = await writer.database.read(_ON_PARTIES, wanted)
    return next((id for id, wrote, left in found if wrote == left and not _replaced(id, set(left or ()), scored)), None)


def _replaced(id: str, levels: set[str], scored: Sequence[Record]) -> bool:
    """Whether another run has at least begun to put its scores in the place of these."""
    return any(other != id and levels & set(others) for other, others in scored)


def answered(id: str) -> Duplicate:
    """What tells a client that a run is one of before."""
    return Duplicate(ANSWERED, existing_id=id)


async def outcome(writer: Writer, id: str) -> tuple[Estimate, Outcome] | None:
    """What a run found, if all of its rows were kept."""
    run = (await writer.database.read(_RUN, {"id": id}))[0][0]
    found = sorted(await writer.database.read(_ROWS, {"id": id}), key=lambda row: row["kept"]["place"])
    if len(found) != run["row_count"]:
        return None
    estimate = Estimate(**{name: run[f"estimate_{name}"] for name in ("nodes", "edges", "seconds", "memory_bytes")})
    notes = [Message(en, zh) for en, zh in zip(run.get("notes_en", ()), run.get("notes_zh", ()), strict=True)]
    rows = [_row(set(row["labels"]), row["kept"], row["parties"]) for row in found]
    return estimate, Outcome(rows, run["formula"], notes=(*notes, ANSWERED))


def _row(labels: set[str], kept: dict[str, Any], parties: list[str]) -> Row:
    why = unpack(*(kept.get(f"reason_{name}") for name in ("codes", "parties", "values", "weights", "shares")))
    label = Message(kept.get("label_en", ""), kept.get("label_zh", ""))
    if "NodeScore" in labels:
        return NodeScore(parties[0], kept["score"], kept["rank"], why)
    if "NodeGroup" in labels:
        return NodeGroup(label, tuple(parties), why)
    if "PairScore" in labels:
        return PairScore(parties[0], parties[1], kept["score"], why)
    if "PathRow" in labels:
        return PathRow(tuple(parties), kept["strength"], why)
    return GraphFact(kept["code"], label, kept["value"], why)
