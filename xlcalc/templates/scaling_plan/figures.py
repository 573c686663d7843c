"""Which figures does a scaling plan ask for, which does it give, and how does it check them?

The tables of this module say it, a row for each input, result and check; `book.py` lays them out.
"""

from xlcalc import quantities as q
from xlcalc.catalogue.quotes import BASE
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.catalogues import accelerator, gpu_entries
from xlcalc.templates.parts.checks import Check
from xlcalc.templates.parts.figures import (
    AN_ASSUMPTION,
    MONEY_FORMAT,
    PRICE_FORMAT,
    Group,
    Line,
    conversion,
)
from xlcalc.templates.parts.money import currency_lines, rental_line

KINDS = "Optimum!$B$6:$B$8"
"""The kinds of budget; their units stand beside them."""
FITS = "Fits!$B$6:$B$8"
OUT = '"out of reach"'
"""What stands for a figure of a model that no data brings to the loss."""

_AMOUNT = Quantity("as chosen above", above=0.0, number_format="#,##0.00")
_PRICE = Quantity("money/GPU-hour", above=0.0)
_PART = Quantity("ratio", above=0.0, at_most=1.0, number_format="0.0%")
_OWN_PARAMS = Quantity("parameters", at_least=0.0, number_format=q.COUNT_FORMAT)
_SPAN = Quantity("×", above=1.0, number_format="0.0")
_EXACT_LOSS = "0.0000"
_CHANGE = "0.0%_);(0.0%)"
_PER_HOUR = '=currency&"/GPU-hour"'
_PER_MILLION = '=currency&"/M tokens"'


TYPED_IN = "Typed in: the sheet Sources says where the figures of this plan come from."
AMOUNTS = (
    Line(
        "Budget",
        10_000_000,
        f"{BASE}, or as chosen",
        "",
        "The default of the budget; one of money is converted.",
        number_format="#,##0",
        alias="usd_budget",
        fixed=True,
    ),
)
"""Amounts of US dollars that inputs are converted from, beside those of the lines themselves."""

