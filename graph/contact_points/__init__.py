"""Contact points: the ways to reach a party. One is primary for each kind; people share addresses, so they match but are never unique."""

from graph.contact_points.addresses import Address, ContactPointKind, guess, normal
from graph.contact_points.claims import claim
from graph.contact_points.shared import Shared, ambiguous, given_twice, holders
from graph.contact_points.writes import ContactPointFields, ContactPoints, put, regain

__all__ = [
    "Address",
    "ContactPointFields",
    "ContactPointKind",
    "ContactPoints",
    "Shared",
    "ambiguous",
    "claim",
    "given_twice",
    "guess",
    "holders",
    "normal",
    "put",
    "regain",
]
