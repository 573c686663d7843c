"""Which figures does the workbook on long contexts and experts ask for, and which does it give?

The sheets Inputs and Calculation, line by line, and where the defaults come from.
"""

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.catalogues import (
    accelerator,
    model_entries,
    of_model,
    sliding_windows,
)
from xlcalc.templates.parts.figures import MONEY_FORMAT, PRICE_FORMAT, Group, Line, conversion
from xlcalc.templates.parts.money import currency_lines, rental_line

PER_MTOKENS = '=currency&"/M tokens"'
PER_GPU_HOUR = '=currency&"/GPU-hour"'
SHARE_FORMAT = "0.0%"
FACTOR_FORMAT = "0.00"
GB_FORMAT = "#,##0.0"
RATE_FORMAT = "#,##0"
MILLISECONDS = "#,##0.0"
LENGTH_AXIS = '[>=1000000]#,##0,,"M";[>=1000]#,##0,"K";#,##0'
MONEY_AXIS = '[>=1000000000]#,##0.0,,," B";[>=1000000]#,##0.0,," M";#,##0'
CHART_ROWS = 15
"""Rows of the sheet that a chart covers, and one below it."""
FINE_PRICE = styles.accounting("#,##0.000")

EXPERTS = Quantity("experts", at_least=1.0, number_format="#,##0")
NO_EXPERTS = Quantity("experts", at_least=0.0, number_format="#,##0")
TEXT = Quantity("characters", above=0.0, number_format="#,##0")
NO_LAYERS = Quantity("layers", at_least=0.0, number_format="#,##0")
NO_WIDTH = Quantity("dimensions", at_least=0.0, number_format="#,##0")
COPIES = Quantity("copies/token", above=0.0, number_format="0.0")
EMBEDDINGS = Quantity("matrices", at_least=1.0, at_most=2.0, number_format="0")
PRODUCTS = Quantity("multiply-adds", at_least=0.0, number_format=q.COUNT_FORMAT)

RUN_SOURCE = (
    "Shape, 14.8 T tokens, 2,048 H800 and 2 USD per GPU-hour: DeepSeek-AI 2024, DeepSeek-V3, "
    "arXiv:2412.19437; utilisation of 38.94 %: arXiv:2505.09343, Table 4. The pre-training took "
    "2.664 million GPU-hours as published. Serving on 8 H200 is an assumption."
)

KV_GQA = (
    "=KV_CACHE_BYTES(layers,kv_heads,head_dim,{context},kv_bytes,1,window,window_layers)"
    "/bytes_per_gb"
)
ATTENDED = "((layers-window_layers)*{context}+window_layers*MIN({context},window))/layers"
"""The tokens of the context that a layer looks at, on average: a window's at most in some."""
KV_MLA = "=KV_CACHE_BYTES_MLA(layers,kv_rank,rope_dim,{context},kv_bytes)/bytes_per_gb"
KV = '=IF(attention_kind="mla",{kv_mla},{kv_gqa})'
SERVERS = "=ROUNDUP(GPUS_TO_FIT({weights}+{kv},serve_memory,usable)/gpus_per_server,0)"
FIT = "=MAX_SEQUENCES(serve_memory,{servers}*gpus_per_server,{weights},{kv}*bytes_per_gb,usable)"
BATCH = "=MIN(batch_limit,{fit})"
PREFILL = (
    "=INFER_FLOPS(active_params,{context},0)"
    "+ATTENTION_FLOPS(layers,heads,score_dim,{context},{context},attention_mask,window,window_layers)"
    "/passes_of_training"
)
PREFILL_SECONDS = "=INFER_SECONDS({prefill},serve_peak,serve_mfu,{servers}*gpus_per_server)"
PREFILL_COST = (
    "=GPU_COST({seconds}*{servers}*gpus_per_server/seconds_per_hour,serve_price)/serve_utilisation"
)
READ = "=({params}-routed_params*idle_chance^{batch})*weight_bytes/bytes_per_gb"
"""Gigabytes of weights that a step reads: an expert is idle if no token of the batch chooses it,
each choosing evenly and for itself."""
DECODE = (
    f"=DECODE_TOKENS_PER_SECOND({{used}}+attention_products*{ATTENDED},"
    f"{{read}}*bytes_per_gb/({{used}}+attention_products*{ATTENDED}),"
    "serve_bandwidth*bandwidth_reached*gpus_per_server*{servers},"
    "serve_peak*gpus_per_server*{servers},{batch},{kv}*bytes_per_gb,serve_mfu)"
)
"""A step computes a product for each active parameter, and for each value of the context that it
looks at: both stand where the function wants parameters, and its bytes are those that are read."""
OUTPUT_PRICE = "=COST_PER_MTOKENS(serve_price,{rate}/({servers}*gpus_per_server),serve_utilisation)"
WAITING = (
    "(experts_ms*({slowdown}-1)+MAX(transfer_ms*{slowdown}*(1-overlap),"
    "transfer_ms*{slowdown}-step_ms*{ratio}-experts_ms*({slowdown}-1)))/(step_ms*{ratio})"
)
"""What a step waits over what it computes, where computing takes `ratio` times that of the run:
more computing hides more of the transfer."""

