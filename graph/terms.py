"""Closed word lists: every enum of the API, with its labels in English and Chinese."""

from __future__ import annotations

from enum import EnumType, StrEnum
from typing import Any

__all__ = ["Term"]


class _Named(EnumType):
    """Makes the name of each member its value, so that a list is written once: `TOP = "Top management", "最高层"`."""

    def __new__(metacls, name: str, bases: tuple[type, ...], members: Any, **options: Any) -> _Named:
        for member in members._member_names:
            dict.__setitem__(members, member, (member, *members[member]))
        return super().__new__(metacls, name, bases, members, **options)


class Term(StrEnum, metaclass=_Named):
    """A word of a closed list. Its value is its name, in the graph and in the API; the labels are for people."""

    en: str
    zh: str

    def __new__(cls, name: str, en: str = "", zh: str = "") -> Term:
        member = str.__new__(cls, name)
        member._value_ = name
        member.en, member.zh = en, zh
        return member

    @property
    def description(self) -> str:
        """As documentation shows it: `Top management (最高层)`."""
        return f"{self.en} ({self.zh})"

    def label(self, language: str) -> str:
        """The label in `language`, a tag such as `zh-CN`; English when it is not Chinese."""
        return self.zh if language.lower().startswith("zh") else self.en
