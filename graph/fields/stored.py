"""Between the values of a field and what the graph keeps: texts, integers and lists of them, alike on both engines."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from graph.clock import instant
from graph.fields.kinds import SCALE


def scaled(value: Decimal) -> int:
    """An exact number as whole millionths; `value` has no more than six decimals."""
    return int(value.scaleb(SCALE))


def exact(value: int) -> Decimal:
    """The exact number of so many millionths, without trailing zeros: 12500000 is 12.5."""
    whole, rest = divmod(abs(value), 10**SCALE)
    return Decimal(f"{'-' if value < 0 else ''}{whole}.{rest:0{SCALE}d}".rstrip("0").rstrip("."))


def stored(value: Any) -> Any:
    """What the graph keeps of a field's value."""
    match value:
        case Decimal():
            return scaled(value)
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case Enum():
            return value.value
        case list():
            return [stored(item) for item in value]
        case _:
            return value


def shown(value: Any, *, number: bool) -> str | None:
    """What the log shows of a stored value; `number` when it is an exact number."""
    if value is None or isinstance(value, str):
        return value
    if number:
        return str(exact(value))
    return json.dumps(value, ensure_ascii=False)
