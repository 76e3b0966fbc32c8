"""How long each of some functions takes. Standard library only: the peers' environment has nothing of ours."""

from __future__ import annotations

import json
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

REPEATS, ENOUGH, LIMIT = 3, 5.0, 100


def tell(build: Callable[[], Any], algorithms: Mapping[str, Callable[[Any], Any]]) -> None:
    """Prints a line of JSON for each: the least of three times in seconds, of one alone where that is long; and the memory at the end.

    What takes more than `LIMIT` seconds is stopped, as soon as the interpreter has a say, and told as null.
    """
    signal.signal(signal.SIGALRM, _stop)
    graph = build()
    _say("build", build)
    for name, algorithm in algorithms.items():
        _say(name, partial(algorithm, graph))
    say("memory, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def say(name: str, figure: float | None) -> None:
    print(json.dumps({name: figure}), flush=True)


def _say(name: str, run: Callable[[], Any]) -> None:
    times: list[float] = []
    signal.alarm(LIMIT)
    try:
        while len(times) < REPEATS and sum(times) < ENOUGH:
            began = time.perf_counter()
            run()
            times.append(time.perf_counter() - began)
    except TimeoutError:
        pass
    except Exception as error:
        print(f"{sys.argv[0]} {sys.argv[1]}: {name}: {error!r}", file=sys.stderr)
        return
    finally:
        signal.alarm(0)
    say(name, min(times, default=None))


def _stop(*_: object) -> None:
    raise TimeoutError
