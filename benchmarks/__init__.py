"""Measurements against peers, each in one run, reported as ratios: `make bench`, or `python -m benchmarks NAME`."""