_LONG = {
    "context": "long_context",
    "kv_gqa": "long_kv_gqa_gb",
    "kv_mla": "long_kv_mla_gb",
    "kv": "long_kv_gb",
    "weights": "weights_gb",
    "servers": "long_servers",
    "fit": "long_sequences",
    "batch": "long_batch",
    "prefill": "long_prefill_flops",
    "seconds": "long_prefill_seconds",
    "params": "total_params",
    "used": "active_params",
    "rate": "long_rate",
}


TYPED_IN = "Typed in: the sheet Sources says where the figures of this case come from."

INPUTS = (
    Group(
        "The model",
        (
            Line(
                "Name of the case",
                "DeepSeek-V3",
                "text",
                "case_name",
                "Shown on the summary.",
            ),
            Line(
                "Model",
                "DeepSeek-V3",
                "name in the catalogue",
                "model",
                "Its shape is looked up on the sheet Models. What the catalogue does not hold is "
                "typed in below: kind of attention, shared experts, dense layers.",
                entries=model_entries(),
            ),
            Line(
                "Layers",
                '=MODEL_SPEC(model,"layers")',
                q.LAYERS,
                "layers",
                "Looked up from the model; may be overwritten, as all figures of the shape.",
            ),
            Line(
                "Width of the model",
                '=MODEL_SPEC(model,"d_model")',
                q.WIDTH,
                "d_model",
                "Width of a token between the layers; looked up from the model.",
            ),
            Line(
                "Query heads",
                '=MODEL_SPEC(model,"heads")',
                q.HEADS,
                "heads",
                "Of a layer; looked up from the model.",
            ),
            Line(
                "Key-value heads",
                '=MODEL_SPEC(model,"kv_heads")',
                q.HEADS,
                "kv_heads",
                "Fewer than query heads where they are grouped; looked up from the model.",
            ),
            Line(
                "Width of a head",
                of_model("head_dim", "d_model/heads"),
                q.WIDTH,
                "head_dim",
                "The model's own; width of the model / heads where the catalogue has none.",
            ),
            *sliding_windows(),
            Line(
                "Kind of attention",
                "mla",
                "choice",
                "attention_kind",
                "gqa: key-value heads, grouped or not. mla: multi-head latent attention, as in "
                "DeepSeek-V2, arXiv:2405.04434.",
                entries='"gqa,mla"',
            ),
            Line(
                "Width of the compressed keys and values",
                512,
                q.WIDTH,
                "kv_rank",
                "For mla, and for its comparison with gqa. 512 in DeepSeek-V3, arXiv:2412.19437, "
                "section 4.2.",
            ),
            Line(
                "Width of the key that carries the position",
                64,
                q.WIDTH,
                "rope_dim",
                "For mla, and for its comparison with gqa. 64 in DeepSeek-V3, arXiv:2412.19437, "
                "section 4.2.",
            ),
            Line(
                "Width of the compressed queries",
                1536,
                NO_WIDTH,
                "query_rank",
                "For mla; 0 where queries are not compressed. 1,536 in DeepSeek-V3, "
                "arXiv:2412.19437, section 4.2.",
            ),
            Line(
                "Vocabulary",
                '=MODEL_SPEC(model,"vocab")',
                q.VOCABULARY,
                "vocab",
                "Looked up from the model.",
            ),
            Line(
                "Embedding matrices",
                2,
                EMBEDDINGS,
                "embeddings",
                "2: input and output; 1 where they are the same.",
            ),
            Line(
                "Matrices of a feed-forward block",
                3,
                q.MATRICES,
                "ffn_matrices",
                "3 with a gate (SwiGLU), 2 without.",
            ),
        ),
    ),
    Group(
        "The experts",
        (
            Line(
                "Experts of a layer",
                of_model("n_experts", "1"),
                EXPERTS,
                "experts",
                "That a router chooses from; looked up from the model. 1 is a dense model.",
            ),
            Line(
                "Experts of a token",
                of_model("experts_per_token", "1"),
                q.EXPERTS_PER_TOKEN,
                "experts_per_token",
                "That the router chooses; looked up from the model.",
            ),
            Line(
                "Shared experts",
                1,
                NO_EXPERTS,
                "shared_experts",
                "That every token passes as well. 1 in DeepSeek-V3, arXiv:2412.19437, section 4.2.",
            ),
            Line(
                "Inner width of an expert",
                '=MODEL_SPEC(model,"ffn_dim")',
                q.WIDTH,
                "expert_ffn_dim",
                "Of the feed-forward block in a dense model; looked up from the model.",
            ),
            Line(
                "Dense layers",
                3,
                NO_LAYERS,
                "dense_layers",
                "Layers without experts. The first 3 in DeepSeek-V3, arXiv:2412.19437, "
                "section 4.2; 0 for a dense model, which is one expert throughout.",
            ),
            Line(
                "Inner width of a dense layer",
                18432,
                q.WIDTH,
                "dense_ffn_dim",
                "Counts where there are dense layers. 18,432 in DeepSeek-V3: config.json of the "
                "model.",
            ),
        ),
    ),
    Group(
        "Published figures",
        (
            Line(
                "Published parameters",
                of_model("total_params", "total_params"),
                q.PARAMS,
                "published_total",
                "Looked up from the model; a check compares them with those of the shape.",
            ),
            Line(
                "Published active parameters",
                of_model("active_params_published", of_model("active_params", "active_params")[1:]),
                q.PARAMS,
                "published_active",
                "Looked up from the model; a check compares them with those of the shape.",
            ),
            Line(
                "Difference that passes",
                0.03,
                q.RATIO,
                "published_tolerance",
                "Published figures are rounded, and some leave out an embedding. An assumption of "
                "this template; set your own.",
            ),
        ),
    ),
    Group(
        "The training run",
        (
            Line(
                "Training tokens",
                14.8e12,
                q.TRAINING_TOKENS,
                "train_tokens",
                "Tokens seen in training. DeepSeek-V3: arXiv:2412.19437.",
            ),
            Line(
                "Context of the run",
                4096,
                q.CONTEXT,
                "base_context",
                "Length of a training sequence; the base of all comparisons. DeepSeek-V3: 4,096, "
                "arXiv:2412.19437, section 4.2.",
            ),
            Line(
                "Mask of the attention",
                "causal",
                "choice",
                "attention_mask",
                "causal counts the half of the scores that a causal mask leaves, full all of them.",
                entries='"causal,full"',
            ),
            accelerator("H800 SXM5 80GB (China)", "Accelerator in training", "train_gpu"),
            Line(
                "Peak rate of one GPU in training",
                '=GPU_SPEC(train_gpu,"peak_tflops")',
                q.PEAK_TFLOPS,
                "train_peak",
                "Dense 16-bit rate, looked up from the accelerator; may be overwritten.",
            ),
            Line(
                "Memory of one GPU in training",
                '=GPU_SPEC(train_gpu,"memory_gb")',
                q.GPU_MEMORY_GB,
                "train_memory",
                "Looked up from the accelerator; may be overwritten.",
            ),
            Line(
                "GPUs in training",
                2048,
                q.GPUS,
                "train_gpus",
                "DeepSeek-V3: 2,048, arXiv:2412.19437.",
            ),
            Line(
                "Utilisation (MFU) while computing",
                0.3894,
                q.UTILISATION,
                "mfu",
                "Attention included, before what experts cost in waiting. DeepSeek-V3: 38.94 %, "
                "arXiv:2505.09343, Table 4, causal.",
            ),
            *currency_lines(),
            Line(
                "Price of a GPU-hour in training",
                2,
                q.PRICE_PER_GPU_HOUR,
                "train_price",
                "2 USD is what DeepSeek-V3 assumes for an H800, arXiv:2412.19437, Table 1; "
                "=RENTAL_PRICE(train_gpu)*currency_rate looks up a list price where there is one.",
                unit=PER_GPU_HOUR,
                number_format=PRICE_FORMAT,
            ),
        ),
    ),
    Group(
        "Experts over the network",
        (
            Line(
                "Tokens of a GPU in a step",
                4096,
                q.TRAINING_TOKENS,
                "tokens_per_gpu",
                "Tokens that one GPU takes through its layers at a time; times and volumes follow "
                "it alike. An assumption of this template: one sequence of 4,096.",
            ),
            Line(
                "Copies of a token that travel",
                "=experts_per_token",
                COPIES,
                "copies_per_token",
                "One for each chosen expert; fewer where a copy serves several experts behind one "
                "link: DeepSeek-V3 sends to at most 4 nodes, arXiv:2412.19437, section 3.2.2.",
            ),
            Line(
                "Bytes of a value on the network",
                2,
                q.BYTES_PER_VALUE,
                "network_bytes",
                "2 for 16 bits, 1 for FP8.",
            ),
            Line(
                "Bandwidth of a GPU",
                50,
                q.BANDWIDTH_GBS,
                "network_bandwidth",
                "In one direction, over the link that the experts are spread over. InfiniBand of "
                "400 Gbit/s gives 50 GB/s: arXiv:2412.19437, section 3.2.2.",
            ),
            Line(
                "Share of the transfer that is hidden",
                1,
                q.SHARE,
                "overlap",
                "Behind computing; never more than the computing takes. DeepSeek-V3 hides all of "
                "it (DualPipe), arXiv:2412.19437, section 3.2.1; 0 without such a schedule.",
            ),
        ),
    ),
    Group(
        "Load of the experts",
        (
            Line(
                "Share of the tokens for the busiest experts",
                0.75,
                q.SHARE,
                "hot_token_share",
                "75 % of the tokens on 15 % of the experts: ZOMI, KIMI 长序列：看大模型发展趋势 "
                "II, 2024.",
            ),
            Line(
                "Share of the experts that are busiest",
                0.15,
                q.UTILISATION,
                "hot_expert_share",
                "The same as the share of the tokens where the load is even. The busiest experts "
                "count as having GPUs of their own.",
            ),
            Line(
                "Load that the costs count with",
                "even",
                "choice",
                "load_case",
                "even: every expert gets as many tokens, as a balanced router aims at. uneven: the "
                "shares above hold, and no token is dropped.",
                entries='"even,uneven"',
            ),
        ),
    ),
    Group(
        "Serving",
        (
            accelerator("H200 SXM 141GB", "Accelerator in serving", "serve_gpu"),
            Line(
                "Memory of one GPU",
                '=GPU_SPEC(serve_gpu,"memory_gb")',
                q.GPU_MEMORY_GB,
                "serve_memory",
                "Looked up from the accelerator; may be overwritten.",
            ),
            Line(
                "Memory bandwidth of one GPU",
                '=GPU_SPEC(serve_gpu,"memory_bandwidth_gbs")',
                q.BANDWIDTH_GBS,
                "serve_bandwidth",
                "Looked up from the accelerator; may be overwritten.",
            ),
            Line(
                "Peak rate of one GPU in serving",
                '=GPU_SPEC(serve_gpu,"peak_tflops")',
                q.PEAK_TFLOPS,
                "serve_peak",
                "Dense 16-bit rate, looked up from the accelerator; may be overwritten by the rate "
                "of the number format that is served.",
            ),
            Line(
                "GPUs of a server",
                8,
                q.GPUS,
                "gpus_per_server",
                "8 in NVIDIA's HGX. A model and its context get as many whole servers as they "
                "need.",
            ),
            rental_line("Price of a GPU-hour in serving", "serve_price", TYPED_IN, gpu="serve_gpu"),
            Line(
                "Share of the hours that serve",
                0.5,
                q.UTILISATION,
                "serve_utilisation",
                "Paid hours in which the batch is full. An assumption of this template; set your "
                "own.",
            ),
            Line(
                "Bytes of a weight",
                1,
                q.BYTES_PER_PARAM,
                "weight_bytes",
                "1 for FP8, in which DeepSeek-V3 is published; 2 for 16 bits.",
            ),
            Line(
                "Bytes of a value in the KV cache",
                2,
                q.BYTES_PER_VALUE,
                "kv_bytes",
                "2 for 16 bits, 1 for FP8.",
            ),
            Line(
                "Usable share of the memory",
                0.9,
                q.UTILISATION,
                "usable",
                "What buffers leave to weights and KV cache: the default of vLLM "
                "(gpu_memory_utilization).",
            ),
            Line(
                "Share of the memory bandwidth that is reached",
                0.6,
                q.UTILISATION,
                "bandwidth_reached",
                "In decoding. 60 % on 2 H100: Agarwal et al. 2023, LLM Inference Performance "
                "Engineering, Databricks.",
            ),
            Line(
                "Utilisation in serving",
                0.4,
                q.UTILISATION,
                "serve_mfu",
                "Share of the peak rate that prefill reaches, and decoding at most. An assumption "
                "of this template; set your own.",
            ),
            Line(
                "Largest batch",
                256,
                q.SEQUENCES,
                "batch_limit",
                "Sequences that are decoded at the same time, where the memory holds as many. An "
                "assumption of this template; set your own.",
            ),
        ),
    ),
    Group(
        "A long context",
        (
            Line(
                "Context in question",
                131072,
                q.CONTEXT,
                "long_context",
                "Length of a sequence that the summary speaks of. 128 K: DeepSeek-V3, "
                "arXiv:2412.19437.",
            ),
            Line(
                "Shorter text",
                200_000,
                TEXT,
                "short_text",
                "Kimi, October 2023: 200,000 Chinese characters; ZOMI, KIMI "
                "长序列：看大模型发展趋势 II, 2024.",
            ),
            Line(
                "Longer text",
                2_000_000,
                TEXT,
                "long_text",
                "Kimi, March 2024: 2,000,000 Chinese characters; the same source.",
            ),
            Line(
                "Characters of a token",
                1.841,
                q.CHARS_PER_TOKEN,
                "chars_per_token",
                "Chinese text with the tokenizer of DeepSeek, measured; 0.997 with GPT-4's, 1.393 "
                "with Llama 3's, 1.000 with Mistral's: catalogue tokenisation.",
            ),
        ),
    ),
    Group(
        "Conversions",
        (
            conversion("Tokens in a million", 1_000_000, "tokens/M tokens", "tokens_per_million"),
            conversion("Bytes in a gigabyte", 1_000_000_000, "bytes/GB", "bytes_per_gb"),
            conversion("Seconds in an hour", 3600, "s/hour", "seconds_per_hour"),
            conversion("Milliseconds in a second", 1000, "ms/s", "ms_per_second"),
            conversion("Hours in a day", 24, "hours/day", "hours_per_day"),
            Line(
                "Passes of a training step",
                3,
                "forward passes",
                "",
                "The backward pass computes twice as much as the forward pass.",
                number_format="0",
                alias="passes_of_training",
                fixed=True,
            ),
            Line(
                "All-to-alls of a training step",
                2,
                "per layer",
                "",
                "The gradients travel back the way of the tokens. Each dispatches and combines.",
                number_format="0",
                alias="exchanges_per_step",
                fixed=True,
            ),
            Line(
                "FLOP of a multiply-add",
                2,
                "FLOP",
                "",
                "A product and a sum.",
                number_format="0",
                alias="flop_per_product",
                fixed=True,
            ),
            Line(
                "Norms of a layer",
                2,
                "norms/layer",
                "",
                "Before attention and before the feed-forward block; one more stands at the end.",
                number_format="0",
                alias="norms_per_layer",
                fixed=True,
            ),
        ),
    ),
)

