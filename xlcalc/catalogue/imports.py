"""Which rows of a catalogue does a price list of others hold?

`read_source` takes a file that a person has fetched, and returns rows of token_prices.csv,
prices.csv or models.csv with source, date and licence. It reads files alone, and nothing from the
network. A date is what the file says of itself, or what the person says of it; never today.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlcalc.catalogue.reader import Row
from xlcalc.errors import CatalogueError, NotFoundError
from xlcalc.files import read_file

MILLION = 1e6


@dataclass(frozen=True)
class Asked:
    """What a person says of the file.

    Attributes
    ----------
    day : str
        The day of which the file speaks, for files that do not say it.
    provider : str
        Who rents out, for files that do not say it.
    find_gpu : callable
        Returns the row of an accelerator by a name that the file has.
    """

    day: str
    provider: str
    find_gpu: Callable[[str], Row]


@dataclass(frozen=True)
class Source:
    """A list of others: the catalogue file that it feeds, its page, its licence and its reader."""

    file: str
    page: str
    licence: str
    read: Callable[[Any, Asked], Iterator[dict[str, Any]]]
    is_csv: bool = False


def read_source(name: str, path: Path, asked: Asked) -> list[dict[str, str]]:
    """Return the rows that a file holds, as texts by column; each has an id of its own.

    Raises
    ------
    CatalogueError
        If the file is not of this source, has no rows, or no date is known of a row.
    """
    source = SOURCES[name]
    data = read_file(path)
    try:
        text = data.decode("utf-8-sig")
        content = list(csv.DictReader(io.StringIO(text))) if source.is_csv else json.loads(text)
        found = list(source.read(content, asked))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise CatalogueError(f"{path} is no file of {name}, or of a new form ({reason})") from None
    if not found:
        raise CatalogueError(f"{path} has no row of {name} that this catalogue can take")
    rows: dict[str, dict[str, str]] = {}
    for given in found:
        if source.file != "models.csv" and not given.get("date"):
            raise CatalogueError(f"{path} does not say of which day it is; say it by --date")
        row = {"source_url": source.page, "read_in": path.name, "licence": source.licence}
        row |= {column: _text(value) for column, value in given.items() if value not in (None, "")}
        row["id"] = f"{name}-{row['id']}".lower().replace(" ", "-")
        rows.setdefault(row["id"], row)
    return list(rows.values())


def _text(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _token_row(
    vendor: str, model: str, direction: str, per_million: Any, day: str, tier: int = 0
) -> dict[str, Any]:
    return {
        "id": f"{vendor}-{model}-{direction}" + (f"-{tier}" if tier else ""),
        "vendor": vendor,
        "model": model,
        "direction": direction,
        "tier_from_tokens": tier or None,
        "currency": "USD",
        "value": float(per_million),
        "date": day,
    }


_LITELLM = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "input_cost_per_token_batches": "input_batch",
    "output_cost_per_token_batches": "output_batch",
    "input_cost_per_audio_token": "input_audio",
    "output_cost_per_audio_token": "output_audio",
}
_ABOVE = re.compile(r"(\w+)_above_(\d+)k_tokens")


def _litellm(content: Any, asked: Asked) -> Iterator[dict[str, Any]]:
    """Read model_prices_and_context_window.json: dollars a token, without a date."""
    for model, entry in content.items():
        if model == "sample_spec":
            continue
        vendor = str(entry.get("litellm_provider", "unknown"))
        for key, price in entry.items():
            above = _ABOVE.fullmatch(key)
            direction = _LITELLM.get(above[1] if above else key)
            tier = int(above[2]) * 1000 + 1 if above else 0
            if direction and isinstance(price, int | float):
                yield _token_row(vendor, model, direction, price * MILLION, asked.day, tier)


_MODELS_DEV = ("input", "output", "cache_read", "cache_write", "input_audio", "output_audio")


def _models_dev(content: Any, asked: Asked) -> Iterator[dict[str, Any]]:
    """Read api.json of models.dev: dollars a million tokens, and when a model was looked at."""
    for provider in content.values():
        for model in provider["models"].values():
            cost = model.get("cost") or {}
            day = asked.day or str(model.get("last_updated", ""))
            above = cost.get("context_over_200k") or {}
            for prices, tier in ((cost, 0), (above, 200_001)):
                for direction in _MODELS_DEV:
                    price = prices.get(direction)
                    if price is not None:
                        yield _token_row(
                            provider["id"], model["id"], direction, price, day, tier
                        )  # fmt: skip


def _genai_prices(content: Any, asked: Asked) -> Iterator[dict[str, Any]]:
    """Read data.json of genai-prices: dollars a million tokens, tiers, and when it looked."""
    for provider in content:
        for model in provider["models"]:
            day = str(model.get("prices_checked") or asked.day)
            spans = model["prices"] if isinstance(model["prices"], list) else [model]
            for span in spans:
                first = str((span.get("constraint") or {}).get("start_date", ""))
                for key, price in span["prices"].items():
                    direction = key.removesuffix("_mtok")
                    if not key.endswith("_mtok") or direction not in _LITELLM.values():
                        continue
                    tiers = price.get("tiers", []) if isinstance(price, dict) else []
                    base = price["base"] if isinstance(price, dict) else price
                    for value, tier in (
                        (base, 0),
                        *((t["price"], int(t["start"]) + 1) for t in tiers),
                    ):
                        row = _token_row(provider["id"], model["id"], direction, value, day, tier)
                        if first:
                            row |= {"valid_from": first, "id": f"{row['id']}-{first}"}
                        yield row


def _rent(
    provider: str, gpu: Row, terms: str, value: float, currency: str, day: str, note: str
) -> dict[str, Any]:
    return {
        "id": f"{provider}-{gpu['id']}-{terms}",
        "category": "gpu_rental",
        "provider": provider,
        "item": gpu["id"],
        "unit": f"{currency}/chip-hour {terms}",
        "currency": currency,
        "value": value,
        "date": day,
        "notes": note,
    }


def _cheapest(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield of each provider, accelerator and terms the cheapest row: one of many regions."""
    best: dict[str, dict[str, Any]] = {}
    for row in rows:
        known = best.get(row["id"])
        if known is None or row["value"] < known["value"]:
            best[row["id"]] = row
    yield from best.values()


