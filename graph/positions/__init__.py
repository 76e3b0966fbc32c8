"""Positions: who is what where, from when until when. One may be vacant; a person has one primary position at a time."""

from graph.positions.fields import (
    HeldPosition,
    PositionEnding,
    PositionFields,
    PositionKind,
    PositionStart,
    PositionUpdate,
    Seniority,
)
from graph.positions.holders import label, labels_with
from graph.positions.writes import begin, delete, end, start, update

__all__ = [
    "HeldPosition",
    "PositionEnding",
    "PositionFields",
    "PositionKind",
    "PositionStart",
    "PositionUpdate",
    "Seniority",
    "begin",
    "delete",
    "end",
    "label",
    "labels_with",
    "start",
    "update",
]
