"""Why a write was not done. Problems are data for the client, in both languages; nobody parses their text.

Problems                  several at once
WriteProblem
 +-- Invalid              the input itself is wrong
 +-- NotFound             what the input names is not there
 +-- Stale                somebody else wrote in between
 +-- Duplicate            it exists already
 +-- Refused              a rule of the business forbids it
 +-- NotAllowed           the caller may not do it
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.terms import Term

_REPEATED = 60


class ProblemCode(Term):
    """What kind of problem it is (问题类别)."""

    INVALID = "The value is not valid", "值无效"
    REQUIRED = "A value is required", "缺少必填值"
    TOO_LONG = "The value is too long", "值过长"
    OUT_OF_RANGE = "The value is out of range", "值超出范围"
    NOT_FOUND = "The object does not exist", "对象不存在"
    STALE = "The object has changed since it was read", "对象已被他人修改"
    DUPLICATE = "It exists already", "对象已存在"
    CYCLE = "The hierarchy would become a circle", "层级形成循环"
    OVERLAP = "The periods overlap", "有效期重叠"
    IN_FUTURE = "The time lies in the future", "时间在未来"
    KEY_REUSED = "The idempotency key was used with another input", "幂等键已用于其他输入"
    REFUSED = "A rule forbids it", "业务规则不允许"
    NOT_ALLOWED = "You may not do this", "没有权限"


@dataclass(frozen=True)
class Message:
    """One sentence in both languages. It names the field and the way out."""

    en: str
    zh: str


class WriteProblem(Exception):
    """One reason why a write was not done. `path` leads to the field, in GraphQL names, from below `input`."""

    usual = ProblemCode.REFUSED

    def __init__(self, text: Message, *path: str, code: ProblemCode | None = None) -> None:
        super().__init__(text.en)
        self.text = text
        self.path = path
        self.code = code or self.usual

    def message(self, language: str = "en") -> str:
        """The sentence in `language`, a tag such as `zh-CN`; English when it is not Chinese."""
        return self.text.zh if language.lower().startswith("zh") else self.text.en


class Problems(Exception):
    """Several problems of one input, found together."""

    def __init__(self, problems: Sequence[WriteProblem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = list(problems)


class Invalid(WriteProblem):
    """The input itself is wrong."""

    usual = ProblemCode.INVALID

    def at(self, *path: str) -> Invalid:
        """The same, of the field that `path` leads to."""
        old, new = ".".join(self.path), ".".join(path)
        text = Message(self.text.en.replace(old, new, 1), self.text.zh.replace(old, new, 1))
        return Invalid(text, *path, code=self.code)


class Refused(WriteProblem):
    """A rule of the business forbids it."""


class NotAllowed(WriteProblem):
    """The caller may not do it."""

    usual = ProblemCode.NOT_ALLOWED


class NotFound(WriteProblem):
    """What the input names is not there, or the caller may not see it: nobody can tell the two apart."""

    usual = ProblemCode.NOT_FOUND

    def __init__(self, missing_id: str, *path: str) -> None:
        name, said = ".".join(path) or "id", brief(missing_id)
        en = f"{name}: nothing of this kind has the id {said!r}; look it up again"
        super().__init__(Message(en, f"{name}：没有 id 为“{said}”的此类对象，请重新查找"), *path)
        self.missing_id = missing_id


class Stale(WriteProblem):
    """Somebody else wrote in between."""

    usual = ProblemCode.STALE

    def __init__(self, current_id: str, version: int) -> None:
        en = f"version: it is {version} by now; read the object again and repeat"
        super().__init__(Message(en, f"version：当前版本已是 {version}，请重新读取后再提交"), "version")
        self.current_id = current_id


class Duplicate(WriteProblem):
    """It exists already."""

    usual = ProblemCode.DUPLICATE

    def __init__(self, text: Message, *path: str, existing_id: str) -> None:
        super().__init__(text, *path)
        self.existing_id = existing_id


def brief(given: str) -> str:
    """What somebody gave, as a sentence repeats it: of a long text its beginning."""
    return given if len(given) <= _REPEATED else given[:_REPEATED] + "…"


def invalid(en: str, zh: str, *path: str, code: ProblemCode = ProblemCode.INVALID) -> Invalid:
    """`raise invalid("until: it lies before since; …", "until：…", "until")`"""
    return Invalid(Message(en, zh), *path, code=code)


def refused(en: str, zh: str, *path: str, code: ProblemCode = ProblemCode.REFUSED) -> Refused:
    """Like `invalid`, for a rule of the business: CYCLE, OVERLAP, KEY_REUSED, REFUSED."""
    return Refused(Message(en, zh), *path, code=code)
