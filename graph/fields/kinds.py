"""What a field may hold: annotated types with stated limits. Each says what is wrong in both languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from functools import cache
from typing import Annotated, Any

from babel import Locale
from babel.numbers import list_currencies
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, HttpUrl, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from graph.errors import ProblemCode

ASIDE = object()
"""Marks a type whose values are not properties of the object itself: references, versions, keys."""

SCALE = 6
"""Exact numbers are stored as whole millionths."""

BROKEN_TEXT = "it holds control characters or broken Unicode; remove them", "含有控制字符或损坏的 Unicode，请删除"

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_MILLIONTH = Decimal(1).scaleb(-SCALE)
_EXACT = Context(prec=40, traps=[Inexact, InvalidOperation])
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARTIAL = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_NOT_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}


def wrong(en: str, zh: str, code: ProblemCode = ProblemCode.INVALID) -> PydanticCustomError:
    """What a validator raises: the sentence without the name of the field, which its reader puts before it."""
    return PydanticCustomError("problem", "{en}", {"en": en, "zh": zh, "code": code.value})


def clean(value: str, longest: int, *, lines: bool = False) -> str:
    """`value` in NFC, stripped, on one line unless `lines`. Refuses control characters, lone surrogates and what is too long."""
    if _CONTROL.search(value):
        raise wrong(*BROKEN_TEXT)
    value = unicodedata.normalize("NFC", value.strip() if lines else " ".join(value.split()))
    if not value:
        raise wrong("it is empty; give it a value", "内容为空，请填写", ProblemCode.REQUIRED)
    if len(value) > longest:
        en, zh = f"it has {len(value)} characters; at most {longest} are stored", f"共 {len(value)} 个字符，最多 {longest} 个"
        raise wrong(en, zh, ProblemCode.TOO_LONG)
    return value


_LONGEST_URL, _LONGEST_DOMAIN = 1_000, 253


@dataclass(frozen=True)
class Limit:
    """A check, and what it asks for in words that the description of a field ends with; `bounds` of a number, both inclusive."""

    words: str
    check: Callable[[Any], Any]
    bounds: tuple[float, float] | None = None

    def __call__(self, value: Any) -> Any:
        return self.check(value)


def text(longest: int, *, lines: bool = False) -> AfterValidator:
    """Makes a type of text: `Annotated[str, text(40)]`."""
    return AfterValidator(Limit(most_characters(longest), lambda value: clean(value, longest, lines=lines)))


def most_characters(longest: int) -> str:
    """The words of a Limit of texts."""
    return f"at most {longest:,} characters"


def many(longest: int) -> AfterValidator:
    """Makes a type of list: at most `longest` items, each once, in the order given."""

    def check(values: list[Any]) -> list[Any]:
        if len(values) > longest:
            en, zh = f"it has {len(values)} items; at most {longest} are stored", f"共 {len(values)} 项，最多 {longest} 项"
            raise wrong(en, zh, ProblemCode.TOO_LONG)
        return list(dict.fromkeys(values))

    return AfterValidator(Limit(f"at most {longest:,} items", check))


def _instant(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(at, datetime) and at.utcoffset() is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    example = "2026-03-01T09:30:00+08:00"
    raise wrong(f"it is not an instant with a time zone; write it like {example}", f"不是带时区的时刻，请写成 {example}")


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            pass
    raise wrong("it is not a day of the calendar; write it like 2026-03-01", "不是有效日期，请写成 2026-03-01")


def _partial(value: object) -> str:
    value = value.strip() if isinstance(value, str) else value
    if isinstance(value, str) and _PARTIAL.fullmatch(value):
        try:
            date.fromisoformat(value + "-01-01"[len(value) - 4 :])
        except ValueError:
            pass
        else:
            return value
    raise wrong("it is not a date; write it like 2026, 2026-03 or 2026-03-01", "不是有效日期，请写成 2026、2026-03 或 2026-03-01")


def number(least: int, most: int, *, above: bool = False) -> AfterValidator:
    """Makes a type of exact number between `least` (not itself when `above`) and `most`, with at most six decimals."""

    def check(value: Decimal) -> Decimal:
        if above and value <= least:
            raise wrong(f"it must be more than {least}", f"必须大于 {least}", ProblemCode.OUT_OF_RANGE)
        if not least <= value <= most:
            raise wrong(f"it must lie between {least} and {most}", f"必须在 {least} 与 {most} 之间", ProblemCode.OUT_OF_RANGE)
        try:
            return value.quantize(_MILLIONTH, context=_EXACT)
        except DecimalException:
            en, zh = f"it has more than {SCALE} decimals; round it", f"小数超过 {SCALE} 位，请四舍五入"
            raise wrong(en, zh, ProblemCode.OUT_OF_RANGE) from None

    most_words = f"{most:,}, with at most six decimals"
    return AfterValidator(Limit(f"more than {least:,}, up to {most_words}" if above else f"from {least:,} to {most_words}", check))


def _url(value: str) -> str:
    value = clean(value, _LONGEST_URL)
    try:
        url = TypeAdapter(HttpUrl).validate_python(value if "://" in value else f"https://{value}")
    except ValidationError:
        url = None
    if url is None or "." not in (url.host or "") or url.username or url.password:
        raise wrong("it is not a web address; write it like https://example.com", "不是有效网址，请写成 https://example.com")
    return str(url).removesuffix("/") if url.path == "/" else str(url)


def _domain(value: str) -> str:
    try:
        return validate_email(f"x@{clean(value, _LONGEST_DOMAIN).removeprefix('@')}", check_deliverability=False).domain
    except EmailNotValidError:
        raise wrong("it is not a domain; write it like example.com", "不是有效域名，请写成 example.com") from None


@cache
def countries() -> frozenset[str]:
    """ISO 3166 codes of two letters."""
    return frozenset(code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()) - _NOT_COUNTRIES


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes, those of the past too."""
    return frozenset(map(str, list_currencies()))


