"""Finding by text: what a user types becomes one full-text query, and its hits, ranked by rules of our own, the things they speak of.

Scores differ between the engines, so they decide nothing. A hit on a position stands for its holder, one on a contact point for its party.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString, NamedTuple

from graph import text
from graph.database import Database, Record

__all__ = ["Hit", "Place", "Readable", "fulltext", "hits", "parameters"]

TYPES = ("ORGANIZATION", "PERSON", "PRODUCT", "INTERACTION")
FIELDS = (
    "name",
    "shortName",
    "legalName",
    "otherNames",
    "familyName",
    "givenName",
    "subject",
    "domains",
    "category",
    "positions",
    "contactPoints",
)
"""What `matches` may name, the most telling first."""

_PARTS = ("title", "department", "value")

# A pasted page must not become a query of a thousand clauses.
_MOST_TYPED = 200
_MOST_TERMS = 16
_LONGEST_TERM = 64
# As the analyzers of both engines cut a text: each of these characters is a word, a run of Katakana is one.
_SINGLE = r"\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u3038-\u303b\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KATAKANA = r"\u30a0-\u30ff\u31f0-\u31ff"
_TERMS = re.compile(rf"[{_SINGLE}]|[{_KATAKANA}]+|[^\s{_SINGLE}{_KATAKANA}]+")
_RUNS = re.compile(rf"[{_SINGLE}]{{2,}}")

_FOUND: LiteralString = """
CALL db.index.fulltext.queryNodes('search', $query, {limit: 5000}) YIELD node AS hit
WITH hit WHERE hit.deleted_at IS NULL AND all(run IN $runs WHERE replace(hit.search_text, ' ', '') CONTAINS run)
OPTIONAL MATCH (hit)-[:AT]->(place:Organization)
WITH hit WHERE place IS NULL OR place.deleted_at IS NULL
OPTIONAL MATCH (party:Party)-[:HOLDS|REACHED_AT]->(hit)
WITH coalesce(party, hit) AS node, hit, party IS NULL AS direct
WHERE node.deleted_at IS NULL
  AND (('ORGANIZATION' IN $types AND node:Organization) OR ('PERSON' IN $types AND node:Person)
    OR ('PRODUCT' IN $types AND node:Product) OR ('INTERACTION' IN $types AND node:Interaction))
  AND (direct OR hit.until IS NULL OR hit.until > $today)
"""
_TEXTS: LiteralString = """CASE
    WHEN hit:Position THEN [['Position.title', hit.title], ['Position.department', hit.department]]
    WHEN hit:ContactPoint THEN [['ContactPoint.value', hit.value]]
    WHEN hit:Interaction THEN [['subject', hit.subject]]
    WHEN hit:Product THEN [['name', hit.name], ['category', hit.category]]
    ELSE [['name', hit.name], ['shortName', hit.short_name], ['legalName', hit.legal_name], ['otherNames', hit.other_names],
      ['familyName', hit.family_name], ['givenName', hit.given_name], ['domains', hit.domains]]
    END"""
_CANDIDATES: LiteralString = _FOUND + "RETURN hit.id, node.id, labels(node), " + _TEXTS
_HITS: LiteralString = (
    _FOUND
    + """
  AND ($allowed IS NULL OR hit.id IN $allowed)
WITH node, hit, CASE
    WHEN $unranked THEN 0
    WHEN toLower(hit.name) = $text OR toLower(hit.short_name) = $text OR toLower(hit.value) = $text THEN 0
    WHEN direct AND hit.search_text STARTS WITH $folded THEN 1
    WHEN direct AND any(word IN $words WHERE ' ' + hit.search_text + ' ' CONTAINS ' ' + word + ' ') THEN 2
    WHEN direct AND any(word IN $words WHERE ' ' + hit.search_text CONTAINS ' ' + word) THEN 3
    WHEN direct THEN 4
    ELSE 5 END AS rank
WITH node, collect(hit) AS hits, min(rank) AS rank, coalesce(node.sort_name, '\uffff') AS sort, coalesce(node.occurred_at, '') AS at
WHERE $after_id IS NULL OR rank > $after_rank OR (rank = $after_rank AND (sort > $after_sort
  OR (sort = $after_sort AND (at < $after_at OR (at = $after_at AND node.id > $after_id)))))
