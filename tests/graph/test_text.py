from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.text import LONGEST, fold, search_text, sort_name

ANY = st.text(st.characters(exclude_categories=[]))
HAN = st.text(st.sampled_from("张伟曾吕单田芳华为技术有限公司重庆银行〇𠮷abc 1"), max_size=80)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("O’Brien, Zoë", "obrien zoe"),
        ("MÜLLER & Söhne GmbH", "muller sohne gmbh"),
        ("Straße", "strasse"),
        ("Łukasz Ørsted", "lukasz orsted"),
        ("ＡＢＣ（中国）有限公司", "abc 中国 有限公司"),
        ("zhang.wei+crm@Example.com.cn", "zhang wei crm example com cn"),
        ("İstanbul IŞIK", "istanbul isik"),
        ("ﬁnance_№1", "finance no1"),
        ("한글 ガイド", "한글 ガイド"),
        (" \t…!", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(ANY)
def test_folding_never_raises_and_is_done_once(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    folded.encode()


@given(ANY)
def test_names_of_any_letters_can_be_searched_and_sorted(text: str) -> None:
    assert len(search_text(text)) <= LONGEST
    assert bool(sort_name(text)) == bool(text)
    assert set(fold(text).split()) <= set(search_text(text).split()) or len(fold(text)) > LONGEST // 2


@given(HAN)
def test_every_chinese_text_has_sounds(text: str) -> None:
    assert search_text(text).isascii() or fold(text)
    assert sort_name(text.strip(), person=True)[:1] in ("", "~", *"abc1")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张伟", ["张伟", "zhangwei", "zhangw", "wei", "zw", "z"]),
        ("张 伟", ["zhangwei", "zw"]),
        ("曾国华", ["zengguohua", "cengguohua", "zgh", "cgh"]),
        ("单田芳", ["shantian", "stf", "dantian"]),
        ("吕布", ["lvbu", "lubu", "lyubu", "lb"]),
        ("华为技术有限公司", ["huawei", "hwjs", "jishu", "jsyx"]),
        ("ABC科技", ["abckeji", "abckj", "keji", "kj"]),
        ("重庆银行", ["chongqing", "cqyh", "yinhang"]),
        ("迪丽·热巴", ["dili", "reba", "dilireba", "dlrb", "rb"]),
        ("Zoë O’Brien", ["zoe", "obrien"]),
        ("Anne-Marie", ["anne", "marie"]),
    ],
)
def test_what_people_type_finds_the_name(name: str, typed: list[str]) -> None:
    words = search_text(name).split()
    assert [text for text in typed if not any(word.startswith(fold(text)) for word in words)] == []


def test_texts_are_joined_once() -> None:
    assert search_text("Anna", None, "", "anna Bo") == "anna bo"
    assert len(search_text(*(f"{chr(0x4E00 + n)}{chr(0x5000 + n)}" * 40 for n in range(60)))) == LONGEST


def test_names_sort_by_pinyin_after_latin() -> None:
    names = ["张伟", "Ørsted", "阿里", "张卫", "3M", "章子", "札幌", "Zoë", "张", "张卫东", "Émile", "曾伟"]
    assert sorted(names, key=sort_name) == ["3M", "Émile", "Ørsted", "Zoë", "阿里", "曾伟", "札幌", "张", "张伟", "张卫", "张卫东", "章子"]


def test_a_family_name_is_read_as_one() -> None:
    assert sort_name("曾伟", person=True).startswith("~zeng ")
    assert sort_name("曾经公司").startswith("~ceng ")


def test_a_name_without_letters_keeps_its_place() -> None:
    assert sort_name("😀") == "😀"
