"""Which figures does the budget of inference hold: inputs, results, sources, checks?

The tables of this module say it, a row for each figure; `book.py` lays them out.
"""

from xlcalc import quantities as q
from xlcalc.catalogue.quotes import BASE
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.catalogues import (
    accelerator,
    model_entries,
    of_model,
    sliding_windows,
    token_price_entries,
)
from xlcalc.templates.parts.checks import Check
from xlcalc.templates.parts.figures import MONEY_FORMAT, PRICE_FORMAT, Group, Line, conversion
from xlcalc.templates.parts.money import RATE, currency_lines, rental_line

TYPED_IN = "Typed in: the sheet Sources says where the figures of this case come from."
_OFFER = "MATCH(chosen_api,api_names,0)"
LISTED = (
    f'=IF(ISNA({_OFFER}),"Not in the list: type in its prices.",'
    f'"Choose from the list. Its list price: "&INDEX(api_providers,{_OFFER})&", "'
    f'&INDEX(api_dates,{_OFFER})&". "&INDEX(api_notes,{_OFFER}))'
)
API_DEARER = "api_mtokens_price>other_mtokens_cost"
"""Whether there is a volume from which this fleet costs less than the API."""
ASSUMED = "An assumption of this template; set your own."
PER_MTOKENS = '=currency&"/M tokens"'
PER_MONTH = '=currency&"/month"'

EXPERTS = Quantity("experts", at_least=1.0, number_format="#,##0")
COMPRESSED = Quantity("dimensions", at_least=0.0, number_format="#,##0")
PEAK_FACTOR = Quantity("×", at_least=1.0, number_format="0.00")
SPARE = Quantity("replicas", at_least=0.0, number_format="#,##0")
REPLICAS = Quantity("replicas", at_least=0.0, number_format="#,##0")
STEP_SECONDS = Quantity("s/step", at_least=0.0, number_format="0.0000")
USER_SPEED = Quantity("tokens/s", at_least=0.0, number_format="#,##0.0")
GPU_SPEED = Quantity("tokens/(s·GPU)", above=0.0, number_format="#,##0.0")
MTOKENS = Quantity("M tokens/month", at_least=0.0, number_format="#,##0.00")

RUN_SOURCE = (
    "Parameters and shape: Brown et al. 2020 (GPT-3), arXiv:2005.14165. An answer of 20 + 300 "
    "tokens on A100 at 46.2 %, 1.12e14 FLOP and 0.78 s of one GPU: "
    "AI大模型专题报告：大模型进展2.0, 2024-05-07. "
    "Traffic, sequences and limits: assumptions of this template."
)


def _looked_up(field: str) -> str:
    return f'=MODEL_SPEC(model,"{field}")'


def _attending(field: str) -> str:
    """Return a look-up of layers without those that have linear attention."""
    linear = of_model("linear_layers", "0").removeprefix("=")
    return f"{_looked_up(field)}-{linear}"


def _money(label: str, value: str, name: str, note: str, *, total: bool = False) -> Line:
    return Line(
        label,
        value,
        q.MONEY_PER_MONTH,
        name,
        note,
        unit=PER_MONTH,
        number_format=MONEY_FORMAT,
        total=total,
    )


def _price(label: str, value: object, name: str, note: str) -> Line:
    return Line(
        label,
        value,
        q.PRICE_PER_MTOKENS,
        name,
        note,
        unit=PER_MTOKENS,
        number_format=PRICE_FORMAT,
    )


AMOUNTS = (
    Line(
        "Code of the yuan",
        "CNY",
        "code of three letters",
        "",
        "As the sheets API prices and Sources write it.",
        alias="yuan",
        fixed=True,
    ),
    Line(
        "A yuan",
        0.139,
        f"{BASE}/CNY",
        "",
        "Counts where the sheet Sources has no rate of the yuan.",
        number_format=RATE.number_format,
        alias="usd_yuan",
        fixed=True,
    ),
)
"""What a price in yuan is converted by, where the catalogue has no rate."""