INPUTS = (
    Group(
        "The budget",
        (
            Line("Name of the plan", "10 M USD on H100", "text", "plan_name", "On the summary."),
            Line(
                "Kind of budget",
                "money",
                "choice",
                "budget_kind",
                "money, GPU-days of the accelerator below, or FLOP.",
                entries=KINDS,
                strict=True,
            ),
            Line(
                "Budget",
                "=IF(budget_kind=INDEX(Optimum!$B$6:$B$8,1),usd_budget*currency_rate,usd_budget)",
                _AMOUNT,
                "budget_amount",
                f"In the unit that the kind of budget says. {AN_ASSUMPTION}",
                unit="=INDEX(Optimum!$C$6:$C$8,MATCH(budget_kind,Optimum!$B$6:$B$8,0))",
                number_format="[>=1000000000000000]0.00E+00;#,##0",
            ),
            Line(
                "Part of it for the final run",
                1,
                _PART,
                "run_share",
                "The rest pays for experiments, failed starts and reserve. 100 %: the budget is "
                f"that of the run alone. {AN_ASSUMPTION}",
            ),
            *currency_lines(),
        ),
    ),
    Group(
        "The law",
        (
            Line(
                "Fit",
                "besiroglu2024",
                "choice",
                "fit",
                "Constants of the loss E + A/N^α + B/D^β; the sheet Fits compares them. "
                "besiroglu2024 refits the experiments of hoffmann2022, read off their figure.",
                entries=FITS,
                strict=True,
            ),
            Line(
                "Tokens a parameter of the rule",
                20,
                q.TOKENS_PER_PARAM,
                "tokens_per_param",
                "The rule of thumb beside the fits: about 20 by Hoffmann et al. 2022, "
                "arXiv:2203.15556, Table 3.",
            ),
        ),
    ),
    Group(
        "The machines",
        (
            accelerator("H100 SXM5 80GB"),
            Line(
                "Peak rate of one GPU",
                '=GPU_SPEC(gpu,"peak_tflops")',
                q.PEAK_TFLOPS,
                "peak_tflops",
                "Dense 16-bit rate, looked up from the accelerator; may be overwritten.",
            ),
            Line(
                "Utilisation (MFU)",
                0.4,
                q.UTILISATION,
                "mfu",
                "Share of the peak rate that the model's own FLOP reach in training. 38 to 43 % "
                "on H100 by Llama Team 2024, arXiv:2407.21783, Table 4.",
            ),
            Line(
                "Number of GPUs",
                2048,
                q.GPUS,
                "gpus",
                f"GPUs that train at the same time; they decide the days alone. {AN_ASSUMPTION}",
            ),
            rental_line("Price of a GPU-hour", "price_per_gpu_hour", TYPED_IN, measure=_PRICE),
            Line(
                "Power of one GPU",
                '=GPU_SPEC(gpu,"tdp_w")',
                q.WATTS,
                "watts",
                "Thermal design power, looked up from the accelerator; may be overwritten by a "
                "measured figure, and must be where vendors publish none.",
            ),
            Line(
                "Power usage effectiveness",
                1.1,
                q.PUE_RATIO,
                "pue",
                "Energy of the data centre over that of its machines: 1.1 in Touvron et al. 2023 "
                "(LLaMA), arXiv:2302.13971.",
            ),
            Line(
                "Price of power",
                0,
                q.POWER_PRICE,
                "power_price",
                "0 where the price of a GPU-hour includes power, as rented GPUs do. For machines "
                "of your own: 0.07 to 0.19 USD/kWh for industry in the United States (EIA, 2023).",
                unit='=currency&"/kWh"',
            ),
        ),
    ),
    Group(
        "The model that is trained instead",
        (
            Line(
                "Size over the optimum",
                0.5,
                q.FACTOR,
                "size_ratio",
                "Parameters over those that reach the same loss with the least compute: 0.5 is "
                f"half as large, on more data. {AN_ASSUMPTION}",
            ),
            Line(
                "Parameters of your own",
                0,
                _OWN_PARAMS,
                "own_params",
                "Instead of the size over the optimum. 0: none.",
            ),
            Line(
                "Training tokens of your own",
                0,
                q.TOKENS,
                "own_tokens",
                "With parameters of your own: the loss to reach is the one of this run, and the "
                "optimum is the cheapest run that reaches it. 0: the loss is what the budget buys.",
            ),
        ),
    ),
    Group(
        "Inference",
        (
            Line(
                "Tokens served in its life",
                1e13,
                q.TOKENS,
                "lifetime_tokens",
                "Prompt and output tokens until the model is replaced. Sardana et al. 2024, "
                f"arXiv:2401.00448, Figure 1, take 2 T. {AN_ASSUMPTION}",
            ),
            Line(
                "Output among them",
                0.25,
                q.SHARE,
                "output_share",
                f"The rest is prompt. {AN_ASSUMPTION}",
            ),
            Line(
                "Utilisation of prefill",
                0.4,
                q.UTILISATION,
                "prefill_mfu",
                "Share of the peak rate while prompts are read: up to 76 % for PaLM 540B in Pope "
                f"et al. 2022, arXiv:2211.05102. {AN_ASSUMPTION}",
            ),
            Line(
                "Utilisation of decode",
                0.1,
                q.UTILISATION,
                "decode_mfu",
                "Share of the peak rate while output is written: memory bandwidth and the batch "
                f"bound it. The same for every size. {AN_ASSUMPTION}",
            ),
            Line(
                "Accelerator for serving",
                "=gpu",
                "name in the catalogue",
                "serving_gpu",
                "The one of training, unless another is chosen.",
                entries=gpu_entries(),
            ),
            Line(
                "Peak rate in serving",
                '=IF(serving_gpu=gpu,peak_tflops,GPU_SPEC(serving_gpu,"peak_tflops"))',
                q.PEAK_TFLOPS,
                "serving_peak_tflops",
                "As in training for the same accelerator, else looked up.",
            ),
            rental_line(
                "Price of a GPU-hour in serving",
                "serving_price",
                TYPED_IN,
                gpu="serving_gpu",
                measure=_PRICE,
                instead="IF(serving_gpu=gpu,price_per_gpu_hour,{0})",
                note="As in training for the same accelerator, else looked up. Money of later "
                "years is not discounted.",
            ),
            Line(
                "Power of one GPU in serving",
                '=IF(serving_gpu=gpu,watts,GPU_SPEC(serving_gpu,"tdp_w"))',
                q.WATTS,
                "serving_watts",
                "As in training for the same accelerator, else looked up.",
            ),
        ),
    ),
    Group(
        "Limits of checks and curves",
        (
            Line(
                "Least compute of the experiments",
                6e18,
                q.FLOP,
                "flop_low",
                "The fits rest on runs of 6E+18 to 3E+21 FLOP: Hoffmann et al. 2022, "
                "arXiv:2203.15556, section 3.2.",
            ),
            Line(
                "Furthest extrapolation",
                1.3e28,
                q.FLOP,
                "flop_high",
                "The largest budget for which Hoffmann et al. 2022 print an optimum, Table 3.",
            ),
            Line(
                "Tokens that exist",
                3e14,
                q.TRAINING_TOKENS,
                "data_stock",
                "About 300 T tokens of public human text: Villalobos et al. 2024, "
                "arXiv:2211.04325. Replace it by the data that you hold.",
            ),
            Line(
                "Span of the loss curves",
                16,
                _SPAN,
                "curve_span",
                "From the optimal parameters divided by it to the optimal parameters times it. "
                f"{AN_ASSUMPTION}",
            ),
        ),
    ),
    Group(
        "Conversions",
        (
            conversion(
                "FLOP for a parameter and token",
                6,
                "FLOP/(parameter·token)",
                "train_factor",
                "In training; the closed form of the optimum rests on it.",
            ),
            conversion(
                "FLOP of a forward pass",
                2,
                "FLOP/(parameter·token)",
                "forward_factor",
                "In inference: one multiply-add.",
            ),
            conversion("Seconds in an hour", 3600, "s/hour", "seconds_per_hour"),
            conversion("Hours in a day", 24, "hours/day", "hours_per_day"),
            conversion("FLOP in a TFLOP", 1_000_000_000_000, "FLOP/TFLOP", "flop_per_tflop"),
            conversion("Watts in a kilowatt", 1000, "W/kW", "watts_per_kw"),
            conversion("Tokens in a million", 1_000_000, "tokens/M tokens", "tokens_per_million"),
            conversion(
                "Decimals of a share",
                9,
                "decimals",
                "share_digits",
                "Shares of nearly equal figures are rounded there: binary numbers are not exact.",
            ),
        ),
    ),
)


