"""Names and texts as search and order see them: folded, with pinyin (拼音) and its initials. Computed here, stored beside the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["fold", "search_text", "sort_name"]

LONGEST = 8_000
"""Characters of search text that are kept."""

_SOUNDED = 40
_HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_PIECES = re.compile(rf"{_HAN.pattern}|(?:(?!{_HAN.pattern}).)+", re.DOTALL)
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_APOSTROPHES = re.compile(r"['’‘ʼ`´＇]")
_SEPARATORS = re.compile(r"[\W_]+")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})

# As a family name these characters are read in a way of their own.
_FAMILY_NAMES = {
    "单": "shan", "單": "shan", "解": "xie", "仇": "qiu", "曾": "zeng", "查": "zha", "朴": "piao", "区": "ou", "區": "ou", "盖": "ge",
    "乐": "yue", "缪": "miao", "种": "chong", "员": "yun", "翟": "zhai", "覃": "qin", "召": "shao", "黑": "he", "秘": "bi", "郇": "xun",
    "牟": "mu", "祭": "zhai", "隗": "wei", "佴": "nai", "薄": "bo", "卜": "bu", "都": "du", "句": "gou", "阚": "kan", "折": "she",
}  # fmt: skip

Reading = list[tuple[str, str]]
"""Pieces of a word, single Chinese characters and the rest between them, each with its sound."""


def fold(text: str) -> str:
    """Words in small letters without accents, width or punctuation, apart by one space: `O’Brien, Zoë` is `obrien zoe`."""
    text = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text)).casefold()
    text = _ACCENTS.sub("", unicodedata.normalize("NFD", text)).translate(_LETTERS)
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFKC", text)).strip()


# Titles, and subjects that are answered, come again and again.
@lru_cache(2048)
def search_text(*texts: str | None) -> str:
    """What finds any of `texts`: their folded words, and for Chinese the pinyin and its initials, from each character on.

    张伟 gives `张伟 zhangwei zw wei w`, so that whoever types the beginning of a word finds it by `zhangw`, `wei` and `zw`.
    """
    words: dict[str, None] = {}
    for folded in (fold(text) for text in texts if text):
        words |= dict.fromkeys(folded.split())
        if _HAN.search(folded):
            # A space inside a Chinese name is a matter of taste.
            for word in dict.fromkeys([*folded.split(), folded.replace(" ", "")]):
                words |= dict.fromkeys(_sounds(word[:_SOUNDED]))
    return " ".join(words)[:LONGEST]


def sort_name(name: str, *, person: bool = False) -> str:
    """Text that sorts by code point as people expect of names: Latin first, then Chinese by pinyin, one character after the other."""
    folded = fold(name)
    reading = _family(_reading(folded)) if person else _reading(folded)
    return "".join(f"~{sound} {piece}" if _HAN.match(piece) else piece for piece, sound in reading) or name


def _sounds(word: str) -> Iterator[str]:
    if _HAN.search(word):
        usual = _reading(word)
        family = _family(usual)
        for reading in [usual] if family == usual else [usual, family]:
            for start in range(len(reading)):
                sound = "".join(sound for _, sound in reading[start:])
                # 吕 is lv on a keyboard, lu without the dots, lyu in a passport.
                yield from (sound, sound.replace("v", "u"), sound.replace("v", "yu")) if "v" in sound else (sound,)
                yield "".join(sound[0] if _HAN.match(piece) else piece for piece, sound in reading[start:])


def _reading(word: str) -> Reading:
    if not _HAN.search(word):
        return [(word, word)]
    # A third of a second: not for who meets no Chinese.
    from pypinyin import lazy_pinyin

    # `list` keeps one sound for each character, also of those without pinyin; the library's stub does not know.
    sounds = iter(lazy_pinyin(word, errors=list))  # type: ignore[arg-type]
    return [(piece, "".join(next(sounds) for _ in piece)) for piece in _PIECES.findall(word)]


def _family(reading: Reading) -> Reading:
    first = reading[:1]
    return [(piece, _FAMILY_NAMES.get(piece, sound)) for piece, sound in first] + reading[1:]
