"""What does a compute plan take for granted: inputs, cases, runs, batches, contracts, sources?

The tables of this module say it, a row for each input with name, default, unit and source.
"""

from dataclasses import dataclass
from datetime import date

from xlcalc import quantities as q
from xlcalc.catalogue.quotes import BASE
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.catalogues import gpu_entries
from xlcalc.templates.parts.figures import MONEY_FORMAT, PRICE_FORMAT, Group, Line, conversion
from xlcalc.templates.parts.money import currency_lines, rental_line

MONTHS = 36
ASSUMED = "An assumption of this template; set your own."
RUN_SOURCE = (
    "A made-up company of middle size. Traffic, runs, batches, contracts and cases are assumptions "
    "of this template; the machine's figures and prices are from the sheet Catalogue."
)

SWITCH = Quantity("1 or 0", at_least=0.0, at_most=1.0, whole=True, number_format="0")
PLAN_MONTH = Quantity(
    "month of the plan", at_least=1.0, at_most=float(MONTHS), whole=True, number_format="0"
)
LENGTH = Quantity("months", at_least=1.0, at_most=60.0, whole=True, number_format="0")
COUNT = Quantity("GPUs", at_least=0.0, whole=True, number_format="#,##0")
GROWTH = Quantity("a month", at_least=-0.5, at_most=1.0, number_format="0.0%")
FALL = Quantity("a year", at_least=-1.0, at_most=0.95, number_format="0.0%")
INTEREST = Quantity("a year", at_least=0.0, at_most=1.0, number_format="0.0%")
DATE = "date"

CASES = ("base", "upside", "downside")


@dataclass(frozen=True)
class Driver:
    """An input that differs from case to case."""

    label: str
    measure: Quantity
    name: str
    values: tuple[float, float, float]
    note: str
    unit: str = ""


DRIVERS = (
    Driver(
        "Users a day, first month",
        q.USERS,
        "daily_users",
        (1_000_000, 1_150_000, 850_000),
        "Users who send requests on an average day of the first month.",
    ),
    Driver(
        "Growth of traffic",
        GROWTH,
        "traffic_growth",
        (0.04, 0.05, 0.025),
        "Of the users a day, from month to month.",
    ),
    Driver(
        "Size of training runs",
        q.FACTOR,
        "run_size",
        (1.0, 0.95, 1.15),
        "Times the tokens of the sheet Runs: above 1 where runs are repeated or extended.",
    ),
    Driver(
        "Utilisation (MFU) of training",
        q.FACTOR,
        "mfu_factor",
        (1.0, 1.1, 0.85),
        "Times the MFU of the sheet Runs; never above 100 %.",
    ),
    Driver(
        "Load of inference GPUs at peak",
        q.UTILISATION,
        "serving_load",
        (0.7, 0.75, 0.6),
        "Share of what the GPUs can serve that the peak may take; the rest is headroom.",
        unit="of capacity",
    ),
    Driver(
        "Fall of rental prices",
        FALL,
        "rental_fall",
        (0.15, 0.2, 0.05),
        "Of the price on demand. A contract keeps its price.",
    ),
    Driver(
        "Fall of purchase prices",
        FALL,
        "purchase_fall",
        (0.1, 0.15, 0.05),
        "Of today's price, until the month of the purchase.",
    ),
    Driver(
        "Fall of the selling price",
        FALL,
        "selling_fall",
        (0.2, 0.15, 0.3),
        "Of the revenue for a million tokens.",
    ),
)