def _reached(formula: str) -> str:
    """Return a formula that says it if no amount of data brings the model to the loss."""
    return f"=IF(chosen_room>0,{formula},{OUT})"


def _money(label: str, value: str, name: str, note: str, *, total: bool = False) -> Line:
    return Line(
        label,
        value,
        q.MONEY,
        name,
        note,
        unit="=currency",
        number_format=MONEY_FORMAT,
        total=total,
    )


RESULTS = (
    Group(
        "The budget",
        (
            Line(
                "Compute of a GPU-hour",
                "=peak_tflops*flop_per_tflop*mfu*seconds_per_hour",
                q.FLOP,
                "flop_per_gpu_hour",
                "Peak rate × utilisation × 3,600 s.",
                unit="FLOP/GPU-hour",
            ),
            Line(
                "Cost of a GPU-hour",
                "=price_per_gpu_hour+IF(power_price>0,watts/watts_per_kw*pue*power_price,0)",
                q.PRICE_PER_GPU_HOUR,
                "gpu_hour_cost",
                "Price + power × power usage effectiveness × price of power.",
                unit=_PER_HOUR,
                number_format=PRICE_FORMAT,
            ),
            Line(
                "Compute of the budget",
                "=budget_amount*run_share*INDEX(kind_flop,MATCH(budget_kind,budget_kinds,0))",
                q.FLOP,
                "budget_flop",
                "Budget × part for the final run × FLOP for one unit, on the sheet Optimum.",
            ),
            Line(
                "GPU-days",
                "=GPU_DAYS(budget_flop,peak_tflops,mfu)",
                q.GPU_DAYS,
                "budget_gpu_days",
                "Compute / (peak rate × utilisation × 86,400 s).",
            ),
            Line(
                "GPU-hours",
                "=GPU_HOURS(budget_flop,peak_tflops,mfu)",
                q.GPU_HOURS,
                "budget_gpu_hours",
                "GPU-days × 24.",
            ),
            Line(
                "Training time",
                "=TRAIN_DAYS(budget_flop,gpus,peak_tflops,mfu)",
                q.DAYS,
                "budget_days",
                "GPU-days / GPUs.",
            ),
            Line(
                "Energy",
                "=ENERGY_MWH(budget_gpu_hours,watts,pue)",
                q.MWH,
                "budget_energy",
                "GPU-hours × power × power usage effectiveness.",
            ),
            _money(
                "Cost of the run",
                "=GPU_COST(budget_gpu_hours,gpu_hour_cost)",
                "budget_cost",
                "GPU-hours × cost of a GPU-hour.",
                total=True,
            ),
        ),
    ),
    Group(
        "The compute-optimal model by the chosen fit",
        (
            Line(
                "Optimal parameters",
                "=OPTIMAL_PARAMS(budget_flop,fit)",
                q.PARAMS,
                "best_params",
                "G·(C/6)^(β/(α+β)).",
            ),
            Line(
                "Optimal training tokens",
                "=OPTIMAL_TOKENS(budget_flop,fit)",
                q.TOKENS,
                "best_tokens",
                "(C/6)^(α/(α+β))/G.",
            ),
            Line(
                "Optimal tokens for each parameter",
                "=best_tokens/best_params",
                q.TOKENS_PER_PARAM,
                "best_token_ratio",
                "The rule of thumb says 20; the fits disagree, and it changes with the budget.",
            ),
            Line(
                "Loss of the optimum",
                "=SCALING_LOSS(best_params,best_tokens,fit)",
                q.LOSS,
                "best_loss",
                "The least that the budget reaches by this fit. Losses of two fits do not compare.",
                number_format=_EXACT_LOSS,
            ),
        ),
    ),
    Group(
        "The constants of the chosen fit",
        (
            Line(
                "Place of the fit",
                "=MATCH(fit,fit_names,0)",
                "row",
                "fit_number",
                "Row of the fit on the sheet Fits.",
                number_format="0",
            ),
            *(
                Line(
                    label,
                    f"=INDEX(fit_{alias},fit_number)",
                    unit,
                    name,
                    note,
                    number_format="#,##0.00000",
                )
                for label, alias, name, unit, note in (
                    ("Loss floor E", "floors", "loss_floor", "nats/token", "No model gets below."),
                    (
                        "Factor of parameters A",
                        "params_factors",
                        "params_factor",
                        "nats/token",
                        "Loss that one parameter would leave above E.",
                    ),
                    (
                        "Factor of tokens B",
                        "tokens_factors",
                        "tokens_factor",
                        "nats/token",
                        "Loss that one token would leave above E.",
                    ),
                    (
                        "Exponent of parameters α",
                        "params_exponents",
                        "params_exponent",
                        "exponent",
                        "How fast the loss falls with the parameters.",
                    ),
                    (
                        "Exponent of tokens β",
                        "tokens_exponents",
                        "tokens_exponent",
                        "exponent",
                        "How fast the loss falls with the tokens.",
                    ),
                    (
                        "Balance G",
                        "balances",
                        "balance",
                        "(αA/βB)^(1/(α+β))",
                        "Splits the compute between parameters and tokens.",
                    ),
                    (
                        "Excess loss K",
                        "excesses",
                        "excess",
                        "A/G^α + B·G^β",
                        "Loss of the optimum above E for a compute of 6 FLOP.",
                    ),
                )
            ),
        ),
    ),
    Group(
        "The loss to reach, and the least compute for it",
        (
            Line(
                "Loss to reach",
                "=IF(own_params*own_tokens>0,SCALING_LOSS(own_params,own_tokens,fit),best_loss)",
                q.LOSS,
                "target_loss",
                "The loss of the budget's optimum, or of a run of your own.",
                number_format=_EXACT_LOSS,
            ),
            Line(
                "Least compute for the loss",
                "=train_factor*(excess/(target_loss-loss_floor))"
                "^((params_exponent+tokens_exponent)/(params_exponent*tokens_exponent))",
                q.FLOP,
                "target_flop",
                "6·(K/(L - E))^((α+β)/(αβ)): the loss of the optimum, solved for its compute.",
            ),
            Line(
                "Parameters, the optimum",
                "=OPTIMAL_PARAMS(target_flop,fit)",
                q.PARAMS,
                "target_params",
                "The compute-optimal model of this loss.",
            ),
            Line(
                "Training tokens, the optimum",
                "=OPTIMAL_TOKENS(target_flop,fit)",
                q.TOKENS,
                "target_tokens",
                "Its data.",
            ),
            Line(
                "Training time, the optimum",
                "=TRAIN_DAYS(target_flop,gpus,peak_tflops,mfu)",
                q.DAYS,
                "target_days",
                "GPU-days / GPUs.",
            ),
            _money(
                "Training cost, the optimum",
                "=target_flop/flop_per_gpu_hour*gpu_hour_cost",
                "target_train_cost",
                "Compute / compute of a GPU-hour × cost of a GPU-hour.",
            ),
            Line(
                "Smallest model that can reach it",
                "=(params_factor/(target_loss-loss_floor))^(1/params_exponent)",
                q.PARAMS,
                "smallest_params",
                "(A/(L - E))^(1/α): with data without end. No smaller model ever gets there.",
            ),
            Line(
                "Its size over the optimum",
                "=smallest_params/target_params",
                q.FACTOR,
                "smallest_ratio",
                "(1 + α/β)^(-1/α), whatever the budget.",
            ),
        ),
    ),
    Group(
        "The model that is trained instead",
        (
            Line(
                "Parameters, this model",
                "=IF(own_params>0,own_params,size_ratio*target_params)",
                q.PARAMS,
                "chosen_params",
                "Parameters of your own, or size over the optimum × its parameters.",
            ),
            Line(
                "Size over the optimum, this model",
                "=chosen_params/target_params",
                q.FACTOR,
                "chosen_ratio",
                "1 is the optimum itself.",
            ),
            Line(
                "Loss left for the data",
                "=target_loss-loss_floor-params_factor/chosen_params^params_exponent",
                q.LOSS,
                "chosen_room",
                "L - E - A/N^α. At 0 or below, no amount of data brings the model to the loss.",
                number_format="0.0000_);(0.0000)",
            ),
            Line(
                "Training tokens, this model",
                _reached("(tokens_factor/chosen_room)^(1/tokens_exponent)"),
                q.TOKENS,
                "chosen_tokens",
                "(B/(L - E - A/N^α))^(1/β).",
            ),
            Line(
                "Tokens for each parameter, this model",
                _reached("chosen_tokens/chosen_params"),
                q.TOKENS_PER_PARAM,
                "chosen_token_ratio",
                "Above the optimum's the model is over-trained.",
            ),
            Line(
                "Training compute, this model",
                _reached("TRAIN_FLOPS(chosen_params,chosen_tokens)"),
                q.FLOP,
                "chosen_flop",
                "6 × parameters × tokens.",
            ),
            Line(
                "Compute over the least, this model",
                _reached("ROUND(chosen_flop/target_flop-1,share_digits)"),
                q.RATIO,
                "chosen_extra",
                "The price of another size, paid in training. de Vries 2023, Go smol or go home, "
                "finds about 20 % at half the size by the fit of Hoffmann et al.",
                number_format=_CHANGE,
            ),
            Line(
                "GPU-days, this model",
                _reached("GPU_DAYS(chosen_flop,peak_tflops,mfu)"),
                q.GPU_DAYS,
                "chosen_gpu_days",
                "Compute / (peak rate × utilisation × 86,400 s).",
            ),
            Line(
                "Training time, this model",
                _reached("chosen_gpu_days/gpus"),
                q.DAYS,
                "chosen_days",
                "GPU-days / GPUs.",
            ),
            Line(
                "Energy, this model",
                _reached("ENERGY_MWH(chosen_gpu_days*hours_per_day,watts,pue)"),
                q.MWH,
                "chosen_energy",
                "GPU-hours × power × power usage effectiveness.",
            ),
            _money(
                "Training cost, this model",
                _reached("chosen_flop/flop_per_gpu_hour*gpu_hour_cost"),
                "chosen_train_cost",
                "Compute / compute of a GPU-hour × cost of a GPU-hour.",
            ),
            Line(
                "Loss if data were endless, by Kaplan",
                "=KAPLAN_LOSS(chosen_params)",
                q.LOSS,
                "chosen_kaplan_loss",
                "For context: (8.8e13/N)^0.076, another test set and tokenizer, so it does not "
                "compare with the losses above. Kaplan et al. 2020, arXiv:2001.08361.",
            ),
            Line(
                "Critical batch at this loss",
                "=CRITICAL_BATCH(target_loss)",
                q.TOKENS,
                "critical_tokens",
                "For context: larger batches save little time. Kaplan's law on a loss of another "
                "data set: an order of magnitude.",
                unit="tokens/batch",
            ),
        ),
    ),
    Group(
        "Serving",
        (
            Line(
                "Utilisation of both phases",
                "=1/((1-output_share)/prefill_mfu+output_share/decode_mfu)",
                q.UTILISATION,
                "serving_mfu",
                "The mean by time: 1 / (prompt share / prefill + output share / decode).",
            ),
            Line(
                "Compute of a serving GPU-hour",
                "=serving_peak_tflops*flop_per_tflop*serving_mfu*seconds_per_hour",
                q.FLOP,
                "flop_per_serving_hour",
                "Peak rate × utilisation × 3,600 s.",
                unit="FLOP/GPU-hour",
            ),
            Line(
                "Cost of a serving GPU-hour",
                "=serving_price+IF(power_price>0,serving_watts/watts_per_kw*pue*power_price,0)",
                q.PRICE_PER_GPU_HOUR,
                "serving_hour_cost",
                "Price + power × power usage effectiveness × price of power.",
                unit=_PER_HOUR,
                number_format=PRICE_FORMAT,
            ),
            Line(
                "Cost of 1 M tokens, the optimum",
                "=forward_factor*target_params*tokens_per_million/flop_per_serving_hour"
                "*serving_hour_cost",
                q.PRICE_PER_MTOKENS,
                "target_mtoken_cost",
                "2 × parameters × 1 M tokens / compute of a GPU-hour × its cost.",
                unit=_PER_MILLION,
                number_format="#,##0.0000",
            ),
            Line(
                "Cost of 1 M tokens, this model",
                "=forward_factor*chosen_params*tokens_per_million/flop_per_serving_hour"
                "*serving_hour_cost",
                q.PRICE_PER_MTOKENS,
                "chosen_mtoken_cost",
                "In proportion to the parameters.",
                unit=_PER_MILLION,
                number_format="#,##0.0000",
            ),
            Line(
                "Saved with each million tokens",
                "=target_mtoken_cost-chosen_mtoken_cost",
                q.PRICE_PER_MTOKENS,
                "mtoken_saving",
                "In brackets where the model costs more to serve than the optimum.",
                unit=_PER_MILLION,
                number_format="#,##0.0000_);(#,##0.0000)",
            ),
        ),
    ),
    Group(
        "Training and inference together",
        (
            Line(
                "Inference compute, the optimum",
                "=INFER_FLOPS(target_params,lifetime_tokens*(1-output_share),"
                "lifetime_tokens*output_share)",
                q.FLOP,
                "target_infer_flops",
                "2 × parameters × (prompt + output tokens).",
            ),
            Line(
                "Inference compute, this model",
                "=INFER_FLOPS(chosen_params,lifetime_tokens*(1-output_share),"
                "lifetime_tokens*output_share)",
                q.FLOP,
                "chosen_infer_flops",
                "2 × parameters × (prompt + output tokens).",
            ),
            Line(
                "Compute saved",
                _reached("target_flop+target_infer_flops-chosen_flop-chosen_infer_flops"),
                q.FLOP,
                "flop_saving",
                "Training + inference of the optimum, less those of this model; in brackets if it "
                "takes more.",
                number_format="0.00E+00_);(0.00E+00)",
            ),
            Line(
                "Compute saved, of the optimum's",
                _reached("flop_saving/(target_flop+target_infer_flops)"),
                q.RATIO,
                "flop_saving_share",
                "Sardana et al. 2024, arXiv:2401.00448, find 17 % for 7 B instead of 13 B "
                "parameters and 2 T tokens served.",
                number_format=_CHANGE,
            ),
            _money(
                "Inference cost, the optimum",
                "=GPU_COST(GPU_HOURS(target_infer_flops,serving_peak_tflops,serving_mfu),"
                "serving_hour_cost)",
                "target_infer_cost",
                "GPU-hours × cost of a serving GPU-hour.",
            ),
            _money(
                "Inference cost, this model",
                "=GPU_COST(GPU_HOURS(chosen_infer_flops,serving_peak_tflops,serving_mfu),"
                "serving_hour_cost)",
                "chosen_infer_cost",
                "GPU-hours × cost of a serving GPU-hour.",
            ),
            _money(
                "Total cost, the optimum",
                "=target_train_cost+target_infer_cost",
                "target_total_cost",
                "Training + inference.",
                total=True,
            ),
            _money(
                "Total cost, this model",
                _reached("chosen_train_cost+chosen_infer_cost"),
                "chosen_total_cost",
                "Training + inference.",
                total=True,
            ),
            _money(
                "Saved by this model",
                _reached("target_total_cost-chosen_total_cost"),
                "cost_saving",
                "In brackets if it costs more than the optimum.",
            ),
            Line(
                "Break-even volume",
                _reached(
                    "IF(mtoken_saving>0,(chosen_train_cost-target_train_cost)"
                    '/mtoken_saving*tokens_per_million,"never pays")'
                ),
                q.TOKENS,
                "break_even_tokens",
                "Tokens served from which this model is the cheaper one: extra training cost / "
                "saved with each token. It never pays if the model is no smaller than the optimum.",
            ),
        ),
    ),
    Group(
        "The cheapest size of those on the sheet Model size",
        (
            Line(
                "Cheapest size over the optimum",
                "=INDEX(size_ratios,MATCH(MIN(size_costs),size_costs,0))",
                q.FACTOR,
                "cheapest_ratio",
                "Where training + inference cost the least.",
            ),
            Line(
                "Parameters, the cheapest size",
                "=cheapest_ratio*target_params",
                q.PARAMS,
                "cheapest_params",
                "Size over the optimum × its parameters.",
            ),
            Line(
                "Training tokens, the cheapest size",
                "=INDEX(size_tokens,MATCH(MIN(size_costs),size_costs,0))",
                q.TOKENS,
                "cheapest_tokens",
                "To reach the same loss.",
            ),
            _money(
                "Total cost, the cheapest size",
                "=MIN(size_costs)",
                "cheapest_total_cost",
                "Training + inference.",
                total=True,
            ),
            Line(
                "Below the optimum's cost",
                "=1-cheapest_total_cost/target_total_cost",
                q.RATIO,
                "cheapest_saving",
                "What the right size saves over its life.",
                number_format=_CHANGE,
            ),
        ),
    ),
)

