"""Hostile inputs by the million: what must hold for any of them.

`python -m tests.fuzz --seconds N --target NAME` tries inputs; `tests/test_fuzz.py` tries a few, and
all that were found.
"""
