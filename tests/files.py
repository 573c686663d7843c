"""Files that tests write and read."""

import json
from pathlib import Path

PRICES = "id,category,provider,item,unit,currency,value,date,source_url\n"
"""The header of a team's own list of prices."""


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder by name."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def own_price(folder: Path, price: float) -> Path:
    """Write a team's own catalogue, with its price of an H100, and return its folder."""
    folder.mkdir(exist_ok=True)
    row = f"ours,gpu_rental,Us,h100-sxm,USD/chip-hour on-demand,USD,{price},2026-11,memo\n"
    (folder / "prices.csv").write_text(PRICES + row)
    return folder


def scenario_lines(manifest: bytes) -> list[dict[str, object]]:
    """Return what a manifest says of each scenario, behind its first line about the run."""
    head, *lines = [json.loads(line) for line in manifest.splitlines()]
    assert {"run"} == head.keys()
    return lines