INPUTS = (
    Group(
        "The model",
        (
            Line("Name of the case", "GPT-3 175B on A100", "text", "run_name", "Shown on Summary."),
            Line(
                "Model",
                "GPT-3 175B",
                "name in the catalogue",
                "model",
                "Choose from the list; of a closed model nobody published the figures below, so "
                "type in your own.",
                entries=model_entries(),
            ),
            Line(
                "Parameters, all",
                _looked_up("total_params"),
                q.PARAMS,
                "total_params",
                "Looked up from the model; may be overwritten. Memory follows all parameters.",
            ),
            Line(
                "Parameters, active",
                _looked_up("active_params"),
                q.PARAMS,
                "active_params",
                "Those that a token uses; FLOP follow them. All of them in a dense model, fewer in "
                "a mixture of experts.",
            ),
            Line(
                "Experts of a layer",
                of_model("n_experts", "1"),
                EXPERTS,
                "experts",
                "Experts of a layer that a router chooses from; 1 for a dense model.",
            ),
            Line(
                "Experts of a token",
                of_model("experts_per_token", "1"),
                EXPERTS,
                "experts_per_token",
                "Experts that the router chooses for a token; 1 for a dense model.",
            ),
            Line(
                "Layers",
                _attending("layers"),
                q.LAYERS,
                "layers",
                "Layers that attend to the context. Those with linear attention keep a state of "
                "one size, and are left out.",
            ),
            *sliding_windows(),
            Line("Heads", _looked_up("heads"), q.HEADS, "heads", "Query heads of a layer."),
            Line(
                "Key-value heads",
                _looked_up("kv_heads"),
                q.HEADS,
                "kv_heads",
                "Fewer than heads where several share keys and values (GQA, MQA).",
            ),
            Line(
                "Width of a head",
                _looked_up("head_dim"),
                q.WIDTH,
                "head_dim",
                "The model's own, not its width over its heads.",
            ),
            Line(
                "Width of compressed keys and values",
                of_model("kv_rank", "0"),
                COMPRESSED,
                "kv_rank",
                "Looked up from the model: 0 for ordinary heads, more for models that keep "
                "compressed keys and values (MLA). May be overwritten.",
            ),
            Line(
                "Width of the key for the position",
                '=IF(kv_rank>0,IF(ISNA(MODEL_SPEC(model,"rope_dim")),0,'
                'MODEL_SPEC(model,"rope_dim")),0)',
                COMPRESSED,
                "rope_dim",
                "Of compressed keys and values alone; looked up from the model. May be "
                "overwritten.",
            ),
        ),
    ),
    Group(
        "The number formats",
        (
            Line(
                "Bytes of a parameter",
                2,
                q.BYTES_PER_PARAM,
                "bytes_per_param",
                "2 for BF16 or FP16, 1 for FP8 or INT8, 0.5 for 4 bits.",
            ),
            Line(
                "Bytes of a number in the KV cache",
                2,
                q.BYTES_PER_VALUE,
                "bytes_per_value",
                "2 for BF16 or FP16, 1 for FP8.",
            ),
            Line(
                "Arithmetic",
                "16-bit",
                "choice",
                "arithmetic",
                "16-bit or fp8: which peak rate is looked up, if the accelerator has it. Small "
                "weights alone make no faster arithmetic.",
                entries='"16-bit,fp8"',
            ),
        ),
    ),
    Group(
        "The traffic",
        (
            Line("Users on a day", 1_000_000, q.USERS, "daily_users", ASSUMED),
            Line("Requests of a user", 10, q.REQUESTS_PER_USER, "requests_per_user", ASSUMED),
            Line(
                "Prompt tokens of a request",
                20,
                q.CONTEXT,
                "prompt_tokens",
                "Tokens that the model reads, instructions and history included; those it finds in "
                "a cache of earlier prompts left out.",
            ),
            Line(
                "Output tokens of a request",
                300,
                q.TOKENS,
                "output_tokens",
                "Tokens that the model writes, hidden reasoning included.",
            ),
            Line(
                "Peak load over the average",
                3,
                PEAK_FACTOR,
                "peak_factor",
                "Load at the busiest time of the day over the average of the day. " + ASSUMED,
            ),
        ),
    ),
    Group(
        "The machines",
        (
            accelerator("A100 SXM 80GB"),
            Line(
                "Peak rate of one GPU",
                '=GPU_SPEC(gpu,IF(arithmetic="fp8","fp8_tflops",IF(arithmetic="16-bit",'
                '"peak_tflops",arithmetic)))',
                q.PEAK_TFLOPS,
                "peak_tflops",
                "Dense rate of the chosen arithmetic, looked up from the accelerator; may be "
                "overwritten.",
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
                "Utilisation (MFU)",
                0.462,
                q.UTILISATION,
                "mfu",
                "Share of the peak rate that the model's own FLOP reach, in prefill and where "
                "computation bounds decode. 46.2 % is the report's figure, measured in training "
                "(PaLM, arXiv:2204.02311): measure yours.",
            ),
            Line(
                "Share of the bandwidth",
                0.6,
                q.UTILISATION,
                "bandwidth_share",
                "Share of the memory bandwidth that decode reaches, exchange between GPUs "
                "included. An assumption of this template: measure yours.",
            ),
            Line(
                "Usable memory",
                0.9,
                q.UTILISATION,
                "usable_memory",
                "Share of the memory for weights and KV cache; the default of vLLM's "
                "gpu_memory_utilization is 0.9 (vLLM documentation, engine arguments).",
            ),
            Line(
                "Sequences that a replica must hold",
                32,
                q.SEQUENCES,
                "least_sequences",
                "From them follows how many GPUs a replica gets. " + ASSUMED,
            ),
            conversion(
                "Step of the GPUs of a replica",
                2,
                "×",
                "size_step",
                "A replica has 1, 2, 4, 8, 16 GPUs, and so on.",
            ),
            Line(
                "GPUs of a replica",
                "=size_step^ROUNDUP(LN(replica_gpus_planned)/LN(size_step),0)",
                q.GPUS,
                "gpus_per_replica",
                "The next power of two that holds them, so that heads and servers divide evenly; "
                "may be overwritten.",
            ),
            Line(
                "Most sequences at the same time",
                128,
                q.SEQUENCES,
                "most_sequences",
                "The scheduler's limit (max_num_seqs in vLLM): more of them make tokens cheaper "
                "and answers slower. " + ASSUMED,
            ),
            Line(
                "Planned utilisation at the peak",
                0.7,
                q.UTILISATION,
                "target_utilisation",
                "Share of the fleet's throughput that the busiest time may use. " + ASSUMED,
            ),
            Line(
                "Spare replicas",
                1,
                SPARE,
                "spare_replicas",
                "Replicas beyond the load, for failures and updates. " + ASSUMED,
            ),
        ),
    ),
    Group(
        "Limits for the answers",
        (
            Line(
                "Latest first token",
                2,
                q.SECONDS,
                "first_token_limit",
                "A check fails where a user waits longer. " + ASSUMED,
            ),
            Line(
                "Slowest writing",
                10,
                USER_SPEED,
                "slowest_speed",
                "A check fails where a user gets fewer tokens a second. " + ASSUMED,
            ),
        ),
    ),
    Group(
        "Prices",
        (
            *currency_lines(),
            Line(
                "A yuan in this currency",
                "=IF(currency=yuan,1,currency_rate*IF(ISNA(MATCH(yuan,rate_currencies,0)),usd_yuan,"
                "1/INDEX(rates_per_usd,MATCH(yuan,rate_currencies,0))))",
                RATE,
                "cny_rate",
                "List prices in yuan are converted by it. 0.139 USD where the sheet Sources has no "
                "rate: 7.19 CNY for a dollar, about the average of 2024; set the rate of the day.",
                unit='=currency&"/CNY"',
            ),
            rental_line("Price of a GPU-hour", "price_per_gpu_hour", TYPED_IN),
            Line(
                "Other fixed cost",
                20_000,
                q.MONEY_PER_MONTH,
                "other_fixed_cost",
                "Staff, monitoring, storage: whatever the volume. " + ASSUMED,
                unit=PER_MONTH,
                number_format=MONEY_FORMAT,
            ),
            _price(
                "Other cost of a million tokens",
                0,
                "other_mtokens_cost",
                "Traffic, logging and the like, beside the GPUs. " + ASSUMED,
            ),
        ),
    ),
    Group(
        "The API to compare with",
        (
            Line(
                "API",
                "gpt-4o",
                "name in the list",
                "chosen_api",
                LISTED,
                entries=token_price_entries(),
            ),
            _price(
                "Its price of prompt tokens",
                "=INDEX(api_input_prices,MATCH(chosen_api,api_names,0))",
                "api_input_price",
                "Looked up on the sheet API prices, converted; may be overwritten by a contract.",
            ),
            _price(
                "Its price of output tokens",
                "=INDEX(api_output_prices,MATCH(chosen_api,api_names,0))",
                "api_output_price",
                "Looked up on the sheet API prices, converted; may be overwritten by a contract.",
            ),
        ),
    ),
    Group(
        "Conversions",
        (
            conversion("Tokens in a million", 1_000_000, "tokens/M tokens", "tokens_per_million"),
            conversion("Seconds in an hour", 3_600, "s/h", "seconds_per_hour"),
            conversion("Hours in a day", 24, "hours/day", "hours_per_day"),
            conversion("Days in a year", 365, "days/year", "days_per_year"),
            conversion("Months in a year", 12, "months/year", "months_per_year"),
            conversion("Bytes in a gigabyte", 1_000_000_000, "bytes/GB", "bytes_per_gb"),
        ),
    ),
)

