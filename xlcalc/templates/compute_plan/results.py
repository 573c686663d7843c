"""What does a compute plan come to: a request, a GPU-hour, and the totals of all months?

The tables of this module say it, a row for each result; `monthly_...` stands for a row of the sheet
Monthly.
"""

from xlcalc import quantities as q
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.figures import MONEY_FORMAT, PRICE_FORMAT, Group, Line

_SIGNED = Quantity("money", number_format="#,##0")
_DATE = "yyyy-mm-dd"


def _money(label: str, value: str, name: str, note: str, *, total: bool = False) -> Line:
    return Line(
        label,
        value,
        _SIGNED,
        name,
        note,
        unit="=currency",
        number_format=MONEY_FORMAT,
        total=total,
    )


def _per_hour(label: str, value: str, name: str, note: str) -> Line:
    return Line(
        label,
        value,
        q.PRICE_PER_GPU_HOUR,
        name,
        note,
        unit='=currency&"/GPU-hour"',
        number_format=PRICE_FORMAT,
    )


RESULTS = (
    Group(
        "Time",
        (
            Line(
                "First day of the plan",
                "=DATE(YEAR(start_month),MONTH(start_month),1)",
                "date",
                "plan_start",
                "First day of the month that is typed in.",
                number_format=_DATE,
            ),
            Line(
                "First day after the plan",
                "=EDATE(plan_start,plan_months)",
                "date",
                "plan_end",
                "36 months later.",
                number_format=_DATE,
            ),
            Line(
                "Life of an owned GPU",
                "=MAX(1,ROUND(life_years*months_per_year,0))",
                Quantity("months", number_format="0"),
                "life_months",
                "Years × 12, to whole months.",
            ),
        ),
    ),
    Group(
        "A request",
        (
            Line(
                "Tokens",
                "=prompt_tokens+output_tokens",
                Quantity("tokens/request", number_format="#,##0"),
                "tokens_per_request",
                "Prompt + answer.",
            ),
            Line(
                "KV cache of a sequence",
                "=KV_CACHE_BYTES(serving_layers,serving_kv_heads,serving_head_dim,"
                "tokens_per_request,2,1,serving_window,serving_window_layers)",
                Quantity("bytes", number_format="#,##0"),
                "kv_bytes_per_sequence",
                "2 × layers × heads × width × tokens × 2 bytes: a sequence at its full length.",
            ),
            Line(
                "Sequences that fit into a replica",
                "=MAX_SEQUENCES(gpu_memory_gb,replica_gpus,"
                "WEIGHTS_GB(serving_params,serving_bytes_per_param),kv_bytes_per_sequence)",
                q.SEQUENCES,
                "sequences_that_fit",
                "(Memory × 90 % − weights) / KV cache.",
            ),
            Line(
                "Prompt",
                "=INFER_SECONDS(INFER_FLOPS(serving_params,prompt_tokens,0),peak_tflops,"
                "prefill_mfu)",
                Quantity("GPU-s", number_format="0.0000"),
                "prefill_seconds",
                "2 × parameters × prompt / (peak rate × utilisation).",
            ),
            Line(
                "Answer",
                "=output_tokens/decode_rate",
                Quantity("GPU-s", number_format="0.0000"),
                "decode_seconds",
                "Tokens of the answer / decode rate of one GPU.",
            ),
            Line(
                "Tokens of a GPU-second",
                "=tokens_per_request/(prefill_seconds+decode_seconds)",
                q.TOKEN_RATE,
                "tokens_per_gpu_second",
                "Prompt and answer / their time.",
                unit="tokens/(s·GPU)",
            ),
            Line(
                "Requests of a user at peak",
                "=PEAK_QPS(1,requests_per_user,peak_factor)",
                Quantity("requests/s", number_format="0.00E+00"),
                "peak_requests_per_user",
                "Requests a day / 86,400 × peak over average.",
            ),
        ),
    ),
    Group(
        "A GPU-hour",
        (
            Line(
                "Energy of an owned GPU",
                "=ENERGY_MWH(1,watts*server_factor,pue)",
                Quantity("MWh/GPU-hour", number_format="0.000000"),
                "mwh_per_gpu_hour",
                "Power of a GPU with its share of the server × effectiveness.",
            ),
            Line(
                "Price of an owned GPU, installed",
                "=purchase_price*(1+installation_share)",
                q.MONEY,
                "installed_price",
                "Today: price × (1 + network and installation).",
                unit='=currency&"/GPU"',
                number_format=MONEY_FORMAT,
            ),
            _per_hour(
                "Power and upkeep of an owned GPU",
                "=mwh_per_gpu_hour*kwh_per_mwh*power_price+upkeep_per_year/hours_per_year",
                "own_running_per_hour",
                "Energy × price of power + upkeep over the hours of a year.",
            ),
            _per_hour(
                "Owning",
                "=OWNED_GPU_HOUR(installed_price,life_years,watts*server_factor,power_price,pue,1,"
                "upkeep_per_year)",
                "own_gpu_hour",
                "Price over life, power and upkeep, if every hour is used.",
            ),
            _per_hour(
                "Renting on demand",
                "=price_per_gpu_hour*(1+storage_share)",
                "rent_gpu_hour",
                "In the first month, with storage and network.",
            ),
            Line(
                "Hours after which owning pays",
                "=IF(rent_gpu_hour>own_running_per_hour,"
                "RENT_OR_BUY_HOURS(installed_price,own_running_per_hour,rent_gpu_hour),"
                '"Never: renting is cheaper")',
                q.GPU_HOURS,
                "break_even_hours",
                "Price / (renting − power and upkeep), at the prices of the first month.",
            ),
        ),
    ),
    Group(
        "GPUs in 36 months",
        (
            Line(
                "Training compute",
                "=SUM(run_flop)",
                q.FLOP,
                "training_flop",
                "Of all runs that are switched on.",
            ),
            Line(
                "GPU-hours of training",
                "=SUM(run_hours)",
                q.GPU_HOURS,
                "training_hours",
                "Of all runs that are switched on.",
            ),
            Line(
                "Highest demand",
                "=MAX(monthly_demand)",
                q.GPUS,
                "peak_gpus",
                "Training and inference in the busiest month.",
            ),
            Line(
                "Owned at the end",
                "=INDEX(monthly_owned,plan_months)",
                q.GPUS,
                "owned_gpus",
                "In the last month.",
            ),
            Line(
                "Unmet demand",
                "=SUM(monthly_unmet)",
                q.GPU_MONTHS,
                "unmet_gpu_months",
                "GPUs missing, summed over the months.",
            ),
            Line(
                "Utilisation of owned GPUs",
                "=IF(SUM(monthly_owned_hours)=0,0,SUM(monthly_busy_hours)/SUM(monthly_owned_hours))",
                q.RATIO,
                "fleet_use",
                "GPU-hours in use / owned.",
                unit="of their hours",
            ),
            Line(
                "Tokens served",
                "=SUM(monthly_tokens)",
                Quantity("M tokens", number_format="#,##0"),
                "mtokens_served",
                "Prompts and answers, as far as GPUs are supplied.",
            ),
            Line(
                "Energy of owned GPUs",
                "=SUM(monthly_energy)",
                q.MWH,
                "energy_owned",
                "Power of the data centre included.",
            ),
        ),
    ),
    Group(
        "Money in 36 months",
        (
            _money("Revenue", "=SUM(monthly_revenue)", "total_revenue", "Sum of the months."),
            _money(
                "Running costs",
                "=SUM(monthly_running)",
                "running_costs",
                "Rental, storage and network, power, upkeep.",
            ),
            _money(
                "Depreciation",
                "=SUM(monthly_depreciation)",
                "total_depreciation",
                "Sum of the months.",
            ),
            _money(
                "EBIT",
                "=total_revenue-running_costs-total_depreciation",
                "total_ebit",
                "Revenue − running costs − depreciation.",
                total=True,
            ),
            _money(
                "Capital expenditure", "=SUM(monthly_capex)", "total_capex", "Sum of the months."
            ),
            _money(
                "Book value at the end",
                "=INDEX(monthly_book_value,plan_months)",
                "book_value_end",
                "Capital expenditure − depreciation.",
            ),
            _money(
                "Cash out",
                "=running_costs+total_capex",
                "total_cash_out",
                "Running costs + capital expenditure.",
                total=True,
            ),
            _money(
                "Net cash flow",
                "=total_revenue-total_cash_out",
                "total_net_cash",
                "Revenue − cash out; before tax and interest.",
                total=True,
            ),
            _money(
                "Cash at the end",
                "=INDEX(monthly_cash,plan_months)",
                "cash_end",
                "Cash at the start + net cash flow.",
            ),
            _money(
                "Funding needed",
                "=MAX(0,-MIN(monthly_cash))",
                "funding_need",
                "How far cash falls below zero, at its lowest.",
            ),
            _money(
                "Net present value",
                "=NPV((1+discount_rate)^(1/months_per_year)-1,monthly_net_cash)",
                "net_present_value",
                "Of the net cash flow, at the start of the plan; nothing after its end.",
            ),
            _money(
                "Cost of training",
                "=SUM(monthly_training_cost)",
                "training_cost",
                "Running costs and depreciation, by GPUs.",
            ),
            _money(
                "Cost of inference",
                "=SUM(monthly_inference_cost)",
                "inference_cost",
                "Running costs and depreciation, by GPUs.",
            ),
            Line(
                "Cost of a million tokens served",
                "=IF(mtokens_served=0,0,inference_cost/mtokens_served)",
                q.PRICE_PER_MTOKENS,
                "cost_per_mtokens_served",
                "Cost of inference / tokens.",
                unit='=currency&"/M tokens"',
                number_format=PRICE_FORMAT,
            ),
        ),
    ),
)
