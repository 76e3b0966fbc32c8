from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from graph.errors import ProblemCode, Problems
from graph.fields import (
    ABSENT,
    REQUIRED,
    Amount,
    CountryCode,
    Create,
    CurrencyCode,
    Day,
    Domain,
    Fields,
    Id,
    Instant,
    Name,
    PartialDate,
    Quantity,
    Share,
    ShortText,
    Tags,
    Text,
    Update,
    Url,
    exact,
    scaled,
)
from graph.terms import Term


class Colour(Term):
    RED = "Red", "红"
    BLUE = "Blue", "蓝"


class Size(Fields):
    height: Amount | None = Field(default=None, description="Height (高)")


class ThingFields(Fields):
    name: Name = Field(default=ABSENT, description="As shown (名称)")
    colour: Colour = Field(default=ABSENT, description="Colour (颜色)")
    short_name: ShortText | None = Field(default=None, description="Short name (简称)")
    notes: Text | None = Field(default=None, description="Notes (备注)")
    tags: Tags = Field(default=ABSENT, description="Tags (标签)")
    made_at: Instant | None = Field(default=None, description="When made (制造时间)")
    day: Day | None = Field(default=None, description="A day (日期)")
    since: PartialDate | None = Field(default=None, description="Since (起)")
    price: Amount | None = Field(default=None, description="Price (价格)")
    quantity: Quantity | None = Field(default=None, description="Quantity (数量)")
    share: Share | None = Field(default=None, description="Share (份额)")
    currency: CurrencyCode | None = Field(default=None, description="Currency (币种)")
    country: CountryCode | None = Field(default=None, description="Country (国家)")
    website: Url | None = Field(default=None, description="Website (网站)")
    domain: Domain | None = Field(default=None, description="Domain (域名)")
    owner: Id | None = Field(default=None, description="Who owns it (所有者)")
    sizes: list[Size] = Field(default=ABSENT, description="Sizes (尺寸)")


class ThingCreate(ThingFields, Create):
    name: Name = REQUIRED
    colour: Colour = Colour.RED


class ThingUpdate(ThingFields, Update):
    day: Day | None = Field(default=None, description="Another day (另一日期)")


def update(**values: Any) -> dict[str, Any]:
    return ThingUpdate.parse({"id": "1", "version": 1, **values}).given()


def problems(**values: Any) -> list[tuple[ProblemCode, tuple[str, ...]]]:
    with pytest.raises(Problems) as caught:
        ThingUpdate.parse({"id": "1", "version": 1, **values})
    for problem in caught.value.problems:
        assert problem.message("en").startswith(".".join(problem.path))
        assert problem.message("zh") != problem.message("en")
    return [(problem.code, problem.path) for problem in caught.value.problems]


def test_absent_stays_null_clears_and_blank_is_null() -> None:
    assert update() == {}
    assert update(shortName=None, notes=" \n ") == {"short_name": None, "notes": None}
    assert update(tags=None) == {"tags": []}


def test_a_required_field_is_required_and_cannot_be_cleared() -> None:
    assert problems(name=None) == [(ProblemCode.REQUIRED, ("name",))]
    assert problems(name="  ") == [(ProblemCode.REQUIRED, ("name",))]
    with pytest.raises(Problems) as caught:
        ThingCreate.parse({})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(ProblemCode.REQUIRED, ("name",))]


def test_a_creation_has_its_defaults_and_inherits_descriptions() -> None:
    assert ThingCreate.parse({"name": "Lamp"}).given() == {"name": "Lamp", "colour": "RED"}
    assert ThingCreate.model_fields["colour"].description == "Colour (颜色)"


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("name", "As shown; at most 200 characters (名称)"),
        ("notes", "Notes; at most 2,000 characters (备注)"),
        ("tags", "Tags; at most 50 items; at most 50 characters (标签)"),
        ("share", "Share; from 0 to 1, with at most six decimals (份额)"),
        ("quantity", "Quantity; more than 0, up to 1,000,000,000, with at most six decimals (数量)"),
        ("owner", "Who owns it (所有者)"),
    ],
)
def test_descriptions_state_the_limits(name: str, limits: str) -> None:
    for model in (ThingFields, ThingCreate, ThingUpdate):
        assert model.model_fields[name].description == limits
    assert ThingUpdate.model_fields["day"].description == "Another day (另一日期)"


def test_what_is_stored_is_text_and_whole_numbers() -> None:
    assert update(
        madeAt="2026-03-01T09:30:00+08:00", day="2026-03-01", since="2026-03", price="12.5", colour="BLUE", currency="cny", country="cn"
    ) == {
        "made_at": "2026-03-01T01:30:00.000000Z",
        "day": "2026-03-01",
        "since": "2026-03",
        "price": 12_500_000,
        "colour": "BLUE",
        "currency": "CNY",
        "country": "CN",
    }
    assert ThingCreate(name="Lamp", made_at=datetime(2026, 3, 1, tzinfo=UTC), day=date(2026, 3, 1), price=Decimal(2)).given() == {
        "name": "Lamp",
        "colour": "RED",
        "made_at": "2026-03-01T00:00:00.000000Z",
        "day": "2026-03-01",
        "price": 2_000_000,
    }


