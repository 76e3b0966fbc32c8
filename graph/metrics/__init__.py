"""Metrics as pure functions over numbers and sequences: no driver, no API."""