WITH node, hits, rank, sort, at ORDER BY rank, sort, at DESC, node.id LIMIT $first
RETURN node.id, labels(node), rank, sort, at, [hit IN hits | """
    + _TEXTS
    + "] ORDER BY rank, sort, at DESC, node.id"
)

Readable = Callable[[list[str]], Awaitable[Collection[str]]]
"""Gives those of some ids that may be read."""


class Place(NamedTuple):
    """Where a hit stands in the order of its search: what a cursor carries. `at` is newest first."""

    rank: int
    sort: str
    at: str
    id: str


@dataclass(frozen=True)
class Hit:
    """Something found. `type` is one of TYPES; `matches` are the fields that the text was found in, each with its text."""

    id: str
    type: str
    place: Place
    matches: tuple[tuple[str, str], ...]

    @property
    def matched_on(self) -> list[str]:
        return list(dict.fromkeys(field for field, _ in self.matches))

    @property
    def highlights(self) -> list[str]:
        return list(dict.fromkeys(value for _, value in self.matches))


def fulltext(typed: str) -> str | None:
    """The full-text query for what a user typed: every word must be there, or begin a word; whole ones first. None for no word at all."""
    terms = _terms(typed)
    if not terms:
        return None
    whole, begun = " AND ".join(terms), " AND ".join(f"{term}*" for term in terms)
    # `o brien` and `13800 138000` are stored in one word.
    joined = f" OR {''.join(terms)}*" if len(terms) > 1 and all(map(str.isascii, terms)) else ""
    return f"({whole})^4 OR ({begun}){joined}"


def parameters(
    typed: str, *, today: str, types: Sequence[str] | None = None, first: int = 20, after: Place | None = None
) -> dict[str, Any] | None:
    """What the statements take; None when nothing can be found. `today`, a day, leaves out positions that have ended."""
    query = fulltext(typed)
    if query is None:
        return None
    place, folded = after or Place(0, "", "", ""), text.fold(typed[:_MOST_TYPED])
    return {
        "query": query,
        "runs": [run[:_LONGEST_TERM] for run in _RUNS.findall(folded)][:_MOST_TERMS],
        "text": typed.strip().lower(),
        "folded": folded,
        # Pinyin is stored in one word, and often typed in several.
        "words": [folded, folded.replace(" ", "")],
        "types": list(TYPES if types is None else types),
        "today": today,
        "first": first,
        "after_rank": place.rank,
        "after_sort": place.sort,
        "after_at": place.at,
        "after_id": after.id if after else None,
        "allowed": None,
        "unranked": False,
    }


async def hits(
    database: Database,
    typed: str,
    *,
    today: str,
    types: Sequence[str] | None = None,
    first: int = 20,
    after: Place | None = None,
    readable: Readable | None = None,
    hidden: Collection[str] = (),
) -> list[Hit]:
    """The best `first` hits after a place, in the same order on both engines.

    What is not `readable`, and fields that are `hidden` (like `Organization.shortName`), find nothing and are not shown.
    """
    given = parameters(typed, today=today, types=types, first=first, after=after)
    if given is None:
        return []
    terms = _terms(typed)
    if readable or hidden:
        given["allowed"] = await _allowed(database, given, terms, readable, hidden)
        # The ranks go by the text of all fields together.
        given["unranked"] = any(name.endswith(tuple(f".{field}" for field in (*FIELDS, *_PARTS))) for name in hidden)
    return [_read(row, terms, hidden) for row in await database.read(_HITS, given)]


async def _allowed(
    database: Database, given: dict[str, Any], terms: list[str], readable: Readable | None, hidden: Collection[str]
) -> list[str]:
    """Ids of the hits that the viewer may read, with what they stand for, found in a text that is not hidden."""
    rows = await database.read(_CANDIDATES, given)
    may = await readable([id for row in rows for id in {row[0], row[1]}]) if readable and rows else None
    return [
        hit
        for hit, node, labels, texts in rows
        if (may is None or (hit in may and node in may)) and _visibly(texts, _type(labels), terms, hidden)
    ]


def _visibly(texts: list[list[Any]], type: str, terms: list[str], hidden: Collection[str]) -> bool:
    """Whether what is not hidden of a hit holds every term."""
    seen = [name for name, _ in texts if not _is_hidden(name, type, hidden)]
    if len(seen) == len(texts):
        return True
    words = [
        word for name, stored in texts if name in seen for value in _listed(stored) for word in _TERMS.findall(text.search_text(value))
    ]
    return bool(words) and all(any(word.startswith(term) for word in words) for term in terms)


def _is_hidden(name: str, type: str, hidden: Collection[str]) -> bool:
    return name in hidden or f"{type.title()}.{_field(name)}" in hidden


def _read(row: Record, terms: list[str], hidden: Collection[str]) -> Hit:
    id, labels, rank, sort, at, sources = row.values()
    kind = _type(labels)
    seen = [[pair for pair in source if not _is_hidden(pair[0], kind, hidden)] for source in sources]
    return Hit(id, kind, Place(rank, sort, at, id), tuple(_matches(seen, terms)))


def _type(labels: Collection[str]) -> str:
    return next(kind for kind in TYPES if kind.title() in labels)


def _field(name: str) -> str:
    """By which field clients know a text."""
    return {"Position": "positions", "ContactPoint": "contactPoints"}.get(name.partition(".")[0], name)


def _listed(stored: Any) -> list[str]:
    return [value for value in (stored if isinstance(stored, list) else [stored]) if value]


def _terms(typed: str) -> list[str]:
    return [term[:_LONGEST_TERM] for term in _TERMS.findall(text.fold(typed[:_MOST_TYPED]))][:_MOST_TERMS]


def _matches(sources: list[list[list[Any]]], terms: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for source in sources:
        held = [(_field(name), value) for name, stored in source for value in _listed(stored)]
        # A number is found by forms of it that are not the one shown.
        found += [pair for pair in held if _begins(pair[1], terms)] or held[:1]
    # The engines collect the hits of one thing in any order.
    return sorted(found, key=lambda pair: (FIELDS.index(pair[0]), pair[1]))


def _begins(value: str, terms: list[str]) -> bool:
    words = _TERMS.findall(text.search_text(value))
    return any(word.startswith(term) for term in terms for word in words)
