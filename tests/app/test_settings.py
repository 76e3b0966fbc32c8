"""Settings: where they come from, which wins, and what stops the start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app import settings
from app.settings import BadSetting, Settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No setting from outside; a folder without `.env`."""
    import os

    for name in [name for name in os.environ if name.startswith("GUANXI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_need_nothing() -> None:
    given = settings.load()
    assert (given.host, given.port, given.data, given.neo4j_uri, given.region) == ("127.0.0.1", 8000, Path("var"), None, "CN")


def test_flags_win_over_environment_over_dotenv(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (bare / ".env").write_text("GUANXI_PORT=1\nGUANXI_COMPANY=灯塔\nGUANXI_LANGUAGE=zh\nNEO4J_AUTH=somebody else's\n")
    monkeypatch.setenv("GUANXI_PORT", "2")
    monkeypatch.setenv("GUANXI_COMPANY", "Lighthouse")
    given = settings.load({"port": 3, "company": None})
    assert (given.port, given.company, given.language) == (3, "Lighthouse", "zh")


def test_frozen() -> None:
    with pytest.raises(ValidationError):
        settings.load().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("GUANXI_PROT", "8000", "GUANXI_PROT: there is no such setting; did you mean GUANXI_PORT?"),
        ("GUANXI_WHATEVER_THIS_IS", "", "GUANXI_WHATEVER_THIS_IS: there is no such setting; did you mean GUANXI_"),
        ("GUANXI_LOGLEVEL", "info", "GUANXI_LOGLEVEL: there is no such setting; did you mean GUANXI_LOG?"),
        ("GUANXI_PORT", "http", "GUANXI_PORT: should be a whole number"),
        ("GUANXI_PORT", "70000", "GUANXI_PORT: should be 65535 or less"),
        ("GUANXI_PORT", "-1", "GUANXI_PORT: should be 0 or more"),
        ("GUANXI_REGION", "China", "GUANXI_REGION: should be a region"),
        ("GUANXI_TIME_ZONE", "Mars/Olympus", "GUANXI_TIME_ZONE: should be a time zone"),
        ("GUANXI_CURRENCY", "¥", "GUANXI_CURRENCY: should be an ISO 4217"),
        ("GUANXI_LANGUAGE", "fr", "GUANXI_LANGUAGE: should be 'en' or 'zh'"),
        ("GUANXI_LOG", "loud", "GUANXI_LOG: should be 'debug', 'info', 'warning' or 'error'"),
        ("GUANXI_LOG_FORMAT", "xml", "GUANXI_LOG_FORMAT: should be 'text' or 'json'"),
        ("GUANXI_NEO4J_URI", "http://localhost:7474", "GUANXI_NEO4J_URI: should look like neo4j://"),
        ("GUANXI_NEO4J_URI", "neo4j", "GUANXI_NEO4J_URI: should look like neo4j://"),
        ("GUANXI_NEO4J_URI", "neo4j://", "GUANXI_NEO4J_URI: should look like neo4j://"),
        ("GUANXI_NEO4J_URI", "://localhost", "GUANXI_NEO4J_URI: should look like neo4j://"),
        ("GUANXI_NEO4J_URI", "bolt+x://localhost", "GUANXI_NEO4J_URI: should look like neo4j://"),
        ("GUANXI_NEO4J_URI", "NEO4J://localhost", "GUANXI_NEO4J_URI: should look like neo4j://"),
        (
            "GUANXI_NEO4J_URI",
            "neo4j://neo4j:hush@db:7687",
            "GUANXI_NEO4J_URI: names a user; give it as GUANXI_NEO4J_USER and GUANXI_NEO4J_PASSWORD",
        ),
        ("GUANXI_NEO4J_URI", "bolt+s://neo4j@db", "GUANXI_NEO4J_URI: names a user; give it as GUANXI_NEO4J_USER and GUANXI_NEO4J_PASSWORD"),
        (
            "GUANXI_NEO4J_URI",
            "bolt://neo4j:hu/sh@db",
            "GUANXI_NEO4J_URI: names a user; give it as GUANXI_NEO4J_USER and GUANXI_NEO4J_PASSWORD",
        ),
        ("GUANXI_PORT", "8000.5", "GUANXI_PORT: should be a whole number"),
        ("GUANXI_PORT", "65536", "GUANXI_PORT: should be 65535 or less"),
        ("GUANXI_REGION", "cn", "GUANXI_REGION: should be a region"),
        ("GUANXI_CURRENCY", "cny", "GUANXI_CURRENCY: should be an ISO 4217"),
        ("GUANXI_TIME_ZONE", "asia/shanghai", "GUANXI_TIME_ZONE: should be a time zone"),
        ("GUANXI_LOG", "INFO", "GUANXI_LOG: should be 'debug', 'info', 'warning' or 'error'"),
        ("guanxi_prot", "1", "guanxi_prot: there is no such setting; did you mean GUANXI_PORT?"),
        ("GUANXI_", "1", "GUANXI_: there is no such setting; did you mean GUANXI_"),
        ("GUANXI_COMPANY", "   ", "GUANXI_COMPANY: should not be empty"),
        ("GUANXI_COMPANY", "x" * 201, "GUANXI_COMPANY: should have at most 200 characters"),
        ("GUANXI_HEAVY_RUNS", "0", "GUANXI_HEAVY_RUNS: should be 1 or more"),
        ("GUANXI_KEPT_RUNS", "none", "GUANXI_KEPT_RUNS: should be a whole number"),
        ("GUANXI_ENGINE_MEMORY", "255", "GUANXI_ENGINE_MEMORY: should be 256 or more"),
        ("GUANXI_NETWORK_MEMORY", "0", "GUANXI_NETWORK_MEMORY: should be 1 or more"),
        ("GUANXI_INSECURE_BIND", "perhaps", "GUANXI_INSECURE_BIND: should be 1 or 0"),
    ],
)
def test_wrong_ones_are_named_in_one_line(name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSetting) as raised:
        settings.load()
    assert str(raised.value).startswith(says)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("GUANXI_PORT", "0", 0),
        ("GUANXI_PORT", "65535", 65535),
        ("GUANXI_DATA", "/somewhere/else", Path("/somewhere/else")),
        ("GUANXI_REGION", "DE", "DE"),
        ("GUANXI_TIME_ZONE", "UTC", "UTC"),
        ("GUANXI_CURRENCY", "EUR", "EUR"),
        ("GUANXI_LANGUAGE", "zh", "zh"),
        ("GUANXI_LOG", "error", "error"),
        ("GUANXI_LOG_FORMAT", "json", "json"),
        ("GUANXI_COMPANY", " " + "观" * 200 + " ", "观" * 200),
        ("GUANXI_INSECURE_BIND", "1", True),
        ("GUANXI_INSECURE_BIND", "0", False),
        ("GUANXI_ALLOWED_HOSTS", " CRM.example.com ,, b ", ("crm.example.com", "b")),
        (
            "GUANXI_ORIGINS",
            "http://LocalHost:5173, https://crm.example.com,http://[::1]:80",
            ("http://localhost:5173", "https://crm.example.com", "http://[::1]:80"),
        ),
        *(("GUANXI_NEO4J_URI", f"{scheme}://host:7687", f"{scheme}://host:7687") for scheme in settings.NEO4J_SCHEMES),
    ],
)
def test_right_ones_are_taken_from_the_environment_and_the_file(
    bare: Path, name: str, value: str, stored: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = name.removeprefix("GUANXI_").lower()
    (bare / "some.env").write_text(f"{name}='{value}'\n")
    assert getattr(settings.load(dotenv=bare / "some.env"), field) == stored
    monkeypatch.setenv(name, value)
    assert getattr(settings.load(), field) == stored


@pytest.mark.parametrize("name", ["PORT", "REGION", "NEO4J_URI", "COMPANY", "ALLOWED_HOSTS", "INSECURE_BIND"])
def test_an_empty_one_is_not_set(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = settings.load()
    monkeypatch.setenv(f"GUANXI_{name}", "")
    assert settings.load() == usual


def test_all_that_is_wrong_is_told_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_PORT", "sesame")
    monkeypatch.setenv("GUANXI_REGION", "sesame")
    with pytest.raises(BadSetting) as raised:
        settings.load()
    assert {part.split(":")[0] for part in str(raised.value).split("; ")} == {"GUANXI_PORT", "GUANXI_REGION"}
    assert "sesame" not in str(raised.value)


def test_a_flag_is_checked_like_a_setting() -> None:
    with pytest.raises(BadSetting, match="GUANXI_PORT: should be 65535 or less"):
        settings.load({"port": 65_536})
    assert settings.load({"port": None, "data": None}) == settings.load()


def test_a_wrong_name_in_dotenv_is_found_too(bare: Path) -> None:
    (bare / ".env").write_text("GUANXI_NEO4J_PASWORD=secret\n")
    with pytest.raises(BadSetting, match="GUANXI_NEO4J_PASWORD.*GUANXI_NEO4J_PASSWORD") as raised:
        settings.load()
    assert "secret" not in str(raised.value)


def test_names_for_tests_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_TEST_NEO4J_URI", "bolt://127.0.0.1:7687")
    settings.load()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.8", "::1", "localhost"])
def test_loopback_needs_no_leave(host: str) -> None:
    assert not settings.load({"host": host}).listens_beyond_this_machine


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "crm.example.com"])
def test_other_addresses_need_leave(host: str) -> None:
    with pytest.raises(BadSetting, match="GUANXI_HOST.*GUANXI_INSECURE_BIND=1"):
        settings.load({"host": host})
    assert settings.load({"host": host, "insecure_bind": True}).host == host


