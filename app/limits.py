"""What a document and its variables may cost, refused before validation could become expensive.

Together with the parser's own bound on nesting these keep a hostile request under 50 ms: a token is read once, the walk below visits
each selection once, and the search for conflicting fields stops at `CONFLICT_BUDGET`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    parse,
)
from graphql.validation import ASTValidationContext, ASTValidationRule
from graphql.validation.rules import overlapping_fields_can_be_merged

from app.errors import Code, refusal

__all__ = ["CONFLICT_BUDGET", "Limits", "LiteralSize", "check_document", "check_variables", "parsed"]

# Comparisons of fields of one name; a thousand selections of one object would take half a second with the library's 500,000.
CONFLICT_BUDGET = 5_000
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = CONFLICT_BUDGET

# Three Python frames a level: far from the interpreter's bound of 1,000.
MOST_LEVELS = 150


# Of one name in one selection set, inline fragments among it: each is compared with each.
MOST_TIMES = 100

MOST_LITERAL_LEVELS = 30
MOST_LITERAL_FIELDS = 100


@dataclass(frozen=True)
class Limits:
    """Greatest sizes of one request. `depth`, `fields` and `aliases` count what fragments expand to, `values` all in the variables."""

    body: int = 1_000_000
    characters: int = 100_000
    tokens: int = 2_500
    comments: int = 1_000
    definitions: int = 200
    depth: int = 30
    aliases: int = 100
    fields: int = 2_000
    values: int = 10_000
    nesting: int = MOST_LITERAL_LEVELS


@dataclass
class _Size:
    depth: int = 0
    fields: int = 0
    aliases: int = 0


def parsed(text: str, limits: Limits) -> DocumentNode:
    """The document of `text`; GraphQLError when it is no GraphQL or too long to be read."""
    try:
        return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.comments, max_source_length=limits.characters)
    except GraphQLError as error:
        # The parser tells its own limits from mistakes in the text only by how the message ends.
        error.extensions = {"code": Code.LIMIT if error.message.endswith("Parsing aborted.") else Code.PARSE}
        raise


def check_document(document: DocumentNode, limits: Limits) -> None:
    """GraphQLError where an operation is deeper or wider than allowed, its fragments expanded."""
    _refuse_over(len(document.definitions), limits.definitions, "operations and fragments")
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    measure = _Measure(fragments)
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            size = measure.size(operation.selection_set)
            _refuse_over(size.depth, limits.depth, "levels of selections")
            _refuse_over(size.fields, limits.fields, "fields")
            _refuse_over(size.aliases, limits.aliases, "aliases")


def check_variables(variables: dict[str, object], limits: Limits) -> None:
    """GraphQLError where the variables hold too many values, or too deeply nested ones, to be read."""
    count, depth = 0, 0
    level: list[object] = [variables]
    while level:
        count, depth = count + len(level), depth + 1
        _refuse_over(count, limits.values, "values in the variables")
        _refuse_over(depth, limits.nesting, "levels in the variables")
        level = [value for holder in level for value in _inside(holder)]


def _inside(holder: object) -> list[object]:
    if isinstance(holder, dict):
        return list(holder.values())
    return holder if isinstance(holder, list) else []


def _refuse_over(number: int, most: int, what: str) -> None:
    if number > most:
        raise refusal(Code.LIMIT, f"The request has more than {most} {what}.")


class LiteralSize(ASTValidationRule):
    """How wide objects are and how deeply lists and objects nest in a document. It ends the validation, being the first rule.

    Filters are compiled by recursion, and each mistake in an object quotes all of it.
    """

    def __init__(self, context: ASTValidationContext) -> None:
        super().__init__(context)
        self._depth = 0

    def enter_list_value(self, *_: Any) -> None:
        self._depth += 1
        _refuse_over(self._depth, MOST_LITERAL_LEVELS, "levels in a literal")

    def enter_object_value(self, node: ObjectValueNode, *_: Any) -> None:
        _refuse_over(len(node.fields), MOST_LITERAL_FIELDS, "fields in one object")
        self.enter_list_value()

    def leave_list_value(self, *_: Any) -> None:
        self._depth -= 1

    leave_object_value = leave_list_value


class _Measure:
    """Sizes of selection sets, each fragment measured once."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Size] = {}

    def size(self, selections: SelectionSetNode, level: int = 1, names: Counter[str] | None = None) -> _Size:
        """The size of a selection set; `names` counts those of the set that it is a part of."""
        _refuse_over(level, MOST_LEVELS, "levels of selections and fragments")
        total, names = _Size(depth=1), Counter() if names is None else names
        for selection in selections.selections:
            size = self._part(selection, level + 1, names)
            total.depth = max(total.depth, size.depth + isinstance(selection, FieldNode))
            total.fields += size.fields
            total.aliases += size.aliases
        return total

    def _part(self, selection: SelectionNode, level: int, names: Counter[str]) -> _Size:
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value, level)
        assert isinstance(selection, FieldNode | InlineFragmentNode)
        if isinstance(selection, InlineFragmentNode):
            return self.size(selection.selection_set, level, names)
        name = (selection.alias or selection.name).value
        names[name] += 1
        _refuse_over(names[name], MOST_TIMES, "selections of one name in one place")
        size = self.size(selection.selection_set, level) if selection.selection_set else _Size()
        return _Size(size.depth, size.fields + 1, size.aliases + (selection.alias is not None))

    def _fragment(self, name: str, level: int) -> _Size:
        if name not in self._known:
            self._known[name] = _Size()  # so a spread that closes a cycle adds nothing; validation reports it
            if node := self._fragments.get(name):
                self._known[name] = self.size(node.selection_set, level)
        return self._known[name]
