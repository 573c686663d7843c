"""Files that tests write and read."""

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