def test_allowed_hosts_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_ALLOWED_HOSTS", "crm.example.com, Guanxi,")
    assert settings.load().allowed_hosts == ("crm.example.com", "guanxi")


@pytest.mark.parametrize(
    "value", ["*", "https://*.example.com", "localhost:5173", "http://localhost:5173/", "null", "ftp://x", "http://a b"]
)
def test_origins_are_exact(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_ORIGINS", f"http://localhost:5173,{value}")
    with pytest.raises(BadSetting, match=r"^GUANXI_ORIGINS: should be exact origins by commas, such as http://localhost:5173"):
        settings.load()


def test_a_password_does_not_show() -> None:
    given = settings.load({"neo4j_password": "open sesame"})
    assert "sesame" not in repr(given)
    assert given.neo4j_password.get_secret_value() == "open sesame"


ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("file", [".env.example", "docker-compose.yml", "Dockerfile"])
def test_what_ships_names_settings_that_exist(file: str) -> None:
    names = set(re.findall(r"GUANXI_[A-Z0-9_]+", (ROOT / file).read_text()))
    assert names
    assert {name.removeprefix("GUANXI_").lower() for name in names} <= set(Settings.model_fields)


def test_the_example_shows_every_setting_and_its_default(bare: Path) -> None:
    lines = re.findall(r"^#?(GUANXI_\w+=.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert {line.partition("=")[0].removeprefix("GUANXI_").lower() for line in lines} == set(Settings.model_fields)
    (bare / ".env").write_text("\n".join(line for line in lines if "NEO4J_URI" not in line))
    assert settings.load() == settings.load(dotenv=bare / "nothing")


def test_compose_passes_on_what_the_example_lets_one_set() -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    passed = set(re.findall(r"^      (GUANXI_[A-Z0-9_]+): ", compose, re.MULTILINE))
    # The port is what is published; the server, its user and database are those of compose, and the engine is not the embedded one.
    elsewhere = {"PORT", "NEO4J_USER", "NEO4J_DATABASE", "DATA", "ENGINE_MEMORY"}
    assert {name.removeprefix("GUANXI_") for name in passed} == {name.upper() for name in Settings.model_fields} - elsewhere
    for name, default in re.findall(r"\$\{GUANXI_([A-Z0-9_]+):-(.*?)\}", compose):
        field = Settings.model_fields[name.lower()]
        assert default == ("" if field.default == () else str(field.default)), name


def test_an_image_that_runs_by_itself_is_open_as_its_file_says(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = re.findall(r"^#   docker run .*$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for name, value in re.findall(r"-e (\w+)=(\S+)", line):
        monkeypatch.setenv(name, value)
    assert settings.load().listens_beyond_this_machine
