"""What is wrong with a cell or a row of a catalogue file?

The functions return a reason, or nothing. `reader` puts the file, the line and the column before
it; the tests hold the bundled files against the same checks.
"""

import math
import re

from xlcalc.catalogue.dates import period
from xlcalc.errors import suggestion

CONFIDENCES = ("high", "med", "low")
DATES = frozenset(("date", "valid_from", "valid_to", "as_of", "released"))
_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW
KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD
NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED
VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
"""The codes of ISO 4217 for money that circulates."""
TERMS = {
    "on-demand": "on-demand",
    "on-demand range": "on-demand",
    "spot": "spot",
    "reserved": "reserved",
    "reserved block": "reserved",
    "1-year commitment": "1-year",
    "3-year commitment": "3-year",
    "marketplace": "marketplace",
    "serverless": "serverless",
}
"""The words after "/chip-hour" in a unit, and the terms that they are."""
DIRECTIONS = (
    *("input", "output", "cache_read", "cache_write", "cache_write_1h"),
    *("input_batch", "output_batch", "input_audio", "output_audio"),
)
"""What a token price is asked for."""
METRICS = {"carbon": "gCO2e/kWh", "water": "L/kWh"}
"""What is known of a grid, and the unit that it has."""
_UNITS = {
    "gpu_rental": tuple(f"/chip-hour {words}" for words in TERMS),
    "gpu_purchase": ("/unit", "/unit used", "/unit in a server"),
    "power": ("/kWh",),
    "api_token": ("/1M tokens",),
}
_PLAIN_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def number_problem(cell: str) -> str:
    """Return why a cell is no figure of the catalogue; 1_000 and 0x10 are none, as in Excel."""
    if not _PLAIN_NUMBER.fullmatch(cell) and cell.lower() not in {"nan", "inf", "-inf"}:
        return f'must be a number, got "{cell}"'
    number = float(cell)
    if not math.isfinite(number) or number < 0.0:
        return f"must be a finite number from 0, got {cell}"
    return ""


def text_problem(column: str, cell: str) -> str:
    """Return why a text does not belong into a column."""
    if column == "confidence" and cell not in CONFIDENCES:
        return f'must be high, med or low, got "{cell}"'
    if column in {"currency", "from_currency", "to_currency"} and cell not in CURRENCIES:
        return f'must be a code of three letters, as USD, got "{cell}"'
    if column == "direction" and cell not in DIRECTIONS:
        return f'must be one of {", ".join(DIRECTIONS)}, got "{cell}"'
    if column == "category" and cell not in {*_UNITS, "pue"}:
        known = (*_UNITS, "pue")
        return f'must be one of {", ".join(known)}, got "{cell}"{suggestion(cell, known)}'
    if column in DATES:
        try:
            period(cell)
        except ValueError:
            return f'must be a date, as 2026-05-31, 2026-05 or 2026, got "{cell}"'
    return ""


def grid_problem(metric: str, unit: str) -> str:
    """Return why a grid's metric is none, or its unit is not that of the metric."""
    if metric not in METRICS:
        known = ", ".join(METRICS)
        return f'column metric: must be one of {known}, got "{metric}"{suggestion(metric, METRICS)}'
    if unit != METRICS[metric]:
        return f'column unit: must be "{METRICS[metric]}" for {metric}, got "{unit}"'
    return ""


def price_problem(category: str, unit: str, currency: str) -> str:
    """Return why the unit of a price is not that of its category and its currency."""
    if category == "pue":
        return "" if unit == "ratio" else f'unit must be "ratio" for a PUE, got "{unit}"'
    if unit not in {currency + ending for ending in _UNITS[category]}:
        allowed = ", ".join(f'"{currency}{ending}"' for ending in _UNITS[category])
        return f'unit must be one of {allowed} for {category} in {currency}, got "{unit}"'
    return ""
