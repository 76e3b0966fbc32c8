"""The parameters of an analysis, described from their model."""

from __future__ import annotations

import json
from typing import Any, get_args, get_origin, get_type_hints

from pydantic.alias_generators import to_camel
from pydantic_core import to_jsonable_python

from graph.fields import Fields
from schema.inputs import graphql_type


def described(model: type[Fields]) -> list[dict[str, Any]]:
    """Each parameter with its type, default and bounds, as `AnalysisParameter` shows it."""
    hints = get_type_hints(model, include_extras=True)
    return [
        {
            "name": info.alias or to_camel(name),
            "type": _type(hints[name]),
            "default": None if info.is_required() else json.dumps(to_jsonable_python(info.get_default(call_default_factory=True))),
            "description": info.description or "",
        }
        for name, info in model.model_fields.items()
    ]


_NAMES = {str: "String", int: "Int", float: "Float", bool: "Boolean"}


def _type(hint: Any) -> str:
    shown = graphql_type(hint)
    if get_origin(shown) is list:
        return f"[{_type(get_args(shown)[0])}!]"
    return _NAMES.get(shown) or str(shown.__name__)