RESULTS = (
    Group(
        "Parameters from the shape",
        (
            Line(
                "Attention of a layer, gqa",
                "=d_model*head_dim*(heads+kv_heads+kv_heads+heads)",
                q.PARAMS,
                "gqa_layer_params",
                "Queries, keys, values, output: width × width of a head × heads.",
            ),
            Line(
                "Attention of a layer, mla",
                "=IF(query_rank>0,query_rank*(d_model+heads*(head_dim+rope_dim)),"
                "d_model*heads*(head_dim+rope_dim))+d_model*(kv_rank+rope_dim)"
                "+kv_rank*heads*(head_dim+head_dim)+heads*head_dim*d_model",
                q.PARAMS,
                "mla_layer_params",
                "Queries, compressed keys and values, their expansion, output.",
            ),
            Line(
                "Attention of a layer",
                '=IF(attention_kind="mla",mla_layer_params,gqa_layer_params)',
                q.PARAMS,
                "attention_layer_params",
                "Of the kind that the model has.",
            ),
            Line(
                "One expert",
                "=ffn_matrices*d_model*expert_ffn_dim",
                q.PARAMS,
                "expert_params",
                "Matrices × width × inner width.",
            ),
            Line(
                "Layers with experts",
                "=layers-dense_layers",
                NO_LAYERS,
                "expert_layers",
                "Layers without the dense ones.",
            ),
            Line(
                "Embeddings",
                "=embeddings*vocab*d_model",
                q.PARAMS,
                "embedding_params",
                "Matrices × vocabulary × width.",
            ),
            Line(
                "Attention",
                "=layers*attention_layer_params",
                q.PARAMS,
                "attention_params",
                "Of all layers.",
            ),
            Line(
                "Dense feed-forward blocks",
                "=dense_layers*ffn_matrices*d_model*dense_ffn_dim",
                PRODUCTS,
                "dense_ffn_params",
                "Of the dense layers.",
                unit="parameters",
            ),
            Line(
                "Shared experts",
                "=expert_layers*shared_experts*expert_params",
                PRODUCTS,
                "shared_params",
                "Layers with experts × shared experts × one expert.",
                unit="parameters",
            ),
            Line(
                "Chosen experts",
                "=expert_layers*experts*expert_params",
                q.PARAMS,
                "routed_params",
                "Layers with experts × experts × one expert.",
            ),
            Line(
                "Router and norms",
                "=IF(experts>1,expert_layers*d_model*experts,0)+(norms_per_layer*layers+1)*d_model",
                q.PARAMS,
                "router_params",
                "A score for each expert; two norms a layer and one at the end.",
            ),
            Line(
                "All parameters",
                "=embedding_params+attention_params+dense_ffn_params+shared_params"
                "+routed_params+router_params",
                q.PARAMS,
                "total_params",
                "Held in memory.",
                total=True,
            ),
            Line(
                "Chosen experts that a token passes",
                "=expert_layers*experts_per_token*expert_params",
                q.PARAMS,
                "routed_active_params",
                "Layers with experts × experts of a token × one expert.",
            ),
            Line(
                "Active parameters",
                "=total_params-routed_params+routed_active_params",
                q.PARAMS,
                "active_params",
                "Used by one token.",
                total=True,
            ),
            Line(
                "Active share",
                "=ACTIVE_FRACTION(total_params,active_params)",
                q.RATIO,
                "active_share",
                "FLOP follow the active parameters, memory all of them.",
            ),
        ),
    ),
    Group(
        "Training compute",
        (
            Line(
                "Width of a score",
                '=IF(attention_kind="mla",AVERAGE(head_dim+rope_dim,head_dim),head_dim)',
                q.WIDTH,
                "score_dim",
                "Mean width of keys and values of a head: what attention computes with.",
            ),
            Line(
                "Compute of the parameters",
                "=TRAIN_FLOPS(active_params,train_tokens)",
                q.FLOP,
                "params_flops",
                "6 FLOP × active parameters × tokens.",
            ),
            Line(
                "Compute of the attention",
                "=ATTENTION_FLOPS(layers,heads,score_dim,base_context,train_tokens,attention_mask,window,window_layers)",
                q.FLOP,
                "scores_flops",
                "Scores and weighted values over the context of the run, forward and backward.",
            ),
            Line(
                "Compute of the run",
                "=params_flops+scores_flops",
                q.FLOP,
                "run_flops",
                "Parameters + attention.",
                total=True,
            ),
            Line(
                "Compute of a dense model as large",
                "=TRAIN_FLOPS(total_params,train_tokens)+scores_flops",
                q.FLOP,
                "dense_flops",
                "All parameters active, attention the same.",
            ),
            Line(
                "Compute of the run over that",
                "=run_flops/dense_flops",
                q.RATIO,
                "saved_share",
                "What the experts leave of the compute.",
            ),
        ),
    ),
    Group(
        "A layer with experts, on one GPU in one step",
        (
            Line(
                "Compute of the layer",
                "=TRAIN_FLOPS(attention_layer_params+(shared_experts+experts_per_token)"
                "*expert_params,tokens_per_gpu)+scores_flops/layers/train_tokens*tokens_per_gpu",
                q.FLOP,
                "layer_flops",
                "Attention, shared and chosen experts, forward and backward.",
            ),
            Line(
                "Time of the computing",
                "=INFER_SECONDS(layer_flops,train_peak,mfu)*ms_per_second",
                q.SECONDS,
                "layer_ms",
                "Compute / (peak rate × utilisation).",
                unit="ms",
                number_format=MILLISECONDS,
            ),
            Line(
                "Time of the transfer, forward",
                "=IF(experts>1,ALL_TO_ALL_SECONDS(tokens_per_gpu,d_model,copies_per_token,"
                "network_bandwidth,network_bytes),0)*ms_per_second",
                q.SECONDS,
                "forward_transfer_ms",
                "All-to-all: tokens to their experts and back. 0 for a dense model.",
                unit="ms",
                number_format=MILLISECONDS,
            ),
            Line(
                "Time of the transfer, whole step",
                "=forward_transfer_ms*exchanges_per_step",
                q.SECONDS,
                "layer_transfer_ms",
                "Forward and backward.",
                unit="ms",
                number_format=MILLISECONDS,
            ),
            Line(
                "Transfer over computing",
                "=layer_transfer_ms/layer_ms",
                q.RATIO,
                "transfer_ratio",
                "Before any of it is hidden. About 1:1 is what DeepSeek-V3 reports, "
                "arXiv:2412.19437, section 3.2.1.",
                unit="×",
                number_format=FACTOR_FORMAT,
            ),
            Line(
                "Share of the transfer in an open step",
                "=layer_transfer_ms/(layer_ms+layer_transfer_ms)",
                q.RATIO,
                "transfer_share",
                "Transfer / (computing + transfer), where nothing is hidden.",
            ),
        ),
    ),
    Group(
        "A step over all layers, on one GPU",
        (
            Line(
                "Time of the computing",
                "=INFER_SECONDS(run_flops/train_tokens*tokens_per_gpu,train_peak,mfu)"
                "*ms_per_second",
                q.SECONDS,
                "step_ms",
                "With an even load.",
                unit="ms",
                number_format=MILLISECONDS,
            ),
            Line(
                "Of this, the chosen experts",
                "=IF(AND(experts>1,expert_layers>0),INFER_SECONDS(TRAIN_FLOPS(routed_active_params,tokens_per_gpu),"
                "train_peak,mfu),0)*ms_per_second",
                q.SECONDS,
                "experts_ms",
                "What an uneven load prolongs. 0 for a dense model.",
                unit="ms",
                number_format=MILLISECONDS,
            ),
            Line(
                "Time of the transfer",
                "=expert_layers*layer_transfer_ms",
                q.SECONDS,
                "transfer_ms",
                "Layers with experts × transfer of a layer.",
                unit="ms",
                number_format=MILLISECONDS,
            ),
            Line(
                "Slowdown of an uneven load",
                "=MAX(1,EXPERT_SLOWDOWN(hot_token_share,hot_expert_share))",
                q.FACTOR,
                "uneven_slowdown",
                "The step waits for the busiest experts: share of the tokens / share of the "
                "experts.",
            ),
            Line(
                "Slowdown that counts",
                '=IF(load_case="uneven",uneven_slowdown,1)',
                q.FACTOR,
                "run_slowdown",
                "By the load that the costs count with.",
            ),
            Line(
                "Computing, with that load",
                "=step_ms+experts_ms*(run_slowdown-1)",
                q.SECONDS,
                "run_computing_ms",
                "The chosen experts take longer, everything else does not.",
                unit="ms",
                number_format=MILLISECONDS,
            ),
            Line(
                "Transfer that is not hidden",
                "=MAX(transfer_ms*run_slowdown*(1-overlap),"
                "transfer_ms*run_slowdown-run_computing_ms)",
                q.SECONDS,
                "run_open_ms",
                "The busiest receive as many times more. No more is hidden than computing takes.",
                unit="ms",
                number_format=MILLISECONDS,
            ),
            Line(
                "Time of the step",
                "=run_computing_ms+run_open_ms",
                q.SECONDS,
                "run_step_ms",
                "Computing + transfer that is not hidden.",
                unit="ms",
                number_format=MILLISECONDS,
                total=True,
            ),
            Line(
                "Utilisation (MFU) of the run",
                "=mfu*step_ms/run_step_ms",
                q.UTILISATION,
                "run_mfu",
                "Utilisation while computing × computing with an even load / step.",
            ),
        ),
    ),
    Group(
        "The run",
        (
            Line(
                "GPU-hours",
                "=GPU_HOURS(run_flops,train_peak,run_mfu)",
                q.GPU_HOURS,
                "run_gpu_hours",
                "Compute / (peak rate × utilisation of the run).",
            ),
            Line(
                "Training time",
                "=TRAIN_DAYS(run_flops,train_gpus,train_peak,run_mfu)",
                q.DAYS,
                "run_days",
                "GPU-hours / GPUs / 24.",
            ),
            Line(
                "Training cost",
                "=GPU_COST(run_gpu_hours,train_price)",
                q.MONEY,
                "run_cost",
                "GPU-hours × price.",
                unit="=currency",
                number_format=MONEY_FORMAT,
                total=True,
            ),
            Line(
                "Training cost of a million tokens",
                "=run_cost/(train_tokens/tokens_per_million)",
                q.MONEY,
                "run_cost_per_mtokens",
                "Training cost / tokens in millions.",
                unit=PER_MTOKENS,
                number_format=FINE_PRICE,
            ),
            Line(
                "Of this, for waiting",
                "=GPU_COST((run_step_ms-step_ms)/ms_per_second/seconds_per_hour"
                "/tokens_per_gpu*tokens_per_million,train_price)",
                q.MONEY,
                "waiting_cost_per_mtokens",
                "For transfer that is not hidden and for the busiest experts.",
                unit=PER_MTOKENS,
                number_format=FINE_PRICE,
            ),
            Line(
                "Training cost, nothing hidden",
                "=case_open_cost",
                q.MONEY,
                "open_cost",
                "From the five cases on the sheet Experts.",
                unit="=currency",
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Training cost, uneven load",
                "=case_uneven_cost",
                q.MONEY,
                "uneven_cost",
                "From the five cases on the sheet Experts.",
                unit="=currency",
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Training cost, dense model as large",
                "=case_dense_total_cost",
                q.MONEY,
                "dense_total_cost",
                "From the five cases on the sheet Experts.",
                unit="=currency",
                number_format=MONEY_FORMAT,
            ),
        ),
    ),
    Group(
        "Memory",
        (
            Line(
                "Weights in serving",
                "=WEIGHTS_GB(total_params,weight_bytes)",
                q.MEMORY_GB,
                "weights_gb",
                "All parameters × bytes.",
            ),
            Line(
                "Weights of a dense model of the active size",
                "=WEIGHTS_GB(active_params,weight_bytes)",
                q.MEMORY_GB,
                "active_weights_gb",
                "What as much compute would need without experts.",
            ),
            Line(
                "State in training",
                "=TRAIN_STATE_GB(total_params)",
                q.MEMORY_GB,
                "state_gb",
                "Weights, gradients and Adam's moments: 16 bytes a parameter, over all GPUs.",
            ),
            Line(
                "GPUs that hold the state",
                "=GPUS_TO_FIT(state_gb,train_memory,usable)",
                q.GPUS,
                "state_gpus",
                "Activations come on top.",
            ),
        ),
    ),
    Group(
        "The context in question",
        (
            Line(
                "Share of attention",
                "=ATTENTION_SHARE(active_params,layers,heads,score_dim,long_context,attention_mask,window,window_layers)",
                q.RATIO,
                "long_share",
                "In the training compute of a token.",
            ),
            Line(
                "Compute of a token over that of the run",
                "=CONTEXT_COST_RATIO(active_params,layers,heads,score_dim,long_context,"
                "base_context,attention_mask,window,window_layers)",
                q.FACTOR,
                "long_ratio",
                "At the context in question over the context of the run.",
            ),
            Line(
                "Training cost of a million tokens",
                "=TRAIN_COST(run_flops/train_tokens*long_ratio*tokens_per_million,train_peak,mfu,"
                "train_price)*(1+"
                + WAITING.format(slowdown="run_slowdown", ratio="long_ratio")
                + ")",
                q.MONEY,
                "long_train_cost",
                "With what waiting is left: more computing hides more of the transfer.",
                unit=PER_MTOKENS,
                number_format=FINE_PRICE,
            ),
            Line(
                "KV cache of a sequence, gqa",
                KV_GQA.format_map(_LONG),
                q.MEMORY_GB,
                "long_kv_gqa_gb",
                "With the key-value heads of the catalogue.",
            ),
            Line(
                "KV cache of a sequence, mla",
                KV_MLA.format_map(_LONG),
                q.MEMORY_GB,
                "long_kv_mla_gb",
                "With compressed keys and values.",
            ),
            Line(
                "KV cache of a sequence",
                KV.format_map(_LONG),
                q.MEMORY_GB,
                "long_kv_gb",
                "Of the kind that the model has.",
            ),
            Line(
                "Servers",
                SERVERS.format_map(_LONG),
                q.SERVERS,
                "long_servers",
                "Whole servers that hold the weights and one sequence.",
            ),
            Line(
                "Sequences that fit",
                FIT.format_map(_LONG),
                q.SEQUENCES,
                "long_sequences",
                "On these servers, beside the weights.",
            ),
            Line(
                "Batch",
                BATCH.format_map(_LONG),
                q.SEQUENCES,
                "long_batch",
                "At most the largest batch.",
            ),
            Line(
                "Prefill of a sequence",
                PREFILL.format_map(_LONG),
                q.FLOP,
                "long_prefill_flops",
                "2 FLOP × active parameters × context, and the forward pass of the attention.",
            ),
            Line(
                "Time of the prefill",
                PREFILL_SECONDS.format_map(_LONG),
                q.SECONDS,
                "long_prefill_seconds",
                "Until the first token, on all GPUs of the servers.",
            ),
            Line(
                "Products of a token for each value of the context",
                '=IF(attention_kind="mla",layers*heads*(kv_rank+kv_rank+rope_dim),'
                "layers*heads*(head_dim+head_dim))",
                PRODUCTS,
                "attention_products",
                "In decoding: of a query with the keys, and of the scores with the values. With "
                "mla both work on the compressed ones, arXiv:2405.04434, section 2.1.",
                unit="multiply-adds/token",
            ),
            Line(
                "Chance that a token leaves an expert idle",
                "=MAX(0,1-experts_per_token/experts)",
                q.SHARE,
                "idle_chance",
                "Each token chooses evenly and for itself.",
            ),
            Line(
                "Weights read in a step",
                READ.format_map(_LONG),
                q.MEMORY_GB,
                "long_read_gb",
                "A larger batch wakes more experts.",
            ),
            Line(
                "Output of a single sequence",
                DECODE.format_map(_LONG | {"batch": "1", "read": "active_weights_gb"}),
                q.TOKEN_RATE,
                "long_single_rate",
                "The slower of reading and computing; network and starts are not counted, so it "
                "is an upper bound.",
            ),
            Line(
                "Output of the batch",
                DECODE.format_map(_LONG | {"read": "long_read_gb"}),
                q.TOKEN_RATE,
                "long_rate",
                "Of all sequences together; each stands at the full context.",
            ),
            Line(
                "Cost of a million output tokens",
                OUTPUT_PRICE.format_map(_LONG),
                q.MONEY,
                "long_output_price",
                "GPU-hours × price / share of the hours that serve.",
                unit=PER_MTOKENS,
                number_format=PRICE_FORMAT,
                total=True,
            ),
        ),
    ),
)

