from __future__ import annotations

import importlib
import pkgutil

import graph.network
from graph.network.compiled import KERNELS
from graph.network.warm import warm


def test_every_kernel_is_compiled_ahead() -> None:
    for module in pkgutil.iter_modules(graph.network.__path__):
        importlib.import_module(f"graph.network.{module.name}")
    told: list[str] = []
    warm(told.append)
    assert told[0] == "rows"
    assert [each.function.__qualname__ for each in KERNELS if not each._compiled] == []
