"""Interactions (互动): what was said or done together, by whom, about whom. Acquaintance and last contact follow them at once."""

from graph.interactions.fields import (
    Channel,
    Direction,
    InteractionFields,
    InteractionPurpose,
    InteractionRecord,
    InteractionUpdate,
    ParticipantFields,
    ParticipantRole,
    Visibility,
)
from graph.interactions.settle import Guest, Told
from graph.interactions.writes import delete, record, record_all, tell, update

__all__ = [
    "Channel",
    "Direction",
    "Guest",
    "InteractionFields",
    "InteractionPurpose",
    "InteractionRecord",
    "InteractionUpdate",
    "ParticipantFields",
    "ParticipantRole",
    "Told",
    "Visibility",
    "delete",
    "record",
    "record_all",
    "tell",
    "update",
]
