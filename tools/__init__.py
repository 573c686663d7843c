"""Makers of what is committed and generated: `python -m tools.NAME`."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
