"""GraphQL documents, read, measured and validated once for each text."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode, OperationType, specified_rules, validate
from graphql.validation import ASTValidationRule
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from app.errors import Code, refusal
from app.limits import Limits, LiteralSize, check_document, parsed

MOST_MISTAKES = 20
MOST_WITH_SUGGESTIONS = 2

__all__ = ["RULES", "Document", "Documents", "Refused"]

RULES: tuple[type[ASTValidationRule], ...] = (LiteralSize, *specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
"""What a document is held against: the rules of the specification, and those of Strawberry that it has only when it runs a query itself."""


class Refused(Exception):
    """The document can not be run; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document and the kinds of its operations by name."""

    node: DocumentNode
    operations: dict[str | None, OperationType]

    def kind(self, name: str | None) -> OperationType:
        """Of the operation to run: the one called `name`, or the only one; GraphQLError when there is none such."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None:
            raise refusal(Code.OPERATION, "The document has several operations: operationName has to name one.")
        if name not in self.operations:
            raise refusal(Code.OPERATION, "The document has no operation of the name in operationName.")
        return self.operations[name]


class Documents:
    """The documents of one schema; the valid ones used last are kept, up to `characters` of text together."""

    def __init__(self, schema: GraphQLSchema, limits: Limits, characters: int = 500_000) -> None:
        self._schema = schema
        self._limits = limits
        self._room = characters
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def get(self, text: str) -> Document:
        """The document of `text`; Refused where it is none, or not one of this schema, or too large."""
        if known := self._kept.get(text):
            self._kept.move_to_end(text)
            return known
        document = self._read(text)
        self._keep(text, document)
        return document

    def _read(self, text: str) -> Document:
        try:
            node = parsed(text, self._limits)
            check_document(node, self._limits)
            mistakes = self._mistakes(node)
        except GraphQLError as error:
            raise Refused([error]) from None
        if mistakes:
            raise Refused(mistakes)
        operations = [definition for definition in node.definitions if isinstance(definition, OperationDefinitionNode)]
        return Document(node, {each.name.value if each.name else None: each.operation for each in operations})

    def _mistakes(self, node: DocumentNode) -> list[GraphQLError]:
        mistakes = validate(self._schema, node, RULES, max_errors=MOST_MISTAKES, hide_suggestions=True)
        # "Did you mean" costs 10 ms a mistake in a large type: for people, who make few at a time.
        if 0 < len(mistakes) <= MOST_WITH_SUGGESTIONS:
            mistakes = validate(self._schema, node, RULES)
        for mistake in mistakes:
            if mistake.message == "Validation aborted.":
                mistake.message = "The document selects the same fields more often than can be checked."
                mistake.extensions = {"code": Code.LIMIT}
            mistake.extensions = {"code": Code.VALIDATION, **(mistake.extensions or {})}
        return mistakes

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._room -= len(text)
        while self._room < 0:
            oldest, _ = self._kept.popitem(last=False)
            self._room += len(oldest)
