"""Runs the benchmarks named on the command line, or all: `python -m benchmarks reads network`. Options: `python -m benchmarks.reads -h`."""

from __future__ import annotations

import importlib
import sys

NAMES = ("reads", "import_rate", "score_rate", "introductions", "busy", "network")


def main(names: list[str]) -> int:
    if unknown := sorted(set(names) - set(NAMES)):
        print(f"There is no benchmark {unknown[0]}: {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    for name in names or NAMES:
        # Their options are their own; the names here are none of them.
        sys.argv = [f"benchmarks.{name}"]
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
