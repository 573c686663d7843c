"""The version of xlcalc; the build and `--version` read it here."""

__version__ = "0.2.0"

RELEASES = ("0.1", "0.2")
"""The releases, each by its minor version; the last one is in the making, or the newest."""
