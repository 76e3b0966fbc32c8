"""Analyses of the network (网络分析), each one decorated function in a module or package of its own; what stands here is found."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from graph.analyses.registry import ANALYSES, Analysis, find

__all__ = ["ANALYSES", "Analysis", "find"]

for _module in pkgutil.iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
