"""Mutations: one for each write of the graph, made from its function and its model."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any, get_type_hints

import strawberry
from graphql import GraphQLResolveInfo
from pydantic.alias_generators import to_camel, to_pascal
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from graph.errors import Message, NotAllowed, Problems, WriteProblem
from graph.fields import Fields
from graph.projection.declare import VALUES, reference
from graph.projection.read import readable_ids
from graph.writing import Writer, Written
from schema.context import Context
from schema.hidden import Masked, masked
from schema.inputs import input_type
from schema.problems import Problem, shown
from schema.warnings import known

Function = Callable[[Writer, Any], Awaitable[Written]]


@dataclass(frozen=True)
class Write:
    """One mutation: its name (`person_create`), what it does, what it answers (field, type), its input, and how that is read.

    `otherwise` is done when the viewer may not read what was there already.
    """

    name: str
    function: Function
    payload: type
    noun: str
    kind: str
    input: type
    parse: Callable[[dict[str, Any]], Any]
    otherwise: Function | None = None


def writes(module: ModuleType, noun: str, type_: str, verbs: str, *, answers: str = "") -> list[Write]:
    """The mutations of a noun, for the named functions of its module; `answers` is the payload's field if not the noun."""
    out = []
    for verb in verbs.split():
        function: Function = getattr(module, verb)
        name, field = f"{noun}_{verb}", answers or noun
        model: type[Fields] = get_type_hints(function)["input"]
        made = input_type(model, f"{to_pascal(name)}Input")
        out.append(Write(name, function, payload(name, field, type_), field, type_, made, model.parse))
    return out


def payload(name: str, noun: str, type_: str) -> type:
    """`PersonCreatePayload { person problems warnings }`."""
    members = {
        noun: (f"{type_} | None", reference(f"The {noun.replace('_', ' ')} as it is now; null when there are problems, or it is gone.")),
        "problems": ("list[Problem]", strawberry.field(description="Why nothing was done; empty when it was (问题).")),
        "warnings": ("list[Problem]", strawberry.field(description="What was done and may surprise (警告).")),
    }
    annotations = {key: annotation for key, (annotation, _) in members.items()}
    body = {key: value for key, (_, value) in members.items()}
    cls = type(f"{to_pascal(name)}Payload", (), {"__module__": __name__, "__annotations__": annotations, **body})
    VALUES[cls.__name__] = cls
    return strawberry.type(cls, description=f"What became of `{to_camel(name)}`.")


def mutation_type(all_writes: list[Write]) -> type:
    """The `Mutation` type with a field for each write."""
    body: dict[str, Any] = {"__module__": __name__, "__annotations__": {}}
    for write in all_writes:
        argument = StrawberryArgument("input", None, StrawberryAnnotation(write.input), description="What to write (输入).")
        body["__annotations__"][write.name] = write.payload | None
        body[write.name] = StrawberryField(description=_first_line(write.function), metadata={"write": write})
        body[write.name].arguments = [argument]
    return strawberry.type(type("Mutation", (), body), description="Everything that can be written (变更).")


def _first_line(function: Function) -> str:
    return (inspect.getdoc(function) or "").split("\n", 1)[0]


def install(schema: strawberry.Schema) -> strawberry.Schema:
    """Let each mutation run its write."""
    core = schema._schema.mutation_type
    assert core is not None
    for field in core.fields.values():
        write = field.extensions["strawberry-definition"].metadata["write"]
        field.resolve = partial(_resolve, write)
    return schema


async def _resolve(write: Write, _: Any, info: GraphQLResolveInfo[Context], *, input: dict[str, Any]) -> Any:
    context = info.context
    hidden: Masked | None = None
    try:
        if f"Mutation.{to_camel(write.name)}" in context.viewer.hidden:
            raise NotAllowed(Message("You may not do this; ask an administrator for the right.", "没有权限，请联系管理员。"))
        given = write.parse(input)
        hidden = await masked(info, given, write.kind)
        written = await write.function(context.writer, hidden.input)
        if write.otherwise and written.warnings and await readable_ids(info, write.kind, [written.id]) == set():
            written = await write.otherwise(context.writer, hidden.input)
    except (Problems, WriteProblem) as error:
        several = error.problems if isinstance(error, Problems) else [error]
        told = [hidden.told(problem) if hidden else problem for problem in several]
        return _answer(write, None, [shown(problem, context.language) for problem in told], [])
    return _answer(write, written.id, [], [shown(w, context.language) for w in await known(info, written.warnings)])


def _answer(write: Write, id_: str | None, problems: list[Problem], warnings: list[Problem]) -> Any:
    return write.payload(**{write.noun: id_, "problems": problems, "warnings": warnings})