_GPU_TYPE = "name in the catalogue"
TYPED_IN = "Typed in: the sheet Sources says where the figures of this plan come from."
INPUTS = (
    Group(
        "The plan",
        (
            Line(
                "Name of the plan",
                "2027–2029",
                "text",
                "plan_name",
                "Shown on the summary.",
            ),
            Line(
                "Case",
                "base",
                "base, upside or downside",
                "scenario_case",
                "The one switch: the sheet Cases holds what differs, and every formula reads the "
                "case that is chosen here.",
                entries=f'"{",".join(CASES)}"',
                strict=True,
            ),
            Line(
                "First month",
                date(2027, 1, 1),
                DATE,
                "start_month",
                "Any day of the plan's first month. Quarters and fiscal years are counted from "
                "it, so begin with a fiscal year; FY2027 is the one that ends in 2027.",
                number_format="yyyy-mm-dd",
            ),
            *currency_lines(),
            Line(
                "Cash at the start",
                0,
                Quantity("money", number_format="#,##0"),
                "opening_cash",
                "0 shows what the plan itself takes and brings.",
                unit="=currency",
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Discount rate",
                0.1,
                INTEREST,
                "discount_rate",
                "For the net present value; cash flows at the end of each month. " + ASSUMED,
            ),
        ),
    ),
    Group(
        "The machine",
        (
            Line(
                "Accelerator",
                "H100 SXM5 80GB",
                _GPU_TYPE,
                "gpu",
                "One kind for the whole plan, owned and rented. Choose from the list, or type any "
                "name that the catalogue knows.",
                entries=gpu_entries(),
            ),
            Line(
                "Peak rate of one GPU",
                '=GPU_SPEC(gpu,"peak_tflops")',
                q.PEAK_TFLOPS,
                "peak_tflops",
                "Dense 16-bit rate, looked up from the accelerator; may be overwritten.",
            ),
            Line(
                "Memory of one GPU",
                '=GPU_SPEC(gpu,"memory_gb")',
                q.GPU_MEMORY_GB,
                "gpu_memory_gb",
                "Looked up from the accelerator; may be overwritten.",
            ),
            Line(
                "Memory bandwidth of one GPU",
                '=GPU_SPEC(gpu,"memory_bandwidth_gbs")',
                q.BANDWIDTH_GBS,
                "bandwidth_gbs",
                "Looked up from the accelerator; may be overwritten.",
            ),
            Line(
                "Power of one GPU",
                '=GPU_SPEC(gpu,"tdp_w")',
                q.WATTS,
                "watts",
                "Thermal design power, looked up from the accelerator; may be overwritten.",
            ),
        ),
    ),
    Group(
        "Inference: the traffic",
        (
            Line(
                "Requests of a user",
                5,
                q.REQUESTS_PER_USER,
                "requests_per_user",
                "On a day. " + ASSUMED,
                unit="requests/user/day",
            ),
            Line(
                "Prompt",
                1000,
                q.CONTEXT,
                "prompt_tokens",
                "Tokens that a request brings, its context included. " + ASSUMED,
                unit="tokens/request",
            ),
            Line(
                "Answer",
                400,
                Quantity("tokens", at_least=0.0, number_format="#,##0"),
                "output_tokens",
                "Tokens that are generated for a request. " + ASSUMED,
                unit="tokens/request",
            ),
            Line(
                "Peak over average",
                2.5,
                Quantity("×", at_least=1.0, number_format="0.00"),
                "peak_factor",
                "Traffic of the busiest minutes over that of an average minute: the GPUs are "
                "planned for the peak. " + ASSUMED,
            ),
            Line(
                "Revenue for a million tokens",
                4,
                q.PRICE_PER_MTOKENS,
                "revenue_per_mtokens",
                "Prompt and answer together, in the first month; 0 plans costs alone. List prices "
                "of 1.00 USD in and 5.00 out (Claude Haiku 4.5) or 2.00 in and 8.00 out (GPT-4.1) "
                "would be 2.14 and 3.71 here (catalogue, 2026-11). " + ASSUMED,
                unit='=currency&"/M tokens"',
                number_format=PRICE_FORMAT,
            ),
        ),
    ),
    Group(
        "Inference: the model that is served",
        (
            Line(
                "Parameters",
                70.55e9,
                q.PARAMS,
                "serving_params",
                "A dense model such as Llama 3.1 70B, arXiv:2407.21783.",
            ),
            Line(
                "Bytes of a parameter",
                1,
                q.BYTES_PER_PARAM,
                "serving_bytes_per_param",
                "1 for 8-bit weights, 2 for 16-bit ones.",
            ),
            Line(
                "Layers",
                80,
                q.LAYERS,
                "serving_layers",
                "Llama 3.1 70B, arXiv:2407.21783, Table 3.",
            ),
            Line(
                "Key and value heads",
                8,
                q.HEADS,
                "serving_kv_heads",
                "Llama 3.1 70B, arXiv:2407.21783, Table 3.",
            ),
            Line(
                "Width of a head",
                128,
                q.WIDTH,
                "serving_head_dim",
                "8,192 over 64 heads, as above.",
            ),
            Line(
                "Tokens in a sliding window",
                0,
                q.WINDOW,
                "serving_window",
                "What a layer with a sliding window keeps; Llama 3.1 has none.",
            ),
            Line(
                "Layers with a sliding window",
                0,
                q.SOME_LAYERS,
                "serving_window_layers",
                "Of the layers; the others keep the whole context.",
            ),
            Line(
                "GPUs of a replica",
                4,
                Quantity("GPUs", at_least=1.0, whole=True, number_format="#,##0"),
                "replica_gpus",
                "GPUs that hold one copy of the model together; whole replicas serve. " + ASSUMED,
            ),
            Line(
                "Sequences at once",
                64,
                q.SEQUENCES,
                "serving_batch",
                "Answers that a replica generates at the same time. " + ASSUMED,
            ),
            Line(
                "Utilisation while reading prompts",
                0.4,
                q.UTILISATION,
                "prefill_mfu",
                "Share of the peak rate in prefill. " + ASSUMED,
            ),
            Line(
                "Share of the ideal decode rate",
                0.6,
                q.UTILISATION,
                "decode_share",
                "What is left of the bound by bandwidth and peak rate after kernels, scheduling "
                "and traffic between GPUs. " + ASSUMED,
            ),
            Line(
                "Decode rate of one GPU",
                "=decode_share*DECODE_TOKENS_PER_SECOND(serving_params,serving_bytes_per_param,"
                "bandwidth_gbs*replica_gpus,peak_tflops*replica_gpus,serving_batch,"
                "kv_bytes_per_sequence)/replica_gpus",
                q.GPU_TOKEN_RATE,
                "decode_rate",
                "Generated tokens of a replica over its GPUs; may be overwritten by a measured "
                "rate.",
            ),
        ),
    ),
    Group(
        "Rented GPUs",
        (
            rental_line(
                "Price of a GPU-hour on demand",
                "price_per_gpu_hour",
                TYPED_IN,
                note="In the first month, power included.",
            ),
            Line(
                "GPUs that can be rented on demand",
                2500,
                COUNT,
                "on_demand_limit",
                "At the same time. What goes beyond is unmet demand: it brings no revenue, and a "
                "check fails. " + ASSUMED,
            ),
            Line(
                "Storage and network",
                0.1,
                q.RATIO,
                "storage_share",
                "On top of all rental. " + ASSUMED,
                unit="of rental",
            ),
        ),
    ),
    Group(
        "Owned GPUs",
        (
            Line(
                "Price of a GPU with its server",
                46_875,
                q.MONEY,
                "purchase_price",
                "Today. DGX H100 at 375,000 USD, over 8 GPUs: Viperatech, 2025-03-03, read by "
                "Epoch AI, CC BY 4.0.",
                unit='=currency&"/GPU"',
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Network and installation",
                0.15,
                q.RATIO,
                "installation_share",
                "On top of the price, capitalised with it. " + ASSUMED,
                unit="of the price",
            ),
            Line(
                "Life",
                4,
                Quantity("years", above=0.0, at_most=20.0, number_format="0.0"),
                "life_years",
                "Straight-line depreciation from the month of arrival to nothing; the GPU leaves "
                "service at the end. " + ASSUMED,
            ),
            Line(
                "Power of a server over its GPUs",
                1.82,
                Quantity("×", at_least=1.0, number_format="0.00"),
                "server_factor",
                "10.2 kW over 8 × 700 W: NVIDIA, DGX H100 datasheet. An upper bound: all owned "
                "GPUs draw it round the clock.",
            ),
            Line(
                "Power usage effectiveness",
                1.25,
                q.PUE_RATIO,
                "pue",
                "Energy of the data centre over that of its machines. AWS 1.15 in 2023 (Data "
                "Center Dynamics); 1.56 on average in Uptime's survey of 2024. " + ASSUMED,
            ),
            Line(
                "Price of power",
                0.09,
                q.POWER_PRICE,
                "power_price",
                "Industry in Virginia paid 0.0892 USD/kWh in 2023: EIA, Electric Power Annual.",
                unit='=currency&"/kWh"',
            ),
            Line(
                "Upkeep of a GPU",
                3000,
                q.MONEY_PER_YEAR,
                "upkeep_per_year",
                "Space, staff, spare parts and support. " + ASSUMED,
                unit='=currency&"/GPU/year"',
                number_format=MONEY_FORMAT,
            ),
        ),
    ),
    Group(
        "Conversions",
        tuple(
            conversion(label, value, unit, alias, note)
            for label, value, unit, note, alias in (
                ("Months of the plan", MONTHS, "months", "Fixed by the sheets.", "plan_months"),
                ("Months in a year", 12, "months/year", "By definition.", "months_per_year"),
                (
                    "Months in a quarter",
                    3,
                    "months/quarter",
                    "By definition.",
                    "months_per_quarter",
                ),
                ("Quarters in a year", 4, "quarters/year", "By definition.", "quarters_per_year"),
                ("Hours in a day", 24, "hours/day", "By definition.", "hours_per_day"),
                ("Hours in a year", 8760, "hours/year", "365 days.", "hours_per_year"),
                (
                    "Kilowatt-hours in a megawatt-hour",
                    1000,
                    "kWh/MWh",
                    "By definition.",
                    "kwh_per_mwh",
                ),
                (
                    "Tokens in a million",
                    1_000_000,
                    "tokens/M tokens",
                    "By definition.",
                    "tokens_per_million",
                ),
                (
                    "FLOP for a parameter and token",
                    6,
                    "FLOP/(parameter·token)",
                    "2 for the forward, 4 for the backward pass, as TRAIN_FLOPS has it.",
                    "flop_per_param_token",
                ),
            )
        ),
    ),
)

