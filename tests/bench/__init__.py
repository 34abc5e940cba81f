"""Benchmarks: commands that print ratios measured in one run; no test asserts a time."""
