"""Compiled kernels where they can be kept, where they can only be read, and where they can be neither."""

from __future__ import annotations

import errno
import importlib.util
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Never

import pytest
from numba import config
from numba.core.caching import CompileResultCacheImpl, IndexDataCacheFile, InTreeCacheLocator

from graph.network import kept
from graph.network.compiled import kernel

SOURCE = """
from graph.network.compiled import kernel

def double(number):
    return number * 2

double = kernel(double)
"""


@pytest.fixture(autouse=True)
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels of these tests are none of the product's."""
    monkeypatch.setattr("graph.network.compiled.KERNELS", [])


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Gives a kernel of a file in an empty folder, as a process of its own would find it; the kept ones are beside it."""
    monkeypatch.setattr(config, "CACHE_DIR", "")
    (tmp_path / "kernels.py").write_text(SOURCE)
    return lambda: _module(tmp_path / "kernels.py").double


def _module(path: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location("kernels", path)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _kept(folder: Path) -> set[str]:
    return {path.suffix for path in folder.rglob("*.nb?")}


def _hits(made: Any) -> int:
    return sum(made.compiled.stats.cache_hits.values())


def _refuse(*_: object) -> Never:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


@pytest.fixture
def read_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From its call on, no folder takes anything; the tests may run as a user whom no mode of a folder stops."""

    def begin() -> None:
        for place in CompileResultCacheImpl._locator_classes:
            monkeypatch.setattr(place, "ensure_cache_path", _refuse)
        monkeypatch.setattr(IndexDataCacheFile, "_open_for_write", _refuse)

    return begin


def test_a_kernel_is_compiled_once_and_kept(fresh: Callable[[], Any], tmp_path: Path) -> None:
    first, second = fresh(), fresh()
    assert (first(21), _hits(first)) == (42, 0)
    assert _kept(tmp_path) == {".nbi", ".nbc"}
    assert (second(21), _hits(second)) == (42, 1)


def test_who_waits_for_the_compiler_is_told_once(fresh: Callable[[], Any], caplog: pytest.LogCaptureFixture) -> None:
    def lines() -> int:
        return sum("doctor --warm" in record.message for record in caplog.records)

    kept._tell.cache_clear()
    caplog.set_level(logging.INFO, "graph.network.kept")
    made = fresh()
    made(21)
    made(0.5)
    assert lines() == 1
    kept._tell.cache_clear()
    fresh()(21)
    assert lines() == 1


def test_where_nothing_can_be_written_it_is_compiled_all_the_same(
    fresh: Callable[[], Any], read_only: Callable[[], None], tmp_path: Path
) -> None:
    read_only()
    made = fresh()
    assert (made(21), _hits(made)) == (42, 0)
    assert _kept(tmp_path) == set()


def test_what_was_compiled_ahead_is_read_where_nothing_can_be_written(fresh: Callable[[], Any], read_only: Callable[[], None]) -> None:
    fresh()(21)
    read_only()
    made = fresh()
    assert (made(21), _hits(made)) == (42, 1)
    assert (made(0.5), _hits(made)) == (1.0, 1)


def test_a_folder_that_was_named_is_read_though_it_cannot_be_written(
    fresh: Callable[[], Any], read_only: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path / "named"))
    fresh()(21)
    assert _kept(tmp_path / "named") == {".nbi", ".nbc"}
    read_only()
    made = fresh()
    assert (made(21), _hits(made)) == (42, 1)


def test_a_folder_that_is_gone_since_stops_nothing(fresh: Callable[[], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = fresh()
    assert made(21) == 42
    shutil.rmtree(tmp_path / "__pycache__")
    monkeypatch.setattr(InTreeCacheLocator, "ensure_cache_path", _refuse)
    assert made(0.5) == 1.0


def test_a_kernel_without_a_file_is_compiled() -> None:
    names: dict[str, Any] = {}
    exec("def half(number):\n    return number / 2", names)
    assert kernel(names["half"])(5) == 2.5
