"""Where compiled kernels are kept: as numba does it, only that a folder which cannot be written to, or not any more, stops nothing.

What was compiled ahead is read from there all the same, as in an image whose file system is read-only; the rest is compiled anew each time.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import cache
from typing import Any

from numba.core.caching import CompileResultCacheImpl, FunctionCache, InTreeCacheLocator, UserProvidedCacheLocator

__all__ = ["Kept"]

log = logging.getLogger(__name__)


@cache
def _tell() -> None:
    """Once a process: what runs now takes longer than it will the next time."""
    log.info("compiling what the network engine needs, once on this machine; `guanxi doctor --warm` compiles all of it ahead")


class _Given(UserProvidedCacheLocator):
    def ensure_cache_path(self) -> None:
        """Reading is enough."""


class _Beside(InTreeCacheLocator):
    def ensure_cache_path(self) -> None:
        """Reading is enough."""


class _Places(CompileResultCacheImpl):
    _locator_classes = [*CompileResultCacheImpl._locator_classes, _Given, _Beside]  # noqa: RUF012 (as declared there)


class Kept(FunctionCache):
    """The compiled forms of one function; RuntimeError where it has no file of source."""

    _impl_class = _Places

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        found = None
        with suppress(OSError):
            found = super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        if found is None:
            _tell()
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
