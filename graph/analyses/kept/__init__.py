"""The network in memory: who knows whom, read once, then kept current from the log.

The tables of one database are kept once, for introductions and analyses alike, and brought up to date when somebody asks: the changes
since tell who may know others now, their acquaintances alone are read again, and the compressed rows are built anew, O(n + m).
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from graph.analyses.days import Moment
from graph.analyses.kept.keeper import Keeper
from graph.analyses.kept.known import Known
from graph.analyses.kept.memory import MEGABYTE
from graph.analyses.kept.past import as_of
from graph.analyses.ties import Acquaintances
from graph.database import Database

__all__ = ["MEGABYTE", "Keeper", "Known", "acquaintances", "at", "keeper"]

_keepers: WeakKeyDictionary[Database, Keeper] = WeakKeyDictionary()


async def acquaintances(database: Database, moment: Moment) -> Acquaintances:
    """All of those who take part now, as they were at a moment, with all that is written."""
    return (await at(database, moment)).columns.acquaintances(moment.day)


async def at(database: Database, moment: Moment) -> Known:
    """The network of those who take part now, as it was at a moment, with all that is written."""
    known = await keeper(database).now()
    if not moment.past:
        return known
    return Known(known.stand, await as_of(database, moment.at, known.columns), known.posts, known.network)


def keeper(database: Database) -> Keeper:
    """The one that keeps the network of a database."""
    return _keepers.setdefault(database, Keeper(database))
