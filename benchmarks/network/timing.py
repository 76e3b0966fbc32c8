"""How long each of some functions takes. Standard library only: the peers' environment has nothing of ours."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

REPEATS, ENOUGH = 3, 5.0


def tell(build: Callable[[], Any], algorithms: Mapping[str, Callable[[Any], Any]]) -> None:
    """Prints a line of JSON for each: the least of three times in seconds, of one alone where that is long; and the memory at the end."""
    graph = build()
    _say("build", build)
    for name, algorithm in algorithms.items():
        _say(name, partial(algorithm, graph))
    print(json.dumps({"memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)


def _say(name: str, run: Callable[[], Any]) -> None:
    times: list[float] = []
    try:
        while len(times) < REPEATS and sum(times) < ENOUGH:
            began = time.perf_counter()
            run()
            times.append(time.perf_counter() - began)
    except Exception:
        return
    print(json.dumps({name: min(times)}), flush=True)