def _one_of(codes: Callable[[], frozenset[str]], en: str, zh: str) -> AfterValidator:
    def check(value: str) -> str:
        code = value.strip().upper()
        if code not in codes():
            raise wrong(en, zh)
        return code

    return AfterValidator(check)


NULL_IS_EMPTY = BeforeValidator(lambda value: [] if value is None else value)
"""Marks a list that null empties."""

Name = Annotated[str, text(200)]
ShortText = Annotated[str, text(200)]
Text = Annotated[str, text(2_000, lines=True)]
LongText = Annotated[str, text(20_000, lines=True)]
Tags = Annotated[list[Annotated[str, text(50)]], NULL_IS_EMPTY, many(50)]
Url = Annotated[str, AfterValidator(Limit(most_characters(_LONGEST_URL), _url))]
Domain = Annotated[str, AfterValidator(Limit(most_characters(_LONGEST_DOMAIN), _domain))]
Domains = Annotated[list[Domain], NULL_IS_EMPTY, many(50)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Day = Annotated[date, BeforeValidator(_day)]
PartialDate = Annotated[str, BeforeValidator(_partial)]
Amount = Annotated[Decimal, number(-(10**12), 10**12)]
Quantity = Annotated[Decimal, number(0, 10**9, above=True)]
Share = Annotated[Decimal, number(0, 1)]
CountryCode = Annotated[str, _one_of(countries, "it is not a country; use ISO 3166 like CN", "不是国家代码，请用 ISO 3166 代码，如 CN")]
CurrencyCode = Annotated[
    str, _one_of(currencies, "it is not a currency; use ISO 4217 like CNY", "不是货币代码，请用 ISO 4217 代码，如 CNY")
]
Id = Annotated[str, AfterValidator(lambda value: clean(value, 200)), ASIDE]
