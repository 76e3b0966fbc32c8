"""What is written over the algorithms: each says what it costs in time and memory, and shows an example that holds."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import graph.network
from graph.network import Network

MODULES = [graph.network, *(importlib.import_module(each.name) for each in pkgutil.iter_modules(graph.network.__path__, "graph.network."))]


def public(module: ModuleType) -> list[Callable[..., Any]]:
    """The functions that a module offers and that take a network."""
    offered = (getattr(module, name) for name in getattr(module, "__all__", ()))
    own = [each for each in offered if inspect.isfunction(each) and each.__module__ == module.__name__]
    return [each for each in own if any("Network" in str(given.annotation) for given in inspect.signature(each).parameters.values())]


ALGORITHMS = [Network.of, graph.network.strongest, *(each for module in MODULES for each in public(module))]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_examples_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda each: f"{each.__module__}.{each.__qualname__}")
def test_an_algorithm_says_what_it_costs_and_shows_an_example(algorithm: Callable[..., Any]) -> None:
    said = inspect.getdoc(algorithm) or ""
    missing = [each for each in (">>> ", "O(", "memory") if each.lower() not in said.lower()]
    assert not missing


def test_no_algorithm_is_overlooked() -> None:
    assert len(ALGORITHMS) >= 40