SOURCES = (
    (
        "train_tokens, train_gpus, train_price",
        "14.8 T tokens, 2,048 H800, 2 USD per GPU-hour",
        "DeepSeek-AI 2024, DeepSeek-V3 Technical Report, arXiv:2412.19437, Table 1, section 3.1.",
    ),
    (
        "mfu",
        "38.94 % with causal attention",
        "DeepSeek-AI 2025, Insights into DeepSeek-V3, arXiv:2505.09343, Table 4.",
    ),
    (
        "kv_rank, rope_dim, query_rank",
        "512, 64 and 1,536 dimensions",
        "DeepSeek-AI 2024, DeepSeek-V3 Technical Report, arXiv:2412.19437, section 4.2.",
    ),
    (
        "network_bandwidth, copies_per_token",
        "50 GB/s of InfiniBand, at most 4 nodes for a token",
        "DeepSeek-AI 2024, DeepSeek-V3 Technical Report, arXiv:2412.19437, section 3.2.2.",
    ),
    (
        "link_bandwidth_1 … link_bandwidth_3",
        "InfiniBand of 200, 400 and 800 Gbit/s: 25, 50 and 100 GB/s",
        "NVIDIA Quantum, Quantum-2 and Quantum-X800: rate of a port, one for each GPU.",
    ),
    (
        "link_bandwidth_4 … link_bandwidth_7",
        "NVLink of H800, A100, H100 and B200: half of 400, 600, 900 and 1,800 GB/s",
        "Catalogue accelerators, h800-sxm, a100-sxm-80, h100-sxm and b200: both directions "
        "together, from NVIDIA's data sheets and TechPowerUp.",
    ),
    (
        "hot_token_share, hot_expert_share",
        "75 % of the tokens on 15 % of the experts: 5 times as long",
        "ZOMI, KIMI 长序列：看大模型发展趋势 II, 2024.",
    ),
    (
        "short_text, long_text",
        "200,000 and 2,000,000 characters of context",
        "ZOMI, KIMI 长序列：看大模型发展趋势 II, 2024.",
    ),
    (
        "mix_share_1 … mix_share_5",
        "90 % of the sequences below 1 K tokens, less than 1 % above 32 K",
        "ZOMI, KIMI 长序列：看大模型发展趋势 II, 2024. The shares between, and the mean lengths, "
        "are assumptions of this template.",
    ),
    (
        "chars_per_token",
        "1.841 characters of Chinese",
        "Catalogue tokenisation, meas-deepseek-v4pkg-zh-chars-per-tok, measured on 2026-11-22.",
    ),
    (
        "bandwidth_reached",
        "60 % of the memory bandwidth",
        "Agarwal et al. 2023, LLM Inference Performance Engineering: Best Practices, Databricks.",
    ),
    (
        "usable",
        "90 % of the memory",
        "Kwon et al. 2023 (vLLM), arXiv:2309.06180; default of gpu_memory_utilization.",
    ),
    (
        "serve_price",
        "The median list price of the accelerator",
        "The sheet Catalogue; replace it by your contract.",
    ),
    (
        "serve_utilisation, serve_mfu, batch_limit",
        "50 %, 40 % and 256 sequences",
        "Assumptions of this template; set your own.",
    ),
)
