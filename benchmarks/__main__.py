"""Runs the benchmarks named on the command line, or all: `python -m benchmarks reads network`."""

from __future__ import annotations

import importlib
import sys

NAMES = ("reads", "import_rate", "score_rate", "introductions", "busy", "network")


def main(names: list[str]) -> int:
    for name in names or NAMES:
        if name not in NAMES:
            print(f"There is no benchmark {name}: {', '.join(NAMES)}.", file=sys.stderr)
            return 2
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
