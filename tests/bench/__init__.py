"""Benchmarks: `python3 run.py bench` runs them and prints one table; nothing here is asserted."""
