"""What pydantic finds wrong, as problems in both languages."""

from __future__ import annotations

from pydantic_core import ErrorDetails

from graph.errors import Invalid, Message, ProblemCode
from graph.fields.kinds import BROKEN_TEXT

_SENTENCES = {
    "missing": (ProblemCode.REQUIRED, "it is required; give it a value", "为必填项，请填写"),
    "extra_forbidden": (ProblemCode.INVALID, "there is no such field; leave it out", "没有此字段，请删除"),
    "string_unicode": (ProblemCode.INVALID, *BROKEN_TEXT),
    "enum": (ProblemCode.INVALID, "it must be one of {expected}", "必须是以下之一：{expected}"),
    "finite_number": (ProblemCode.INVALID, "it is not a number; write it like 12.5", "不是数字，请写成 12.5"),
    "greater_than_equal": (ProblemCode.OUT_OF_RANGE, "it must be at least {ge}", "不得小于 {ge}"),
    "less_than_equal": (ProblemCode.OUT_OF_RANGE, "it must be at most {le}", "不得大于 {le}"),
    "int": (ProblemCode.INVALID, "it is not a whole number", "不是整数"),
    "decimal": (ProblemCode.INVALID, "it is not a number; write it like 12.5", "不是数字，请写成 12.5"),
    "float": (ProblemCode.INVALID, "it is not a number; write it like 0.5", "不是数字，请写成 0.5"),
    "bool": (ProblemCode.INVALID, "it must be true or false", "必须为 true 或 false"),
    "string": (ProblemCode.INVALID, "it is not a text", "不是文本"),
    "list": (ProblemCode.INVALID, "it is not a list", "不是列表"),
    "model": (ProblemCode.INVALID, "it is not an object with fields", "不是带字段的对象"),
}
_OTHERWISE = (ProblemCode.INVALID, "its value is not valid; see the description of the field", "值无效，请参阅字段说明")


def problem(detail: ErrorDetails) -> Invalid:
    """What pydantic found wrong with one field."""
    path = tuple(part if isinstance(part, str) else str(part) for part in detail["loc"])
    context, kind = detail.get("ctx", {}), detail["type"]
    if kind == "problem":
        code, en, zh = ProblemCode(context["code"]), context["en"], context["zh"]
    elif detail["input"] is None and kind != "missing":
        code, en, zh = _SENTENCES["missing"]
    else:
        code, en, zh = _SENTENCES.get(kind) or _SENTENCES.get(kind.split("_")[0], _OTHERWISE)
        en, zh = en.format_map(context), zh.format_map(context)
    name = ".".join(path)
    return Invalid(Message(f"{name}: {en}", f"{name}：{zh}"), *path, code=code)
