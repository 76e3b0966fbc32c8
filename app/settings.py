"""What can be set: `GUANXI_*` in the environment or in `.env`, and flags, which win. Built once, frozen, passed down."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from babel.numbers import list_currencies
from dotenv import dotenv_values
from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

__all__ = ["BadSetting", "Settings", "load"]

PREFIX = "GUANXI_"
NEO4J_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")
# What pydantic says of a value, in words of ours.
_WORDS = {
    "int_parsing": "should be a whole number",
    "greater_than_equal": "should be {ge} or more",
    "less_than_equal": "should be {le} or less",
    "bool_parsing": "should be 1 or 0",
    "literal_error": "should be {expected}",
    "string_too_short": "should not be empty",
    "string_too_long": "should have at most {max_length} characters",
}


class BadSetting(Exception):
    """A setting that is unknown or malformed; the message is one line that names it."""


def _region(value: str) -> str:
    return _one_of(value, SUPPORTED_REGIONS, "a region such as CN, DE or US")


def _time_zone(value: str) -> str:
    return _one_of(value, available_timezones(), "a time zone such as Asia/Shanghai or UTC")


def _currency(value: str) -> str:
    return _one_of(value, list_currencies(), "an ISO 4217 currency such as CNY")


def _one_of(value: str, known: Iterable[str], what: str) -> str:
    if value not in known:
        raise ValueError(f"should be {what}")
    return value


def _neo4j_uri(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if not (separator and rest and scheme in NEO4J_SCHEMES):
        raise ValueError(f"should look like neo4j://host:7687 ({', '.join(NEO4J_SCHEMES)})")
    if "@" in rest:
        raise ValueError("names a user; give it as GUANXI_NEO4J_USER and GUANXI_NEO4J_PASSWORD, which are not logged")
    return value


def _names(value: str | tuple[str, ...]) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    return tuple(name.strip().lower() for name in names if name.strip())


def _origins(values: tuple[str, ...]) -> tuple[str, ...]:
    if not all(_ORIGIN.fullmatch(value) for value in values):
        raise ValueError("should be exact origins by commas, such as http://localhost:5173, without a path; * is none")
    return values


class Settings(BaseSettings):
    """Everything that can be set, with its default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    host: Annotated[str, Field(min_length=1, description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="port to listen on; 0 takes a free one")] = 8000
    data: Annotated[Path, Field(description="folder of the embedded engine, and of what processes share")] = Path("var")
    engine_memory: Annotated[int, Field(ge=256, description="megabytes of the embedded engine")] = 768
    neo4j_uri: Annotated[str, AfterValidator(_neo4j_uri), Field(description="use this server, not the embedded engine")] | None = None
    neo4j_user: str = "neo4j"
    neo4j_password: SecretStr = SecretStr("")
    neo4j_database: str = "neo4j"
    region: Annotated[str, AfterValidator(_region), Field(description="of phone numbers without a country code")] = "CN"
    time_zone: Annotated[str, AfterValidator(_time_zone), Field(description="whose days count")] = "Asia/Shanghai"
    currency: Annotated[str, AfterValidator(_currency), Field(description="to report in")] = "CNY"
    language: Annotated[Literal["en", "zh"], Field(description="of those who name none")] = "en"
    log: Annotated[Literal["debug", "info", "warning", "error"], Field(description="least level that is logged")] = "info"
    log_format: Literal["text", "json"] = "text"
    company: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Field(description="our name")] = (
        "Guanxi"
    )
    heavy_runs: Annotated[int, Field(ge=1, le=64, description="so many heavy analyses at once, over all servers of the database")] = 1
    kept_runs: Annotated[int, Field(ge=1, le=10_000, description="so many ended runs of each analysis are kept")] = 20
    run_seconds: Annotated[int, Field(ge=1, le=86_400, description="seconds in which an analysis has read and computed, or fails")] = 600
    network_memory: Annotated[int, Field(ge=1, description="megabytes that the network of acquaintances, or a run on it, may take")] = 2_000
    insecure_bind: Annotated[bool, Field(description="listen beyond this machine, without authentication")] = False
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_names), Field(description="further names in Host headers")] = ()
    origins: Annotated[
        tuple[str, ...],
        NoDecode,
        BeforeValidator(_names),
        AfterValidator(_origins),
        Field(description="of pages elsewhere that may call the API in a browser"),
    ] = ()

    @property
    def listens_beyond_this_machine(self) -> bool:
        if self.host == "localhost":
            return False
        try:
            return not ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return True


def load(flags: Mapping[str, Any] | None = None, *, dotenv: Path = Path(".env")) -> Settings:
    """Settings of the file `dotenv`, over them the environment's, over them `flags`, where None is not given; BadSetting."""
    for name in (*os.environ, *dotenv_values(dotenv)):
        _known(name)
    try:
        settings = Settings(_env_file=dotenv, **{name: value for name, value in (flags or {}).items() if value is not None})
    except ValidationError as error:
        raise BadSetting("; ".join(_line(each) for each in error.errors())) from None
    if settings.listens_beyond_this_machine and not settings.insecure_bind:
        raise BadSetting(f"GUANXI_HOST: {settings.host} is open to other machines without authentication; GUANXI_INSECURE_BIND=1 allows it")
    return settings


def _known(name: str) -> None:
    field = name.upper().removeprefix(PREFIX).lower()
    if not name.upper().startswith(PREFIX) or field.startswith("test_") or field in Settings.model_fields:
        return
    (near,) = difflib.get_close_matches(field, Settings.model_fields, n=1, cutoff=0)
    raise BadSetting(f"{name}: there is no such setting; did you mean {PREFIX}{near.upper()}?")


def _line(error: ErrorDetails) -> str:
    # The value is left out: it may be a password.
    name = PREFIX + str(error["loc"][0]).upper()
    said = _WORDS[error["type"]].format_map(error.get("ctx", {})) if error["type"] in _WORDS else error["msg"].removeprefix("Value error, ")
    return f"{name}: {said}".replace("\n", " ")