def test_references_versions_keys_and_parts_are_no_properties() -> None:
    values = {"name": "Lamp", "owner": "7", "sizes": [{"height": "1"}], "idempotencyKey": "k"}
    assert ThingCreate.parse(values).given() == {"name": "Lamp", "colour": "RED"}


@pytest.mark.parametrize(
    ("values", "code", "path"),
    [
        ({"name": "a" * 201}, "TOO_LONG", ("name",)),
        ({"name": "a\0"}, "INVALID", ("name",)),
        ({"name": "a\ud800"}, "INVALID", ("name",)),
        ({"name": 7}, "INVALID", ("name",)),
        ({"notes": "a" * 2001}, "TOO_LONG", ("notes",)),
        ({"colour": "GREEN"}, "INVALID", ("colour",)),
        ({"tags": ["a" * 51]}, "TOO_LONG", ("tags", "0")),
        ({"tags": [str(i) for i in range(51)]}, "TOO_LONG", ("tags",)),
        ({"tags": "a"}, "INVALID", ("tags",)),
        ({"madeAt": "2026-03-01T09:30:00"}, "INVALID", ("madeAt",)),
        ({"madeAt": "0001-01-01T00:00:00+14:00"}, "INVALID", ("madeAt",)),
        ({"madeAt": 1_700_000_000}, "INVALID", ("madeAt",)),
        ({"day": "2026-02-30"}, "INVALID", ("day",)),
        ({"day": "10000-01-01"}, "INVALID", ("day",)),
        ({"day": 20_260_301}, "INVALID", ("day",)),
        ({"since": "2026-13"}, "INVALID", ("since",)),
        ({"since": "0000"}, "INVALID", ("since",)),
        ({"price": "NaN"}, "INVALID", ("price",)),
        ({"price": "Infinity"}, "INVALID", ("price",)),
        ({"price": "1e400000"}, "OUT_OF_RANGE", ("price",)),
        ({"price": "9223372036854775808"}, "OUT_OF_RANGE", ("price",)),
        ({"price": "0.0000001"}, "OUT_OF_RANGE", ("price",)),
        ({"price": "1.00000000000000000000000000000000001"}, "OUT_OF_RANGE", ("price",)),
        ({"quantity": "0"}, "OUT_OF_RANGE", ("quantity",)),
        ({"share": "1.1"}, "OUT_OF_RANGE", ("share",)),
        ({"currency": "XYZ"}, "INVALID", ("currency",)),
        ({"country": "ZZ"}, "INVALID", ("country",)),
        ({"website": "javascript:alert(1)"}, "INVALID", ("website",)),
        ({"website": "https://user:secret@example.com"}, "INVALID", ("website",)),
        ({"domain": "no domain"}, "INVALID", ("domain",)),
        ({"sizes": [{"height": "x"}]}, "INVALID", ("sizes", "0", "height")),
        ({"sizes": [3]}, "INVALID", ("sizes", "0")),
        ({"version": 0}, "OUT_OF_RANGE", ("version",)),
        ({"version": 2**31}, "OUT_OF_RANGE", ("version",)),
        ({"colours": "RED"}, "INVALID", ("colours",)),
    ],
)
def test_bad_values_are_named(values: dict[str, Any], code: str, path: tuple[str, ...]) -> None:
    assert problems(**values) == [(ProblemCode(code), path)]


def test_all_bad_fields_are_told_at_once() -> None:
    assert {path for _, path in problems(name="", price="x", day="y")} == {("name",), ("price",), ("day",)}


def test_texts_are_made_alike() -> None:
    assert update(name="  Zoe\u0308   Li\n", notes=" a\n\tb ") == {"name": "Zoë Li", "notes": "a\n\tb"}
    assert update(tags=["vip", " vip ", "a"]) == {"tags": ["vip", "a"]}


def test_addresses_of_the_web_are_made_alike() -> None:
    assert update(website="Example.COM", domain="@Example.com") == {"website": "https://example.com", "domain": "example.com"}
    assert update(website="http://example.com/a?b=c") == {"website": "http://example.com/a?b=c"}


@given(st.text())
def test_any_text_is_stored_clean_or_refused(text: str) -> None:
    try:
        stored = update(name=text)["name"]
    except Problems:
        return
    assert 1 <= len(stored) <= 200
    assert "\0" not in stored
    assert stored == update(name=stored)["name"]
    stored.encode()


@given(st.decimals(-(10**12), 10**12, places=6))
def test_exact_numbers_come_back(number: Decimal) -> None:
    assert exact(scaled(number)) == number
    assert update(price=str(number)) == {"price": scaled(number)}


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.lists(st.text())


@given(ANYTHING | st.dictionaries(st.text(), ANYTHING), st.sampled_from(sorted(ThingUpdate.model_fields)))
def test_no_value_of_any_type_escapes(value: Any, name: str) -> None:
    with suppress(Problems):
        assert isinstance(update(**{name: value}), dict)