def _skypilot(content: Any, asked: Asked) -> Iterator[dict[str, Any]]:
    """Read vms.csv of a cloud: dollars an instance and hour, without a date or the cloud's name."""
    if not asked.provider:
        raise CatalogueError("the file does not name its cloud; say it by --provider")

    def rows() -> Iterator[dict[str, Any]]:
        for line in content:
            count = float(line["AcceleratorCount"] or 0)
            if not count:
                continue
            try:
                gpu = asked.find_gpu(line["AcceleratorName"])
            except NotFoundError:
                continue
            note = f"{line['InstanceType']}, {line['Region']}"
            for column, terms in (("Price", "on-demand"), ("SpotPrice", "spot")):
                if line[column]:
                    price = float(line[column]) / count
                    yield _rent(asked.provider, gpu, terms, price, "USD", asked.day, note)

    yield from _cheapest(rows())


_AZURE = {
    "Standard_NC4as_T4_v3": ("t4", 1),
    "Standard_NC24ads_A100_v4": ("a100-pcie-80", 1),
    "Standard_NC48ads_A100_v4": ("a100-pcie-80", 2),
    "Standard_NC96ads_A100_v4": ("a100-pcie-80", 4),
    "Standard_ND96asr_v4": ("a100-sxm-40", 8),
    "Standard_ND96amsr_A100_v4": ("a100-sxm-80", 8),
    "Standard_NC40ads_H100_v5": ("h100-nvl", 1),
    "Standard_NC80adis_H100_v5": ("h100-nvl", 2),
    "Standard_ND96isr_H100_v5": ("h100-sxm", 8),
    "Standard_ND96isr_H200_v5": ("h200-sxm", 8),
    "Standard_ND96isr_MI300X_v5": ("mi300x", 8),
}
"""The accelerators of Azure's machines, by Microsoft's pages of sizes, and how many of them."""
_YEAR_HOURS = 8760.0


def _azure(content: Any, asked: Asked) -> Iterator[dict[str, Any]]:
    """Read an answer of the Retail Prices API; a reservation is the price of its whole term."""

    def rows() -> Iterator[dict[str, Any]]:
        for item in content["Items"]:
            machine = _AZURE.get(str(item.get("armSkuName", "")))
            if machine is None or "Windows" in item["productName"]:
                continue
            spot = "Spot" in item["meterName"] or "Low Priority" in item["meterName"]
            price, terms = float(item["retailPrice"]), "spot" if spot else "on-demand"
            if item["type"] == "Reservation":
                years = int(item["reservationTerm"].partition(" ")[0])
                if years not in (1, 3):
                    continue
                price, terms = price / (years * _YEAR_HOURS), f"{years}-year commitment"
            elif item["type"] != "Consumption" or item["unitOfMeasure"] != "1 Hour":
                continue
            gpu, count = asked.find_gpu(machine[0]), machine[1]
            day = asked.day or str(item["effectiveStartDate"])[:10]
            note = f"{item['armSkuName']}, {item['armRegionName']}"
            money = str(item["currencyCode"])
            yield _rent("Microsoft Azure", gpu, terms, price / count, money, day, note)

    yield from _cheapest(rows())


def _epoch(content: Any, asked: Asked) -> Iterator[dict[str, Any]]:
    """Read a list of models of Epoch AI."""
    for line in content:
        name = line["Model"].strip()
        if not name:
            continue
        gpu = line.get("Training hardware", "")
        hours, count = line.get("Training time (hours)"), line.get("Hardware quantity")
        tokens = line.get("Training dataset size (total)") or line.get(
            "Training dataset size (datapoints)"
        )
        yield {
            "id": name,
            "name": name,
            "org": line.get("Organization"),
            "released": line.get("Publication date"),
            "total_params": _number(line.get("Parameters")),
            "train_tokens": _number(tokens),
            "train_flops_epoch": _number(line["Training compute (FLOP)"]),
            "gpu_hours_reported": float(hours) * float(count) if hours and count else None,
            "gpu_type": gpu.partition(",")[0],
            "as_of": asked.day,
            "notes": line.get("Link"),
        }


def _number(cell: str | None) -> float | None:
    return float(cell) if cell else None


SOURCES = {
    "litellm": Source("token_prices.csv", "https://github.com/BerriAI/litellm", "MIT", _litellm),
    "models-dev": Source("token_prices.csv", "https://models.dev", "MIT", _models_dev),
    "genai-prices": Source(
        "token_prices.csv", "https://github.com/pydantic/genai-prices", "MIT", _genai_prices
    ),
    "skypilot": Source(
        "prices.csv",
        "https://github.com/skypilot-org/skypilot-catalog",
        "Apache-2.0",
        _skypilot,
        is_csv=True,
    ),
    "azure": Source(
        "prices.csv",
        "https://prices.azure.com/api/retail/prices",
        "Microsoft's public price list",
        _azure,
    ),
    "epoch": Source(
        "models.csv", "https://epoch.ai/data", "CC BY 4.0 (Epoch AI)", _epoch, is_csv=True
    ),
}
"""The lists that can be read, by the name that the command takes."""
