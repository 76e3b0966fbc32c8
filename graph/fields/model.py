"""The base of all input models, and of what can be done to an object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Self, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from graph.errors import Problems
from graph.fields.kinds import ASIDE, Day, Id, Limit, text
from graph.fields.problems import problem
from graph.fields.stored import shown, stored

REQUIRED: Any = Field()
"""`name: Name = REQUIRED` in a Create: an inherited field, with its description, that must be given."""

_ID = get_args(Id)[1]

ABSENT: Any = None
"""`name: Name = Field(default=ABSENT, …)`: may be left out, may not be null."""


Version = Annotated[int, Field(ge=1, le=2**31 - 1), ASIDE]


class Fields(BaseModel):
    """Fields that a client sends: camelCase outside, snake_case here and in the graph."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        for name, field in cls.model_fields.items():
            inherited = next((description for base in cls.__mro__[1:] if (description := _description(base, name))), None)
            field.description = inherited if field.description in (None, inherited) else _with_limits(field)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """The model of `values`; raises Problems, one for each field that is wrong."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise Problems([problem(detail) for detail in error.errors(include_url=False)]) from None

    @field_validator("*", mode="before")
    @classmethod
    def _blank_is_none(cls, value: object, info: ValidationInfo) -> object:
        field = cls.model_fields[info.field_name or ""]
        return None if isinstance(value, str) and not value.strip() and type(None) in get_args(field.annotation) else value

    def given(self) -> dict[str, Any]:
        """Stored property → stored value of every property that was set or has a default; None clears it."""
        values = {name: getattr(self, name) for name in properties(type(self))}
        return {name: stored(value) for name, value in values.items() if value is not None or name in self.model_fields_set}

    def shown(self, name: str, value: Any) -> tuple[str, str | None]:
        """The GraphQL name of a stored property, and its value as the log shows it."""
        field = type(self).model_fields.get(name)
        return to_camel(name), shown(value, number=field is not None and Decimal in parts(field))


def _description(base: type, name: str) -> str | None:
    field = base.model_fields.get(name) if issubclass(base, BaseModel) else None
    return field.description if field else None


def _with_limits(field: FieldInfo) -> str | None:
    validators = [part.func for part in parts(field) if isinstance(part, AfterValidator)]
    limits = [validator.words for validator in validators if isinstance(validator, Limit)]
    # Before the Chinese term, which every description ends with.
    said, bracket, term = (field.description or "").rpartition(" (")
    return "; ".join([said, *limits]) + bracket + term if limits and said else field.description


def references(given: Fields, *path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The ids that an input names, each with the path of its field in GraphQL names."""
    for name, field in type(given).model_fields.items():
        yield from _references(getattr(given, name), _ID in parts(field), (*path, field.alias or to_camel(name)))


def _references(value: object, are_ids: bool, path: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if isinstance(value, Fields):
        yield from references(value, *path)
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _references(item, are_ids, (*path, str(place)))
    elif isinstance(value, str) and are_ids:
        yield value, path


def replaced(given: Fields, others: Mapping[str, str]) -> Any:
    """The same input with other ids in the place of some."""
    values = {name: _replaced(getattr(given, name), _ID in parts(field), others) for name, field in type(given).model_fields.items()}
    return given.model_copy(update={name: value for name, value in values.items() if value is not getattr(given, name)})


def _replaced(value: Any, are_ids: bool, others: Mapping[str, str]) -> Any:
    if isinstance(value, Fields):
        return replaced(value, others)
    if isinstance(value, list | tuple):
        return type(value)(_replaced(item, are_ids, others) for item in value)
    return others.get(value, value) if are_ids and isinstance(value, str) else value


@cache
def properties(model: type[Fields]) -> tuple[str, ...]:
    """Those fields that are properties of the object itself: no references, versions, keys, or parts with fields of their own."""
    return tuple(name for name, field in model.model_fields.items() if not any(_elsewhere(part) for part in parts(field)))


def _elsewhere(part: object) -> bool:
    return part is ASIDE or (isinstance(part, type) and issubclass(part, Fields))


def parts(annotation: object) -> Iterator[object]:
    """Whatever a field is annotated with: types, validators, marks."""
    yield annotation
    if isinstance(annotation, FieldInfo):
        yield from annotation.metadata
        yield from parts(annotation.annotation)
    elif get_origin(annotation) is Annotated:
        yield from get_args(annotation)[1:]
        yield from parts(get_args(annotation)[0])
    else:
        for argument in get_args(annotation):
            yield from parts(argument)


class Create(Fields):
    """A creation, which a client may safely send twice."""

    idempotency_key: Annotated[str, text(200), ASIDE] | None = Field(
        default=None,
        description="The same key with the same input gives the same object, for 30 days (幂等键)",
    )


class Update(Fields):
    """A change: what is absent stays, null clears."""

    id: Id = Field(description="What to change (对象标识)")
    version: Version = Field(description="The version last seen; another one is Stale (版本)")


class Reference(Fields):
    """One object, to delete or to restore."""

    id: Id = Field(description="Which one (对象标识)")
    version: Version | None = Field(default=None, description="The version last seen, if it matters (版本)")


class Ending(Fields):
    """The end of a period."""

    id: Id = Field(description="Which one (对象标识)")
    until: Day | None = Field(default=None, description="The first day on which it is over; today if absent (结束日期，不含当日)")
