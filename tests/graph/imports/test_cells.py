"""What people write into cells."""

from __future__ import annotations

from typing import Any

import pytest

from graph.imports import cells
from graph.imports.hierarchy import Hierarchy
from graph.interactions import Channel
from graph.parties import PartyRole

ZONE = "Asia/Shanghai"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026-07-01T09:30:00+08:00", "2026-07-01T09:30:00+08:00"),
        ("2026-07-01T01:30:00z", "2026-07-01T01:30:00Z"),
        ("2026-07-01 9:30", "2026-07-01T09:30:00+08:00"),
        ("2026/7/1 09:30:15.5", "2026-07-01T09:30:15.500000+08:00"),
        ("2026年7月1日", "2026-07-01T00:00:00+08:00"),
        ("2026-07-01", "2026-07-01T00:00:00+08:00"),
        ("2026-02-30", "2026-02-30"),
        ("01/07/2026", "01/07/2026"),
        ("2026-07-01 25:00", "2026-07-01 25:00"),
        ("yesterday", "yesterday"),
    ],
)
def test_instants_without_an_offset_are_meant_where_the_company_is(cell: str, value: str) -> None:
    assert cells.instant(cell, ZONE) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2026/7/1", "2026-07-01"),
        ("2026-07-01 00:00:00.000", "2026-07-01"),
        ("2026-7", "2026-07"),
        ("2026年7月", "2026-07"),
        ("2026年", "2026"),
        ("1992", "1992"),
        ("soon", "soon"),
    ],
)
def test_dates_may_be_partial_and_carry_a_time_that_says_nothing(cell: str, value: str) -> None:
    assert cells.date(cell, ZONE) == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1,250.00", "1250.00"), ("-1,250", "-1250"), ("12,5", "12,5"), ("15%", "0.15"), ("x%", "x%"), ("1e3", "1e3")],
)
def test_numbers_may_have_thousands_and_per_cent(cell: str, value: str) -> None:
    assert cells.number(cell, ZONE) == value


@pytest.mark.parametrize(("cell", "value"), [("Yes", True), ("是", True), ("1", True), ("否", False), ("FALSE", False), ("maybe", "maybe")])
def test_truth_is_told_in_both_languages(cell: str, value: Any) -> None:
    assert cells.truth(cell, ZONE) == value


@pytest.mark.parametrize(("cell", "value"), [("wechat", "WECHAT"), ("微信", "WECHAT"), ("Text message", "SMS"), ("pigeon", "pigeon")])
def test_words_of_a_list_are_known_by_name_and_label(cell: str, value: str) -> None:
    assert cells.term(Channel)(cell, ZONE) == value


def test_words_of_two_lists_do_not_mix() -> None:
    assert cells.term(PartyRole)("客户", ZONE) == "CUSTOMER"
    assert cells.term(Channel)("客户", ZONE) == "客户"


@pytest.mark.parametrize(
    ("cell", "value"), [("CN", "CN"), ("china", "CN"), ("中国", "CN"), ("Germany", "DE"), ("UK", "GB"), ("Atlantis", "Atlantis")]
)
def test_countries_are_known_by_code_and_name(cell: str, value: str) -> None:
    assert cells.country(cell, ZONE).upper() == value.upper()


def test_several_values_are_parted_by_either_semicolon_and_each_counts_once() -> None:
    assert cells.several("a; b；c ;;a") == ["a", "b", "c"]
    assert cells.several(" ; ") == []


def test_a_hierarchy_refuses_what_would_close_a_circle() -> None:
    hierarchy = Hierarchy([("clerk", "manager"), ("manager", "chief")])
    assert not hierarchy.add("chief", "clerk")
    assert not hierarchy.add("chief", "chief")
    assert hierarchy.add("clerk", "chief")
    assert hierarchy.parents("clerk") == ["chief", "manager"]
    hierarchy.clear("clerk")
    assert hierarchy.add("chief", "clerk")
