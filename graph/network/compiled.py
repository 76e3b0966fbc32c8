"""Kernels: functions over arrays, compiled to machine code at their first call and kept on disk.

They hold no lock of the interpreter, so that threads run side by side. The compiler is imported with the first call: a command that
analyses nothing does not pay for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, ParamSpec, TypeVar, cast

__all__ = ["KERNELS", "kernel"]

P = ParamSpec("P")
T = TypeVar("T")

# Two threads may call a kernel first.
_binding = threading.RLock()
KERNELS: list[_Kernel[..., Any]] = []


class _Kernel(Generic[P, T]):
    def __init__(self, function: Callable[P, T]) -> None:
        self.function = function
        self._compiled: Callable[P, T] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.compiled(*args, **kwargs)

    @property
    def compiled(self) -> Callable[P, T]:
        with _binding:
            if self._compiled is None:
                self._compiled = self._bound()
            return self._compiled

    def _bound(self) -> Callable[P, T]:
        around = self.function.__globals__
        # Compiled code calls compiled code: the names it uses must stand for that.
        for name in self.function.__code__.co_names:
            if isinstance(around.get(name), _Kernel):
                around[name] = around[name].compiled
        return _compiler(self.function)


def _compiler(function: Callable[P, T]) -> Callable[P, T]:
    import numba

    from graph.network.kept import Kept

    made: Any = numba.njit(nogil=True, error_model="numpy")(function)
    # Without a file of its source it is kept nowhere.
    with suppress(RuntimeError):
        made._cache = Kept(function)  # type: ignore[no-untyped-call]
    return cast(Callable[P, T], made)


def kernel(function: Callable[P, T]) -> Callable[P, T]:
    """Has a function compiled by numba when it is first called: arrays and numbers in, arrays and numbers out."""
    made = _Kernel(function)
    KERNELS.append(made)
    return cast(Callable[P, T], made)
