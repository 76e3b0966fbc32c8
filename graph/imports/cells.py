"""What people write into cells, as the input models take it. What is not understood stays as it is: the model then says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

from babel import Locale
from pydantic.fields import FieldInfo

from graph.fields.kinds import PartialDate, countries
from graph.fields.model import parts
from graph.terms import Term

Reader = Callable[[str, str], Any]
"""From a cell and the time zone of the company to the value of a field."""

_AT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_YES = {"true", "yes", "y", "1", "是"}
_NO = {"false", "no", "n", "0", "否"}


def text(cell: str, _zone: str) -> str:
    return cell


def several(cell: str, _zone: str = "") -> list[str]:
    """Parted by `;`, as spreadsheets in either language write it; each once."""
    if ";" not in cell and "；" not in cell:
        return [cell] if cell else []
    return list(dict.fromkeys(part for part in (part.strip() for part in re.split("[;；]", cell)) if part))


def instant(cell: str, zone: str) -> str:
    """`2026-07-01 9:30`, `2026/7/1 09:30:00`, with or without an offset; without one it is meant where the company is."""
    if not (found := _AT.fullmatch(cell)):
        return cell
    year, month, day, hour, minute, second, fraction, offset = found.groups()
    parts = (int(part or 0) for part in (year, month, day, hour, minute, second, (fraction or "")[:6].ljust(6, "0")))
    try:
        at = datetime(*parts, tzinfo=ZoneInfo(zone))  # type: ignore[misc, arg-type]
    except ValueError:
        return cell
    return at.replace(tzinfo=None).isoformat() + offset.upper() if offset else at.isoformat()


def date(cell: str, _zone: str) -> str:
    """`2026-07-01`, `2026/7/1`, also with a time, which a spreadsheet adds; `2026-07` and `2026`."""
    if found := _AT.fullmatch(cell):
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    if found := _MONTH.fullmatch(cell):
        return f"{found[1]}-{int(found[2]):02}"
    return cell.removesuffix("年")


def number(cell: str, _zone: str) -> str:
    """`12.5`, `1,250.00`, `15%`."""
    if _THOUSANDS.fullmatch(cell):
        return cell.replace(",", "")
    if cell.endswith("%"):
        try:
            return format(Decimal(cell[:-1].strip()) / 100, "f")
        except InvalidOperation:
            return cell
    return cell


def truth(cell: str, _zone: str) -> bool | str:
    lowered = cell.lower()
    return True if lowered in _YES else False if lowered in _NO else cell


def country(cell: str, _zone: str) -> str:
    """An ISO code, or the name in English or Chinese."""
    return _country_names().get(cell.casefold(), cell)


def term(terms: type[Term]) -> Reader:
    """A word of a closed list: its name or its label in either language, whatever its case."""
    return lambda cell, _zone: _words(terms).get(cell.casefold(), cell)


def reader(field: FieldInfo) -> Reader:
    """How the cells of a field are read, by its type."""
    found = list(parts(field))
    terms = [part for part in found if isinstance(part, type) and issubclass(part, Term)]
    if terms:
        return term(terms[0])
    if any(part in found for part in get_args(PartialDate)[1:]):
        return date
    kinds = [get_origin(part) or part for part in found]
    return next((read for kind, read in _READERS.items() if kind in kinds), text)


@cache
def _words(terms: type[Term]) -> dict[str, str]:
    return {word.casefold(): each.value for each in terms for word in (each.zh, each.en, each.value.replace("_", " "), each.value)}


@cache
def _country_names() -> dict[str, str]:
    names = {}
    for language in ("zh", "en"):
        territories = Locale(language).territories
        names.update({territories[code].casefold(): code for code in countries() if code in territories})
    return names | {"usa": "US", "uk": "GB"}


_READERS: dict[type, Reader] = {
    list: several,
    bool: truth,
    float: number,
    Decimal: number,
    datetime: instant,
}
