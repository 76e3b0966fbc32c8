"""The network in memory: who knows whom, read once, then kept current from the log.

The tables of one database are kept once, for introductions and analyses alike, and brought up to date when somebody asks: the changes
since tell who may know others now, their acquaintances alone are read again, and the compressed rows are built anew, O(n + m).
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from graph.analyses.kept.keeper import Keeper
from graph.analyses.kept.known import Known
from graph.database import Database

__all__ = ["Keeper", "Known", "keeper"]

_keepers: WeakKeyDictionary[Database, Keeper] = WeakKeyDictionary()


def keeper(database: Database) -> Keeper:
    """The one that keeps the network of a database."""
    return _keepers.setdefault(database, Keeper(database))