RESULTS = (
    Group(
        "Traffic",
        (
            Line(
                "Requests on a day",
                "=daily_users*requests_per_user",
                "requests/day",
                "requests_per_day",
                "Users × requests of a user.",
                number_format="#,##0",
            ),
            Line(
                "Requests, average",
                "=PEAK_QPS(daily_users,requests_per_user)",
                q.REQUEST_RATE,
                "mean_requests",
                "Requests on a day / 86,400 s.",
                number_format="#,##0.00",
            ),
            Line(
                "Requests at the peak",
                "=PEAK_QPS(daily_users,requests_per_user,peak_factor)",
                q.REQUEST_RATE,
                "peak_requests",
                "Average × peak load over the average.",
                number_format="#,##0.00",
            ),
            Line(
                "Prompt tokens at the peak",
                "=peak_requests*prompt_tokens",
                q.TOKEN_RATE,
                "peak_prompt_rate",
                "Requests at the peak × prompt tokens.",
            ),
            Line(
                "Output tokens at the peak",
                "=peak_requests*output_tokens",
                q.TOKEN_RATE,
                "peak_output_rate",
                "Requests at the peak × output tokens.",
            ),
            Line(
                "Days in a month",
                "=days_per_year/months_per_year",
                q.DAYS_PER_MONTH,
                "days_per_month",
                "An average month.",
                number_format="0.00",
            ),
            Line(
                "Hours in a month",
                "=days_per_month*hours_per_day",
                "hours/month",
                "hours_per_month",
                "Days × 24: the fleet is paid around the clock.",
                number_format="#,##0",
            ),
            Line(
                "Prompt tokens in a month",
                "=requests_per_day*days_per_month*prompt_tokens/tokens_per_million",
                MTOKENS,
                "prompt_mtokens",
                "Requests × prompt tokens.",
            ),
            Line(
                "Output tokens in a month",
                "=requests_per_day*days_per_month*output_tokens/tokens_per_million",
                MTOKENS,
                "output_mtokens",
                "Requests × output tokens.",
            ),
            Line(
                "Tokens in a month",
                "=prompt_mtokens+output_mtokens",
                MTOKENS,
                "month_mtokens",
                "Prompt + output.",
                total=True,
            ),
        ),
    ),
    Group(
        "Computation of an answer",
        (
            Line(
                "Computation without attention",
                "=INFER_FLOPS(active_params,prompt_tokens,output_tokens)",
                q.FLOP,
                "answer_flops",
                "2 FLOP × active parameters × (prompt + output tokens).",
            ),
            Line(
                "One GPU computes it in",
                "=INFER_SECONDS(answer_flops,peak_tflops,mfu)",
                q.SECONDS,
                "answer_gpu_seconds",
                "FLOP / (peak rate × utilisation): the figure that reports print. Neither "
                "attention nor memory bandwidth is in it.",
            ),
            Line(
                "Forward pass over training",
                "=FORWARD_FLOPS(active_params,prompt_tokens)/TRAIN_FLOPS(active_params,prompt_tokens)",
                q.RATIO,
                "forward_share",
                "2·N·D / 6·N·D, a third: ATTENTION_FLOPS counts forward and backward pass.",
            ),
            Line(
                "Width of a head in prefill",
                "=IF(kv_rank>0,AVERAGE(head_dim+rope_dim,head_dim),head_dim)",
                q.WIDTH,
                "prefill_head_dim",
                "Mean of key and value; a compressed key has its position beside it.",
            ),
            Line(
                "Attention of the prompt",
                "=ATTENTION_FLOPS(layers,heads,prefill_head_dim,MAX(prompt_tokens,1),"
                'prompt_tokens,"causal",window,window_layers)*forward_share',
                q.FLOP,
                "prefill_attention_flops",
                "INFER_FLOPS leaves it out; it grows with the square of the prompt. Causal: each "
                "token attends to those before it.",
            ),
            Line(
                "Prefill",
                "=INFER_FLOPS(active_params,prompt_tokens,0)+prefill_attention_flops",
                q.FLOP,
                "prefill_flops",
                "2 FLOP × active parameters × prompt tokens + attention.",
            ),
            Line(
                "Context at the end",
                "=prompt_tokens+output_tokens",
                q.CONTEXT,
                "context_tokens",
                "Prompt + output: memory is reserved for it.",
            ),
            Line(
                "Context, average in decode",
                "=AVERAGE(prompt_tokens,context_tokens)",
                q.CONTEXT,
                "mean_context",
                "Half-way between the prompt and the end.",
            ),
            Line(
                "Width of a head in decode",
                "=IF(kv_rank>0,AVERAGE(kv_rank+rope_dim,kv_rank),head_dim)",
                q.WIDTH,
                "decode_head_dim",
                "Decode with compressed keys attends to them as they are kept (arXiv:2405.04434, "
                "section 2.1).",
            ),
            Line(
                "Attention of an output token",
                "=ATTENTION_FLOPS(layers,heads,decode_head_dim,MAX(mean_context,1),1,"
                '"full",window,window_layers)*forward_share',
                q.FLOP_PER_TOKEN,
                "decode_attention_flops",
                "A new token attends to its whole context.",
            ),
            Line(
                "Decode of an output token",
                "=INFER_FLOPS(active_params,0,1)+decode_attention_flops",
                q.FLOP_PER_TOKEN,
                "decode_flops",
                "2 FLOP × active parameters + attention.",
            ),
            Line(
                "Computation with attention",
                "=prefill_flops+output_tokens*decode_flops",
                q.FLOP,
                "full_answer_flops",
                "Prefill + output tokens × decode.",
                total=True,
            ),
            Line(
                "Share of attention",
                "=1-answer_flops/full_answer_flops",
                q.SHARE,
                "attention_part",
                "Small for short contexts, most of the work for a million tokens.",
            ),
        ),
    ),
    Group(
        "Memory of a replica",
        (
            Line(
                "Weights",
                "=WEIGHTS_GB(total_params,bytes_per_param)",
                q.MEMORY_GB,
                "model_gb",
                "All parameters × bytes: also experts that a token does not use.",
            ),
            Line(
                "KV cache of a sequence",
                "=IF(kv_rank>0,"
                "KV_CACHE_BYTES_MLA(layers,kv_rank,rope_dim,context_tokens,bytes_per_value),"
                "KV_CACHE_BYTES(layers,kv_heads,head_dim,context_tokens,bytes_per_value,1,window,"
                "window_layers))",
                q.BYTES_PER_SEQUENCE,
                "sequence_bytes",
                "2 × layers × key-value heads × width × context × bytes, in a sliding window at "
                "most its tokens; compressed: layers × (width + position) × context × bytes.",
            ),
            Line(
                "KV cache of a sequence in GB",
                "=sequence_bytes/bytes_per_gb",
                "GB/sequence",
                "sequence_gb",
                "The same in gigabytes.",
                number_format="#,##0.000",
            ),
            Line(
                "GPUs that hold one sequence",
                "=GPUS_TO_FIT(model_gb+sequence_gb,gpu_memory_gb,usable_memory)",
                q.GPUS,
                "replica_gpus_least",
                "Weights and the KV cache of one sequence / usable memory of a GPU, rounded up.",
            ),
            Line(
                "GPUs that hold the wanted ones",
                "=GPUS_TO_FIT(model_gb+least_sequences*sequence_gb,gpu_memory_gb,usable_memory)",
                q.GPUS,
                "replica_gpus_planned",
                "Weights and the KV cache of the sequences that a replica must hold.",
            ),
            Line(
                "Usable memory of a replica",
                "=gpu_memory_gb*gpus_per_replica*usable_memory",
                q.MEMORY_GB,
                "replica_memory_gb",
                "Memory of a GPU × GPUs × usable share.",
            ),
            Line(
                "Sequences that fit",
                "=MAX_SEQUENCES(gpu_memory_gb,gpus_per_replica,model_gb,sequence_bytes,usable_memory)",
                q.SEQUENCES,
                "fits_sequences",
                "What the weights leave / KV cache of a sequence, rounded down.",
            ),
            Line(
                "Sequences at the same time",
                "=MAX(1,MIN(most_sequences,fits_sequences))",
                q.SEQUENCES,
                "batch",
                "As many as fit, up to the scheduler's limit. Where none fits, the figures below "
                "are those of one, and a check fails.",
            ),
            Line(
                "Does it fit?",
                '=IF(fits_sequences>=1,"Yes. Free memory in GB: "'
                '&TEXT(replica_memory_gb-model_gb-batch*sequence_gb,"#,##0.0"),'
                "IF(model_gb>replica_memory_gb,"
                '"The weights do not fit. GPUs that a replica needs: ",'
                '"The KV cache of a sequence does not fit. GPUs that a replica needs: ")'
                '&TEXT(replica_gpus_least,"#,##0"))',
                "finding",
                "fit_verdict",
                "In words, also on Summary and Checks.",
            ),
        ),
    ),
    Group(
        "Decode: which bound holds",
        (
            Line(
                "Parameters read in a step",
                "=IF(batch>1,total_params-(total_params-active_params)"
                "*IF((batch-1)*LN(MAX(1-experts_per_token/experts,1E-300))<-700,0,"
                "(1-experts_per_token/experts)^(batch-1)),active_params)",
                q.PARAMS,
                "read_params",
                "One sequence reads its active parameters; each further one adds the experts that "
                "no other has chosen, tokens spread evenly. All of a dense model.",
            ),
            Line(
                "KV cache read for a sequence",
                "=IF(kv_rank>0,sequence_bytes*mean_context/context_tokens,"
                "KV_CACHE_BYTES(layers,kv_heads,head_dim,mean_context,bytes_per_value,1,window,"
                "window_layers))",
                q.BYTES_PER_SEQUENCE,
                "read_bytes",
                "Of the average context in decode.",
            ),
            Line(
                "Bandwidth of a replica",
                "=bandwidth_gbs*bandwidth_share*gpus_per_replica",
                q.BANDWIDTH_GBS,
                "replica_bandwidth",
                "Bandwidth of a GPU × share × GPUs.",
            ),
            Line(
                "Peak rate of a replica",
                "=peak_tflops*gpus_per_replica",
                q.PEAK_TFLOPS,
                "replica_tflops",
                "Peak rate of a GPU × GPUs.",
            ),
            Line(
                "Step, bound by memory",
                "=(read_params*bytes_per_param+batch*read_bytes)/(replica_bandwidth*bytes_per_gb)",
                STEP_SECONDS,
                "memory_step",
                "(Weights + KV cache of all sequences) / bandwidth.",
            ),
            Line(
                "Step, bound by computation",
                "=INFER_SECONDS(batch*decode_flops,peak_tflops,mfu,gpus_per_replica)",
                STEP_SECONDS,
                "compute_step",
                "Sequences × FLOP / (peak rate × utilisation × GPUs).",
            ),
            Line(
                "The bound that holds",
                '=IF(memory_step>=compute_step,"Memory bandwidth","Computation")',
                "finding",
                "decode_bound",
                "The slower of the two sets the pace.",
            ),
            Line(
                "Parameters with as many FLOP",
                "=active_params*decode_flops/INFER_FLOPS(active_params,0,1)",
                q.PARAMS,
                "flop_params",
                "Active parameters, attention counted as further ones, for the next row.",
            ),
            Line(
                "Output tokens of a replica",
                "=DECODE_TOKENS_PER_SECOND(flop_params,read_params*bytes_per_param/flop_params,"
                "replica_bandwidth,replica_tflops,batch,read_bytes,mfu)",
                q.TOKEN_RATE,
                "decode_rate",
                "Sequences / the slower step. The bytes stand for the parameters that are read, "
                "the parameters for the FLOP.",
            ),
            Line(
                "Output tokens of a user",
                "=decode_rate/batch",
                USER_SPEED,
                "user_speed",
                "A user's own share, while the replica computes no prompt.",
            ),
        ),
    ),
    Group(
        "How long an answer takes",
        (
            Line(
                "Computing the prompt",
                "=INFER_SECONDS(prefill_flops,peak_tflops,mfu,gpus_per_replica)",
                q.SECONDS,
                "prefill_seconds",
                "Prefill FLOP / (peak rate × utilisation × GPUs of a replica).",
                number_format="#,##0.000",
            ),
            Line(
                "Reading the weights once",
                "=model_gb/replica_bandwidth",
                q.SECONDS,
                "pass_seconds",
                "No prompt is faster, however short.",
                number_format="#,##0.000",
            ),
            Line(
                "First token after",
                "=MAX(prefill_seconds,pass_seconds)",
                q.SECONDS,
                "first_token_seconds",
                "The slower of the two, without waiting for other requests.",
                number_format="#,##0.000",
            ),
            Line(
                "Writing the answer",
                "=output_tokens/user_speed",
                q.SECONDS,
                "decode_seconds",
                "Output tokens / tokens a second of a user.",
            ),
            Line(
                "Answer complete after",
                "=first_token_seconds+decode_seconds",
                q.SECONDS,
                "answer_seconds",
                "First token + writing.",
                total=True,
            ),
        ),
    ),
    Group(
        "The fleet",
        (
            Line(
                "Replica seconds of a request",
                "=prefill_seconds+output_tokens/decode_rate",
                q.SECONDS,
                "busy_seconds",
                "Prefill, and its share of the decode steps: a replica does both in turn.",
                number_format="#,##0.0000",
            ),
            Line(
                "Prompt tokens of a GPU",
                "=prompt_tokens/(prefill_seconds*gpus_per_replica)",
                GPU_SPEED,
                "prefill_gpu_rate",
                "While it does prefill alone.",
            ),
            Line(
                "Output tokens of a GPU",
                "=decode_rate/gpus_per_replica",
                GPU_SPEED,
                "decode_gpu_rate",
                "While it does decode alone.",
            ),
            Line(
                "Tokens of a GPU",
                "=context_tokens/(busy_seconds*gpus_per_replica)",
                GPU_SPEED,
                "gpu_rate",
                "Prompt and output tokens, in the proportion of the traffic.",
            ),
            Line(
                "GPUs, bound by computation",
                "=ROUNDUP(peak_requests*INFER_SECONDS(full_answer_flops,peak_tflops,mfu)"
                "/target_utilisation,0)",
                q.GPUS,
                "compute_gpus",
                "If memory bandwidth were free: all FLOP of the peak.",
            ),
            Line(
                "GPUs, bound by memory",
                "=ROUNDUP(peak_output_rate/batch*memory_step*gpus_per_replica/target_utilisation,0)",
                q.GPUS,
                "memory_gpus",
                "If computation were free: all bytes that decode reads at the peak.",
            ),
            Line(
                "GPUs for prefill",
                "=SERVING_GPUS(peak_prompt_rate,prefill_gpu_rate,target_utilisation)",
                q.GPUS,
                "prefill_gpus",
                "Prompt tokens at the peak / (prompt tokens of a GPU × planned utilisation).",
            ),
            Line(
                "GPUs for decode",
                "=SERVING_GPUS(peak_output_rate,decode_gpu_rate,target_utilisation)",
                q.GPUS,
                "decode_gpus",
                "Output tokens at the peak / (output tokens of a GPU × planned utilisation).",
            ),
            Line(
                "GPUs for both",
                "=SERVING_GPUS(peak_prompt_rate+peak_output_rate,gpu_rate,target_utilisation)",
                q.GPUS,
                "load_gpus",
                "All tokens at the peak / (tokens of a GPU × planned utilisation), rounded once.",
            ),
            Line(
                "Replicas for the load",
                "=ROUNDUP(load_gpus/gpus_per_replica,0)",
                REPLICAS,
                "load_replicas",
                "Whole replicas.",
            ),
            Line(
                "Replicas",
                "=load_replicas+spare_replicas",
                REPLICAS,
                "replicas",
                "For the load + spare.",
            ),
            Line(
                "GPUs of the fleet",
                "=replicas*gpus_per_replica",
                q.GPUS,
                "fleet_gpus",
                "Replicas × GPUs of a replica.",
                total=True,
            ),
            Line(
                "Utilisation of the fleet",
                "=mean_requests*context_tokens/(MAX(fleet_gpus,1)*gpu_rate)",
                q.SHARE,
                "fleet_utilisation",
                "Average load / throughput of the fleet: nights and spare replicas are paid, too.",
            ),
            Line(
                "Tokens that a replica may serve",
                "=gpu_rate*gpus_per_replica*target_utilisation/peak_factor*seconds_per_hour"
                "*hours_per_month/tokens_per_million",
                MTOKENS,
                "replica_mtokens",
                "With this course of the day, up to the planned utilisation at the peak.",
            ),
            Line(
                "Tokens that the fleet may serve",
                "=load_replicas*replica_mtokens",
                MTOKENS,
                "fleet_mtokens",
                "By the replicas for the load; the spare ones stand by.",
            ),
        ),
    ),
    Group(
        "What own serving costs",
        (
            _money(
                "GPU cost",
                "=GPU_COST(fleet_gpus*hours_per_month,price_per_gpu_hour)",
                "gpu_month_cost",
                "GPUs of the fleet × hours × price.",
            ),
            _money("Other fixed cost", "=other_fixed_cost", "fixed_cost", "An input."),
            _money(
                "Other cost by volume",
                "=month_mtokens*other_mtokens_cost",
                "volume_cost",
                "Tokens × other cost of a million tokens.",
            ),
            _money(
                "Own serving",
                "=gpu_month_cost+fixed_cost+volume_cost",
                "own_cost",
                "GPUs + other cost.",
                total=True,
            ),
            _price(
                "GPU cost of 1 M tokens",
                "=IF(fleet_utilisation>0,"
                "COST_PER_MTOKENS(price_per_gpu_hour,gpu_rate,fleet_utilisation),0)",
                "gpu_mtokens_cost",
                "Price / (tokens of a GPU × utilisation of the fleet).",
            ),
            _price(
                "GPU cost of 1 M prompt tokens",
                "=IF(fleet_utilisation>0,"
                "COST_PER_MTOKENS(price_per_gpu_hour,prefill_gpu_rate,fleet_utilisation),0)",
                "prompt_mtokens_cost",
                "By the prompt tokens of a GPU: a prompt is computed in one go.",
            ),
            _price(
                "GPU cost of 1 M output tokens",
                "=IF(fleet_utilisation>0,"
                "COST_PER_MTOKENS(price_per_gpu_hour,decode_gpu_rate,fleet_utilisation),0)",
                "output_mtokens_cost",
                "By the output tokens of a GPU: a step writes one token of each sequence.",
            ),
            _price(
                "Cost of a million tokens",
                "=IF(month_mtokens>0,own_cost/month_mtokens,0)",
                "own_mtokens_cost",
                "All cost of own serving / tokens, prompt and output together.",
            ),
            _price(
                "Marginal cost of a million tokens",
                "=COST_PER_MTOKENS(price_per_gpu_hour,gpu_rate,target_utilisation/peak_factor)"
                "+other_mtokens_cost",
                "marginal_mtokens_cost",
                "If the fleet grows with the volume: GPUs at the planned utilisation, with this "
                "course of the day, and other cost by volume.",
            ),
            Line(
                "Cost of a request",
                "=IF(requests_per_day>0,own_cost/(requests_per_day*days_per_month),0)",
                q.MONEY,
                "request_cost",
                "All cost of own serving / requests.",
                unit='=currency&"/request"',
                number_format="#,##0.00000",
            ),
        ),
    ),
    Group(
        "Against the API",
        (
            _money(
                "The same traffic at the API",
                "=API_COST(prompt_mtokens*tokens_per_million,output_mtokens*tokens_per_million,"
                "api_input_price,api_output_price)",
                "api_month_cost",
                "Prompt and output tokens at the list price; what a vendor would take in.",
            ),
            _price(
                "Its price of a million tokens",
                "=API_COST(prompt_tokens,output_tokens,api_input_price,api_output_price)"
                "/context_tokens*tokens_per_million",
                "api_mtokens_price",
                "Prompt and output together, in the proportion of the traffic.",
            ),
            _money(
                "Margin of own serving",
                "=api_month_cost-own_cost",
                "margin",
                "API - own serving: saved by a buyer, earned by a vendor at that price.",
                total=True,
            ),
            Line(
                "Margin over the list price",
                "=IF(api_month_cost>0,margin/api_month_cost,0)",
                q.RATIO,
                "margin_share",
                "Margin / what the traffic costs at the API.",
                number_format="0.0%_);(0.0%)",
            ),
            Line(
                "Break-even of this fleet",
                f"=IF({API_DEARER},"
                "BREAK_EVEN_MTOKENS(gpu_month_cost+fixed_cost,api_mtokens_price,other_mtokens_cost),"
                '"Never: the API is cheaper")',
                MTOKENS,
                "fleet_break_even",
                "Fixed cost with this fleet / (API price - other cost by volume).",
            ),
            Line(
                "Can this fleet serve it?",
                f"=IF({API_DEARER},IF(fleet_break_even<=fleet_mtokens,"
                '"Yes","No: more than the fleet may serve"),"Never: the API is cheaper")',
                "finding",
                "break_even_verdict",
                "Break-even against the tokens that the fleet may serve.",
            ),
            Line(
                "Break-even of a growing fleet",
                "=IF(api_mtokens_price>marginal_mtokens_cost,"
                "BREAK_EVEN_MTOKENS(fixed_cost,api_mtokens_price,marginal_mtokens_cost),"
                '"Never: the API is cheaper")',
                MTOKENS,
                "growing_break_even",
                "Other fixed cost / (API price - marginal cost), spare replicas left out.",
            ),
            Line(
                "At this volume",
                '=IF(margin>0,"Own serving is cheaper","The API is cheaper")',
                "finding",
                "api_verdict",
                "By the margin.",
            ),
        ),
    ),
)