AMOUNTS = tuple(
    Line(
        label,
        value,
        f"{BASE}/GPU-hour",
        "",
        "The price of the contract on the sheet Supply is this amount in the currency of the "
        "workbook.",
        number_format=PRICE_FORMAT,
        alias=f"usd_contract{number}_price",
        fixed=True,
    )
    for number, label, value in (
        (1, "Contract of a year", 2.8),
        (2, "Contract of two years", 2.3),
    )
)
"""Amounts of US dollars that prices on other sheets are converted from."""

RUNS: tuple[tuple[object, ...], ...] = (
    ("Chat 7B", 1, 7e9, 3e12, 0.4, 2, 2),
    ("Base 13B", 1, 13e9, 6e12, 0.4, 4, 2),
    ("Base 34B", 1, 34e9, 8e12, 0.38, 7, 3),
    ("Flagship 70B", 1, 70e9, 8e12, 0.38, 13, 5),
    ("Second 13B", 1, 13e9, 15e12, 0.42, 20, 3),
    ("Second 70B", 1, 70e9, 15e12, 0.4, 26, 7),
    (None, 0, None, None, None, None, None),
    (None, 0, None, None, None, None, None),
)
"""Name, on, parameters, tokens, MFU, first month, months."""
BATCHES: tuple[tuple[object, ...], ...] = (
    ("Batch 1", 4, 128, "=purchase_price"),
    ("Batch 2", 13, 256, "=purchase_price"),
    ("Batch 3", 25, 256, "=purchase_price"),
    (None, None, 0, "=purchase_price"),
    (None, None, 0, "=purchase_price"),
    (None, None, 0, "=purchase_price"),
)
"""Name, month of arrival, GPUs, price of one today."""
CONTRACTS: tuple[tuple[object, ...], ...] = (
    ("Contract of a year", 1, 12, 128, "=usd_contract1_price*currency_rate"),
    ("Contract of two years", 13, 24, 128, "=usd_contract2_price*currency_rate"),
    (None, None, None, 0, None),
    (None, None, None, 0, None),
)
"""Name, first month, months, GPUs, price of a GPU-hour."""