RUN_SOURCE = (
    "A plan of 10 M USD, not a real run. H100 and its median list price: the sheet Catalogue. "
    "Utilisation: Llama Team 2024, arXiv:2407.21783, Table 4. GPUs, volume and utilisation of "
    "serving are assumptions."
)

SOURCES = (
    (
        "fit",
        "besiroglu2024: a refit of the experiments of Hoffmann et al., read off their figure",
        "Besiroglu et al. 2024, Chinchilla Scaling: A replication attempt, arXiv:2404.10102.",
    ),
    (
        "tokens_per_param",
        "20 tokens a parameter",
        "Hoffmann et al. 2022, Training Compute-Optimal Large Language Models, arXiv:2203.15556.",
    ),
    (
        "mfu",
        "38 to 43 % on H100",
        "Llama Team 2024, The Llama 3 Herd of Models, arXiv:2407.21783, Table 4.",
    ),
    (
        "price_per_gpu_hour",
        "The median list price on demand of the accelerator",
        "The sheet Catalogue; Epoch AI, Data on AI and Machine Learning Hardware, CC BY 4.0, and "
        "the pages named there.",
    ),
    (
        "peak_tflops, watts",
        "Dense 16-bit rate and thermal design power of the accelerator",
        "The sheet Catalogue.",
    ),
    ("pue", "1.1", "Touvron et al. 2023, LLaMA, arXiv:2302.13971, section 6."),
    (
        "power_price",
        "0: a rented GPU-hour includes power",
        "For own machines: EIA, Electric Power Annual 2023, industrial prices by state.",
    ),
    (
        "prefill_mfu, decode_mfu",
        "76 % in prefill of PaLM 540B; the defaults are assumptions below it",
        "Pope et al. 2022, Efficiently Scaling Transformer Inference, arXiv:2211.05102.",
    ),
    (
        "lifetime_tokens",
        "Training smaller and longer pays with the tokens served",
        "Sardana et al. 2024, Beyond Chinchilla-Optimal, arXiv:2401.00448, Figure 1; the default "
        "is an assumption.",
    ),
    (
        "data_stock",
        "About 300 T tokens of public human text",
        "Villalobos et al. 2024, Will we run out of data?, arXiv:2211.04325.",
    ),
    (
        "flop_low, flop_high",
        "Experiments from 6E+18 FLOP, optima printed up to 1.30E+28",
        "Hoffmann et al. 2022, arXiv:2203.15556, section 3.2 and Table 3.",
    ),
    (
        "chosen_extra",
        "The same closed form, and 20 % more compute at half the size",
        "H. de Vries 2023, Go smol or go home, harmdevries.com.",
    ),
    (
        "run_share, gpus, size_ratio, output_share",
        "Defaults without a source",
        AN_ASSUMPTION,
    ),
)