SOURCES = (
    (
        "total_params … head_dim",
        "Shape of the model",
        "The sheet Models: a source in each row. GPT-3: Brown et al. 2020, arXiv:2005.14165, "
        "Table 2.1.",
    ),
    (
        "kv_rank, rope_dim",
        "512 and 64 in DeepSeek-V2, V3, R1 and Kimi K2",
        "DeepSeek-AI 2024, arXiv:2405.04434, section 2.1; arXiv:2412.19437, section 4.2.",
    ),
    (
        "read_params",
        "Experts that a batch reads, tokens spread evenly",
        "Own derivation: all - (all - active)·(1 - chosen/experts)^(sequences - 1).",
    ),
    (
        "peak_tflops, gpu_memory_gb, bandwidth_gbs",
        "Figures of the accelerator",
        "The sheet Catalogue: a source in each row.",
    ),
    (
        "mfu",
        "46.2 %",
        "AI大模型专题报告：大模型进展2.0, 2024-05-07; PaLM's utilisation in training, "
        "arXiv:2204.02311, Table 3. Prefill of PaLM 540B reached up to 76 %: Pope et al. 2022, "
        "arXiv:2211.05102.",
    ),
    (
        "usable_memory",
        "90 %",
        "vLLM documentation, engine arguments: gpu_memory_utilization is 0.9 by default.",
    ),
    (
        "price_per_gpu_hour",
        "The median list price on demand of the accelerator",
        "The sheet Catalogue; Epoch AI, Data on AI and Machine Learning Hardware, CC BY 4.0.",
    ),
    (
        "api_input_price, api_output_price",
        "List prices of APIs",
        "The sheet API prices: a source in each row; most by genai-prices 0.2.3, MIT.",
    ),
    (
        "daily_users … target_utilisation",
        "Traffic, bandwidth share, sequences, planned utilisation, limits, other cost",
        "Assumptions of this template; set your own.",
    ),
)