SOURCES = (
    (
        "gpu, peak_tflops, memory, bandwidth, watts",
        "Figures of the accelerator",
        "The sheet Catalogue, with a source for each row.",
    ),
    (
        "price_per_gpu_hour",
        "The median list price on demand of the accelerator",
        "The sheet Catalogue; Epoch AI, Data on AI and Machine Learning Hardware, CC BY 4.0.",
    ),
    (
        "purchase_price",
        "46,875 USD a GPU: DGX H100 640GB at 375,000 USD",
        "viperatech.com, archived 2025-03-03; Epoch AI, CC BY 4.0 (gpu_purchase-106).",
    ),
    (
        "server_factor",
        "10.2 kW for a server of 8 GPUs of 700 W",
        "NVIDIA, DGX H100 datasheet.",
    ),
    (
        "serving model",
        "70.55 B parameters, 80 layers, 8 key and value heads of 128",
        "Llama Team 2024, The Llama 3 Herd of Models, arXiv:2407.21783, Table 3.",
    ),
    (
        "pue",
        "1.25, between the large clouds and the average",
        "AWS 1.15: datacenterdynamics.com, 2024-12. 1.56: Uptime Institute, Global Data Center "
        "Survey 2024.",
    ),
    (
        "power_price",
        "0.09 USD/kWh, industry in Virginia",
        "EIA, Electric Power Annual 2023, 0.0892 USD/kWh (power-137).",
    ),
    (
        "revenue_per_mtokens",
        "4.00 USD; list prices of comparable models for this mix of prompt and answer",
        "genai-prices 0.2.3: api_token-175, -176, -195, -196.",
    ),
    (
        "Cases, Runs, Supply",
        "Users, growth, runs, batches, contracts and what differs from case to case",
        "Assumptions of this template; set your own.",
    ),
)