CHECKS = (
    Check(
        "The run costs what the budget says",
        "=CHOOSE(MATCH(budget_kind,budget_kinds,0),budget_cost,budget_gpu_days,budget_flop)",
        "=",
        "=budget_amount*run_share",
        "[>=1000000000000000]0.00E+00;#,##0.00",
        "FLOP to GPU-days to money, and back again.",
    ),
    Check(
        "The budget is one that the experiments support",
        "=budget_flop",
        ">",
        "=flop_low",
        "0.00E+00",
        "A rule: below, or far above, the kind of budget may not be the one that is meant.",
    ),
    Check(
        "The budget is not beyond every published optimum",
        "=budget_flop",
        "≤",
        "=flop_high",
        "0.00E+00",
        "A rule: the fits end at 3E+21 FLOP, everything above is extrapolated.",
    ),
    Check(
        "The data exist",
        "=MAX(best_tokens,target_tokens,chosen_tokens)",
        "≤",
        "=data_stock",
        q.COUNT_FORMAT,
        "A rule: the most tokens that a model here is trained on.",
    ),
    Check(
        "Tokens of your own come with parameters of your own",
        "=own_tokens",
        "≤",
        "=IF(own_params>0,own_tokens,0)",
        q.COUNT_FORMAT,
        "Tokens alone are no run.",
    ),
    Check(
        "The peak rate is the dense one",
        "=peak_tflops",
        "≤",
        '=IF(ISNA(GPU_SPEC(gpu,"peak_tflops")),peak_tflops,GPU_SPEC(gpu,"peak_tflops"))',
        "#,##0.0",
        "The catalogue's dense 16-bit rate; a machine that it does not know passes.",
    ),
    Check(
        "The optimum spends the whole budget",
        "=TRAIN_FLOPS(best_params,best_tokens)",
        "=",
        "=budget_flop",
        "0.00E+00",
        "6 × parameters × tokens against the budget.",
    ),
    Check(
        "The constants on the sheet Fits are those of the functions",
        "=SUM(fit_losses)",
        "=",
        "=SUM(fit_function_losses)",
        "0.000000",
        "Loss of all fits at the optimum: by the constants, and by SCALING_LOSS.",
    ),
    Check(
        "The published optima come out",
        "=MAX(published_uses)",
        "≤",
        1,
        "0.00",
        "Sheet Fits: the largest difference, as a part of what rounding and fitting allow.",
    ),
    Check(
        "The least compute reaches the loss",
        "=SCALING_LOSS(target_params,target_tokens,fit)",
        "=",
        "=target_loss",
        "0.000000",
        "The closed form of the compute, put into SCALING_LOSS.",
    ),
    Check(
        "The budget is the least compute for its loss",
        "=IF(own_params*own_tokens>0,TRAIN_FLOPS(target_params,target_tokens),budget_flop)",
        "=",
        "=target_flop",
        "0.00E+00",
        "The closed form against the budget; for a run of your own against 6·N·D.",
    ),
    Check(
        "The model that is trained instead reaches the loss",
        "=IF(chosen_room>0,SCALING_LOSS(chosen_params,chosen_tokens,fit),target_loss)",
        "=",
        "=target_loss",
        "0.000000",
        "The closed form of the tokens, put into SCALING_LOSS; passes where it is out of reach.",
    ),
    Check(
        "A run of your own takes its own tokens",
        "=IF(own_params*own_tokens>0,chosen_tokens,own_tokens)",
        "=",
        "=own_tokens",
        q.COUNT_FORMAT,
        "The closed form gives the tokens back from the loss.",
    ),
    Check(
        "The optimum is the lowest point of the curve",
        "=MIN(curve_losses)",
        "=",
        "=best_loss",
        "0.000000",
        "The least loss on the sheet Loss curves against the optimum.",
    ),
    Check(
        "The table of sizes holds the optimum",
        "=INDEX(size_costs,MATCH(1,size_ratios,0))",
        "=",
        "=TRAIN_COST(target_flop,peak_tflops,mfu,gpu_hour_cost)+target_infer_cost",
        MONEY_FORMAT,
        "The row of the ratio 1 against TRAIN_COST and the inference.",
    ),
    Check(
        "Prefill and decode make up the inference",
        "=GPU_HOURS(INFER_FLOPS(chosen_params,lifetime_tokens*(1-output_share),0),"
        "serving_peak_tflops,prefill_mfu)+GPU_HOURS(INFER_FLOPS(chosen_params,0,"
        "lifetime_tokens*output_share),serving_peak_tflops,decode_mfu)",
        "=",
        "=GPU_HOURS(chosen_infer_flops,serving_peak_tflops,serving_mfu)",
        "#,##0",
        "GPU-hours of each phase at its own utilisation.",
    ),
    Check(
        "The cost of a million tokens is the same by rate",
        "=COST_PER_MTOKENS(serving_hour_cost,"
        "serving_peak_tflops*flop_per_tflop/(forward_factor*chosen_params),serving_mfu)",
        "=",
        "=chosen_mtoken_cost",
        "#,##0.0000",
        "COST_PER_MTOKENS from tokens a second against FLOP a token.",
    ),
    Check(
        "The break-even volume is the same by function",
        "=IF(AND(chosen_room>0,mtoken_saving>0),BREAK_EVEN_MTOKENS(MAX(0,"
        "chosen_train_cost-target_train_cost),target_mtoken_cost,chosen_mtoken_cost),0)",
        "=",
        "=IF(AND(chosen_room>0,mtoken_saving>0),break_even_tokens/tokens_per_million,0)",
        "#,##0",
        "Millions of tokens by BREAK_EVEN_MTOKENS; 0 where there is none.",
    ),
)