CHECKS = (
    Check(
        "A replica holds the weights and a sequence",
        "=fits_sequences",
        ">",
        0,
        "#,##0",
        "=fit_verdict",
    ),
    Check(
        "The memory of a replica is not overfull",
        "=WEIGHTS_GB(total_params,bytes_per_param)+batch*sequence_gb",
        "≤",
        "=gpu_memory_gb*usable_memory*gpus_per_replica",
        "#,##0.0",
        "Weights and the KV cache of all sequences against the usable memory, in GB.",
    ),
    Check(
        "The cache is counted as the model keeps it",
        '=IF(ISNA(MODEL_SPEC(model,"kv_rank")),0,1)',
        "≤",
        "=kv_rank",
        "#,##0",
        "1 for a model with compressed keys and values, against their width, which must not be 0.",
    ),
    Check(
        "There is traffic",
        "=MIN(requests_per_day,prompt_tokens)",
        ">",
        0,
        "#,##0",
        "Requests on a day and prompt tokens, the smaller.",
    ),
    Check(
        "Shares are at most 100 %",
        "=MAX(mfu,bandwidth_share,usable_memory,target_utilisation)",
        "≤",
        1,
        "0.0%",
        "The largest of utilisation, bandwidth, memory and plan.",
    ),
    Check(
        "Active parameters are not more than all",
        "=active_params",
        "≤",
        "=total_params",
        "0.00E+00",
        "Equal in a dense model.",
    ),
    Check(
        "The first token comes in time",
        "=first_token_seconds",
        "≤",
        "=first_token_limit",
        "#,##0.000",
        "Seconds against the limit on Inputs. More GPUs for a replica make it faster.",
    ),
    Check(
        "Answers are written fast enough",
        "=slowest_speed",
        "≤",
        "=user_speed",
        "#,##0.0",
        "The limit on Inputs against tokens a second of a user. Fewer sequences make it faster.",
    ),
    Check(
        "Prefill and decode make up the answer",
        "=INFER_FLOPS(active_params,prompt_tokens,0)+output_tokens*INFER_FLOPS(active_params,0,1)",
        "=",
        "=FORWARD_FLOPS(active_params,context_tokens)",
        "0.00E+00",
        "INFER_FLOPS by parts against FORWARD_FLOPS of all tokens.",
    ),
    Check(
        "The share of attention is that of training",
        "=prefill_attention_flops/prefill_flops",
        "=",
        "=ATTENTION_SHARE(active_params,layers,heads,prefill_head_dim,MAX(prompt_tokens,1),"
        '"causal",window,window_layers)',
        "0.0000%",
        "In the prompt: both parts are a third of training, so their proportion is the same.",
    ),
    Check(
        "Decode goes at the pace of the slower bound",
        "=batch/MAX(memory_step,compute_step)",
        "=",
        "=decode_rate",
        "#,##0.0",
        "Step by step against DECODE_TOKENS_PER_SECOND.",
    ),
    Check(
        "The fleet is not below either bound",
        "=MAX(compute_gpus,memory_gpus)",
        "≤",
        "=load_gpus",
        "#,##0",
        "The larger of computation and memory alone against both together.",
    ),
    Check(
        "The fleet serves the peak as planned",
        "=(peak_prompt_rate+peak_output_rate)/gpu_rate",
        "≤",
        "=load_replicas*gpus_per_replica*target_utilisation",
        "#,##0.00",
        "GPUs that are busy at the peak against those that may be.",
    ),
    Check(
        "The sequences of the peak have room",
        "=peak_requests*decode_seconds",
        "≤",
        "=load_replicas*batch",
        "#,##0.0",
        "Little's law: requests a second × seconds of writing against places in the replicas.",
    ),
    Check(
        "GPU cost is the same by hours and by tokens",
        "=gpu_mtokens_cost*month_mtokens",
        "=",
        "=IF(month_mtokens>0,gpu_month_cost,0)",
        MONEY_FORMAT,
        "COST_PER_MTOKENS × tokens against GPU_COST.",
    ),
    Check(
        "Prompt and output tokens share the GPU cost",
        "=prompt_mtokens_cost*prompt_mtokens+output_mtokens_cost*output_mtokens",
        "=",
        "=IF(month_mtokens>0,gpu_month_cost,0)",
        MONEY_FORMAT,
        "Price of each × tokens against the whole.",
    ),
    Check(
        "The API costs the same by month and by token",
        "=api_mtokens_price*month_mtokens",
        "=",
        "=api_month_cost",
        MONEY_FORMAT,
        "Price of a million tokens × tokens against API_COST of the month.",
    ),
    Check(
        "At the break-even both cost the same",
        f"=IF({API_DEARER},fleet_break_even*api_mtokens_price,0)",
        "=",
        f"=IF({API_DEARER},gpu_month_cost+fixed_cost+fleet_break_even*other_mtokens_cost,0)",
        MONEY_FORMAT,
        "The API against own serving with this fleet; 0 where there is none.",
    ),
    Check(
        "The batch table holds this case",
        "=batch_case_cost",
        "=",
        "=marginal_mtokens_cost-other_mtokens_cost",
        PRICE_FORMAT,
        "First row of the table against the calculation.",
    ),
    Check(
        "The context table holds this case",
        "=context_case_cost",
        "=",
        "=IF(fits_sequences>=1,marginal_mtokens_cost-other_mtokens_cost,context_case_cost)",
        PRICE_FORMAT,
        "The row of the factor 1 against the calculation, where the case fits.",
    ),
    Check(
        "The volume table holds this case",
        "=volume_case_cost",
        "=",
        "=own_cost",
        MONEY_FORMAT,
        "The row of this volume against the calculation.",
    ),
)
