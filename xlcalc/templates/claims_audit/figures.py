"""Which figures do the audited claims rest on, and which results do they share?

The inputs and the shared results stand here, each with name, unit and source; the claims are
formulas on their names.
"""

from xlcalc import quantities as q
from xlcalc.catalogue import catalogues
from xlcalc.quantities import Quantity
from xlcalc.templates.claims_audit import sizes
from xlcalc.templates.claims_audit.sizes import ASSUMED, BY_THE_CLAIM
from xlcalc.templates.parts.figures import Group, Line

LLAMA = "Grattafiori et al. 2024 (Llama 3), arXiv:2407.21783, Table 3."
NEMOTRON = "Adler et al. 2024 (Nemotron-4 340B), arXiv:2406.11704, Table 1."
GPT_OSS = "OpenAI 2025 (gpt-oss), arXiv:2508.10925."
IMAGES = Quantity("images", above=0.0, number_format=q.COUNT_FORMAT)
VENDORS = Quantity("vendors", above=0.0, number_format="#,##0")
TAIL = Quantity("exponent", above=0.0, number_format="0.00")
WHOLE = "#,##0"
BIG = "0.00E+00"


def _fixed(label: str, value: object, unit: str, alias: str, note: str) -> Line:
    shown = WHOLE if isinstance(value, int) else "0E+00" if value == 1e-12 else "General"
    return Line(label, value, unit, "", note, number_format=shown, alias=alias, fixed=True)


def _stated(label: str, value: object, measure: Quantity, name: str, note: str = "") -> Line:
    big = measure is q.BYTES
    return Line(label, value, measure, name, note or BY_THE_CLAIM, number_format=BIG if big else "")


def rate(tokeniser: str) -> object:
    """Return the Chinese characters in a token, as measured for the catalogue."""
    return catalogues().rows["tokenisers"][f"meas-{tokeniser}-zh-chars-per-tok"]["value"]


INPUTS = (
    Group(
        "Assumptions that claims need",
        (
            Line(
                "Utilisation of the run on 1,024 A100",
                0.3465,
                q.UTILISATION,
                "run_mfu",
                "OPT-175B's stands in: 809,472 A100-hours (Touvron et al. 2023, arXiv:2302.13971, "
                "Table 15) for 175 B parameters and 300 B tokens.",
            ),
            Line(
                "Bytes of text for a token",
                4,
                q.BYTES_PER_TOKEN,
                "bytes_per_token",
                "The usual rule; the tokenisers measured for the catalogue have 4.4 to 4.9 bytes a "
                "token of English.",
            ),
            Line(
                "Chinese characters in a token",
                rate("openai-cl100k-base"),
                q.CHARS_PER_TOKEN,
                "zh_chars_per_token",
                "cl100k_base of GPT-4, measured for the catalogue of tokenisers on 2026-11-22; the "
                "lowest of those in wide use for Chinese. The sheet Tables has the others.",
            ),
            Line(
                "Shortest training sequence",
                100,
                q.CONTEXT,
                "shortest_tokens",
                "Where the power law of the lengths begins. An assumption of this template; set "
                "your own.",
            ),
            Line(
                "Exponent of the lengths",
                1,
                TAIL,
                "tail_index",
                "Share of sequences above a length = (shortest / length) ^ exponent. An assumption "
                "of this template; set your own.",
            ),
            Line(
                "New frames and old ones in a gap",
                3,
                q.FRAMES,
                "video_steps",
                "Two new frames and a key frame. An assumption of this template; set your own.",
            ),
            Line(
                "Bytes for a parameter on 12 GB",
                1,
                q.BYTES_PER_PARAM,
                "card_12_bytes",
                "2 for 16-bit weights, 1 for 8-bit ones, 0.5 for 4-bit ones.",
            ),
            Line(
                "Bytes for a parameter on 16 GB",
                2,
                q.BYTES_PER_PARAM,
                "card_16_bytes",
                "2 for 16-bit weights, 1 for 8-bit ones, 0.5 for 4-bit ones.",
            ),
            Line(
                "Bytes for a parameter on 24 GB",
                2,
                q.BYTES_PER_PARAM,
                "card_24_bytes",
                "2 for 16-bit weights, 1 for 8-bit ones, 0.5 for 4-bit ones.",
            ),
            Line("Usable share of a GPU's memory", 0.9, q.SHARE, "usable_share", ASSUMED),
        ),
    ),
    sizes.ASSUMPTIONS,
    Group(
        "What the reports take for granted",
        (
            Line(
                "Utilisation in the report",
                0.462,
                q.UTILISATION,
                "report_mfu",
                "Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, Table 3, on TPU v4; the report "
                "uses it for A100 and H100.",
            ),
            _fixed(
                "The A100 meant",
                "A100 SXM 80GB",
                "name in the catalogue",
                "a100_model",
                "312 TFLOP/s are the rate of every A100.",
            ),
            Line(
                "Dense peak of an A100",
                '=GPU_SPEC(a100_model,"peak_tflops")',
                q.PEAK_TFLOPS,
                "a100_peak",
                "16 bits; NVIDIA A100 data sheet, from the catalogue.",
            ),
            Line(
                "Peak of an A100 with sparsity",
                '=GPU_SPEC(a100_model,"fp16_sparse_tflops")',
                q.PEAK_TFLOPS,
                "a100_sparse",
                "16 bits, 2:4 sparsity; NVIDIA A100 data sheet, from the catalogue.",
            ),
            Line(
                "Bandwidth of an A100's memory",
                '=GPU_SPEC(a100_model,"memory_bandwidth_gbs")',
                q.BANDWIDTH_GBS,
                "a100_bandwidth",
                "NVIDIA A100 data sheet, from the catalogue.",
            ),
            Line(
                "Memory of a training GPU",
                '=GPU_SPEC(a100_model,"memory_gb")',
                q.GPU_MEMORY_GB,
                "train_gpu_gb",
                "The claims name no GPU; an A100 of 80 GB is assumed.",
            ),
            _fixed(
                "The H100 meant",
                "H100 SXM5 80GB",
                "name in the catalogue",
                "h100_model",
                "The report's 1,979 TFLOP/s are those of the SXM form.",
            ),
            Line(
                "Dense peak of an H100",
                '=GPU_SPEC(h100_model,"peak_tflops")',
                q.PEAK_TFLOPS,
                "h100_peak",
                "16 bits; NVIDIA H100 data sheet, from the catalogue.",
            ),
            Line(
                "Peak of an H100 with sparsity",
                '=GPU_SPEC(h100_model,"fp16_sparse_tflops")',
                q.PEAK_TFLOPS,
                "h100_sparse",
                "16 bits, 2:4 sparsity; NVIDIA H100 data sheet, from the catalogue.",
            ),
        ),
    ),
    Group(
        "GPT-3 and one answer",
        (
            _stated(
                "Parameters of GPT-3",
                175e9,
                q.PARAMS,
                "gpt3_params",
                "Brown et al. 2020, arXiv:2005.14165.",
            ),
            _stated(
                "Training tokens of GPT-3",
                300e9,
                q.TRAINING_TOKENS,
                "gpt3_tokens",
                "Brown et al. 2020, arXiv:2005.14165.",
            ),
            _stated("A100 in the report", 1000, q.GPUS, "gpt3_cluster"),
            _stated("Tokens of the question", 20, q.TOKENS, "answer_prompt"),
            _stated("Tokens of the answer", 300, q.TOKENS, "answer_output"),
        ),
    ),
    Group(
        "GPT-3 on 128 servers",
        (
            _stated(
                "Servers",
                128,
                q.SERVERS,
                "gpt3_servers",
                "1,024 A100 in Narayanan et al. 2021, arXiv:2104.04473, section 5.",
            ),
            _stated("GPUs in a server", 8, q.GPUS_PER_SERVER, "gpus_per_server"),
            _stated("Days stated", 34, q.DAYS, "gpt3_days"),
            _stated(
                "Rate measured on each GPU",
                140,
                q.PEAK_TFLOPS,
                "measured_tflops",
                "Narayanan et al. 2021, arXiv:2104.04473; recomputation counts.",
            ),
            _stated(
                "Share of the peak that is quoted",
                0.449,
                q.UTILISATION,
                "quoted_share",
                "140 of 312 TFLOP/s.",
            ),
            _stated(
                "FLOP for a parameter and token, all recomputed",
                8,
                q.FLOP_PER_PARAM_TOKEN,
                "recompute_flops",
                "A second forward pass: 2 + 2 + 4.",
            ),
            _stated(
                "Sequences of a step",
                1536,
                q.SEQUENCES,
                "step_batch",
                "Narayanan et al. 2021, arXiv:2104.04473.",
            ),
            _stated(
                "Tokens of a sequence",
                2048,
                q.CONTEXT,
                "step_context",
                "Narayanan et al. 2021, arXiv:2104.04473.",
            ),
            _stated(
                "Layers",
                96,
                q.LAYERS,
                "gpt3_layers",
                "Brown et al. 2020, arXiv:2005.14165, Table 2.1.",
            ),
            _stated(
                "Width of the model",
                12288,
                q.WIDTH,
                "gpt3_width",
                "Brown et al. 2020, arXiv:2005.14165, Table 2.1.",
            ),
            _stated(
                "Vocabulary",
                51200,
                q.VOCABULARY,
                "gpt3_vocab",
                "Narayanan et al. 2021, arXiv:2104.04473.",
            ),
            Line(
                "Recomputation",
                "full",
                "none, selective or full",
                "step_recompute",
                "All activations are computed again.",
                entries='"none,selective,full"',
            ),
        ),
    ),
    Group(
        "A petabyte in ten days",
        (
            _stated("Parameters", 100e9, q.PARAMS, "pb_params"),
            _stated("Data", 1e15, q.BYTES, "pb_bytes"),
            _stated("Days", 10, q.DAYS, "pb_days"),
            _stated("A100 stated", 10800, q.GPUS, "pb_gpus"),
        ),
    ),
    Group(
        "Images and video",
        (
            _stated(
                "Side of a patch",
                16,
                q.PIXELS,
                "patch",
                "Dosovitskiy et al. 2020 (ViT), arXiv:2010.11929; for video an assumption.",
            ),
            _stated("Side of the small image", 224, q.PIXELS, "small_side"),
            _stated("Height of the large image", 768, q.PIXELS, "image_height"),
            _stated("Width of the large image", 1024, q.PIXELS, "image_width"),
            _stated("Images, lower estimate", 5e10, IMAGES, "images_low"),
            _stated("Images, upper estimate", 2e11, IMAGES, "images_high"),
            _stated("Images taken", 1e11, IMAGES, "image_count"),
            _stated("Parameters of the image model", 500e9, q.PARAMS, "image_model_params"),
            _stated("Vendors", 5, VENDORS, "image_vendors"),
            _stated("Side of the first image", 1024, q.PIXELS, "video_image_side"),
            _stated("Key frames", 32, q.FRAMES, "video_key_frames"),
            _stated("Side of a key frame", 600, q.PIXELS, "video_key_side"),
            _stated("Side of the video", 1048, q.PIXELS, "video_side"),
            _stated("Frames of the video", 94, q.FRAMES, "video_frames"),
        ),
    ),
    Group(
        "Clusters and sizes of models",
        (
            _stated(
                "Parameters of GPT-4 as rumoured",
                1.9e12,
                q.PARAMS,
                "gpt4_params",
                "As the claim states it; OpenAI has published none.",
            ),
            _stated("Servers of GPT-4", 3125, q.SERVERS, "gpt4_servers"),
            _stated(
                "Peak of a server in the report", 5, q.PFLOPS, "server_pflops", "With sparsity."
            ),
            _stated(
                "Parameters of the compute-optimal model", 70e9, q.PARAMS, "optimal_model_params"
            ),
        ),
    ),
    Group(
        "Context, experts and prices",
        (
            _stated("Context of Kimi before", 200_000, q.CHARS, "kimi_chars_before"),
            _stated("Context of Kimi after", 2_000_000, q.CHARS, "kimi_chars"),
            _stated("1 K tokens", 1024, q.CONTEXT, "short_tokens"),
            _stated("32 K tokens", 32768, q.CONTEXT, "long_tokens"),
            _stated(
                "Parameters of a model with long context",
                70e9,
                q.PARAMS,
                "context_params",
                "The shape of Llama 2 70B: Touvron et al. 2023, arXiv:2307.09288.",
            ),
            _stated("Its layers", 80, q.LAYERS, "context_layers", "Llama 2 70B."),
            _stated("Its heads", 64, q.HEADS, "context_heads", "Llama 2 70B."),
            _stated("Width of its heads", 128, q.WIDTH, "context_head_dim", "Llama 2 70B."),
            _stated("Share of the tokens", 0.75, q.SHARE, "expert_tokens_share"),
            _stated("Share of the experts", 0.15, q.SHARE, "expert_share"),
            Line(
                "Price of 1,000 tokens",
                0.14,
                q.MONEY,
                "price_per_ktokens",
                BY_THE_CLAIM,
                unit="CNY/1,000 tokens",
                number_format="#,##0.00",
            ),
            _stated("Tokens of the request", 100_000, q.CONTEXT, "request_tokens"),
        ),
    ),
    Group(
        "Training sets and memory",
        (
            _stated("Training set of GPT-1", 4.6, q.MEMORY_GB, "gpt1_set_gb"),
            _stated("Training set of GPT-3", 753, q.MEMORY_GB, "gpt3_set_gb"),
            _stated("Training set of Gopher", 10550, q.MEMORY_GB, "gopher_set_gb"),
            _stated("Parameters of the model on one card", 6e9, q.PARAMS, "small_model_params"),
            _stated("Small card", 12, q.GPU_MEMORY_GB, "card_12_gb"),
            _stated("Middle card", 16, q.GPU_MEMORY_GB, "card_16_gb"),
            _stated("Large card", 24, q.GPU_MEMORY_GB, "card_24_gb"),
            _stated("Parameters trained by 8 GPUs", 7e9, q.PARAMS, "train_small_params"),
            _stated("Parameters trained by 80 GPUs", 70e9, q.PARAMS, "train_large_params"),
        ),
    ),
    Group(
        "Papers, model cards and vendors",
        (
            _stated("Parameters in Table A3", 175e9, q.PARAMS, "a3_params"),
            _stated("Tokens in Table A3", 12.0e12, q.TRAINING_TOKENS, "a3_tokens"),
            _stated("GPU-hours of Llama 3.3 70B", 7.0e6, q.GPU_HOURS, "card_gpu_hours"),
            _stated("Power of one of its GPUs", 700, q.WATTS, "card_watts"),
            _stated(
                "Carbon of Meta's energy",
                0.4137,
                q.CARBON_INTENSITY,
                "card_intensity",
                "Llama 3.1 model card: 8,930 t for 30.84 M hours of the 405B at 700 W.",
            ),
            _stated("Layers of Llama 3.1 405B", 126, q.LAYERS, "big_layers", LLAMA),
            _stated("Width of Llama 3.1 405B", 16384, q.WIDTH, "big_width", LLAMA),
            _stated("Inner width of Llama 3.1 405B", 53248, q.WIDTH, "big_ffn", LLAMA),
            _stated("Heads of Llama 3.1 405B", 128, q.HEADS, "big_heads", LLAMA),
            _stated("Key-value heads of Llama 3.1 405B", 8, q.HEADS, "big_kv_heads", LLAMA),
            _stated("Width of the heads of Llama 3.1 405B", 128, q.WIDTH, "big_head_dim", LLAMA),
            _stated("Vocabulary of Llama 3.1 405B", 128256, q.VOCABULARY, "big_vocab", LLAMA),
            _stated("Tokens in the cache", 128_000, q.TOKENS, "cache_tokens"),
            _stated("Tokens of a training sequence", 8192, q.CONTEXT, "big_context"),
            _stated("Tokens a second on a TPU v6e", 123, q.TOKEN_RATE, "big_rate"),
            _stated("Peak of a TPU v6e", 918, q.PEAK_TFLOPS, "v6e_peak", "Google Cloud, TPU v6e."),
            _stated("Memory of a TPU v5e", 16, q.GPU_MEMORY_GB, "v5e_memory"),
            _stated("TPU v5e for 8-bit weights", 8, q.GPUS, "int8_chips"),
            _stated("8-bit weights of 70 B parameters", 70, q.MEMORY_GB, "int8_weights"),
            _stated(
                "8-bit cache of 8,192 tokens", 1_342_177_280, q.CACHE_PER_SEQUENCE, "int8_cache"
            ),
            _stated("TPU v5e for 4-bit weights", 4, q.GPUS, "int4_chips"),
            _stated("4-bit weights of 70 B parameters", 35, q.MEMORY_GB, "int4_weights"),
            _stated("4-bit cache of 8,192 tokens", 671_088_640, q.CACHE_PER_SEQUENCE, "int4_cache"),
            _stated("Layers of gpt-oss-120b", 36, q.LAYERS, "oss_layers", GPT_OSS),
            _stated("Width of gpt-oss-120b", 2880, q.WIDTH, "oss_width", GPT_OSS),
            _stated("Width of its four experts", 11520, q.WIDTH, "oss_ffn", GPT_OSS),
            _stated("Heads of gpt-oss-120b", 64, q.HEADS, "oss_heads", GPT_OSS),
            _stated("Key-value heads of gpt-oss-120b", 8, q.HEADS, "oss_kv_heads", GPT_OSS),
            _stated("Width of the heads of gpt-oss-120b", 64, q.WIDTH, "oss_head_dim", GPT_OSS),
            _stated("Vocabulary of gpt-oss-120b", 201088, q.VOCABULARY, "oss_vocab", GPT_OSS),
            _stated("Tokens of a sequence of gpt-oss-120b", 4096, q.CONTEXT, "oss_context"),
            _stated("Window of half of its layers", 128, q.WINDOW, "oss_window", GPT_OSS),
            _stated("Layers with a window", 18, q.SOME_LAYERS, "oss_window_layers", GPT_OSS),
            _stated("Utilisation of Nemotron-4 340B", 0.535, q.UTILISATION, "nemotron_printed"),
            _stated("Layers of Nemotron-4 340B", 96, q.LAYERS, "nemotron_layers", NEMOTRON),
            _stated("Width of Nemotron-4 340B", 18432, q.WIDTH, "nemotron_width", NEMOTRON),
            _stated("Inner width of Nemotron-4 340B", 73728, q.WIDTH, "nemotron_ffn", NEMOTRON),
            _stated("Heads of Nemotron-4 340B", 96, q.HEADS, "nemotron_heads", NEMOTRON),
            _stated("Key-value heads of Nemotron-4 340B", 8, q.HEADS, "nemotron_kv", NEMOTRON),
            _stated("Width of its heads", 192, q.WIDTH, "nemotron_head_dim", NEMOTRON),
            _stated(
                "Vocabulary of Nemotron-4 340B", 256000, q.VOCABULARY, "nemotron_vocab", NEMOTRON
            ),
            _stated("Tokens of its sequences", 4096, q.CONTEXT, "nemotron_context", NEMOTRON),
            _stated("Feed-forward matrices without a gate", 2, q.MATRICES, "plain_matrices"),
            _stated("Feed-forward matrices with a gate", 3, q.MATRICES, "gated_matrices"),
            Line(
                "Scores that gpt-oss-120b counts",
                "causal",
                "causal or full",
                "causal_scores",
                BY_THE_CLAIM,
                entries='"causal,full"',
            ),
            Line(
                "Scores that MaxText counts",
                "full",
                "causal or full",
                "full_scores",
                BY_THE_CLAIM,
                entries='"causal,full"',
            ),
            _stated("Height of the photo", 2000, q.PIXELS, "photo_height"),
            _stated("Width of the photo", 3000, q.PIXELS, "photo_width"),
            Line(
                "Rule for the photo",
                "anthropic-28-standard",
                "rule",
                "photo_rule",
                "Anthropic, Vision guide.",
                entries='"anthropic-28-standard,anthropic-28-high,anthropic-area-750"',
            ),
        ),
    ),
    *sizes.STATED,
    Group(
        "Conversions",
        (
            *(_fixed(*line, "By definition.") for line in sizes.CONVERSIONS),
            _fixed(
                "TFLOP/s in a PFLOP/s",
                1000,
                "TFLOP/PFLOP",
                "tflop_per_pflop",
                "By definition.",
            ),
            _fixed(
                "Tokens in a thousand",
                1000,
                "tokens/1,000 tokens",
                "tokens_per_thousand",
                "By definition.",
            ),
            _fixed(
                "Tokens in a million",
                1_000_000,
                "tokens/M tokens",
                "tokens_per_million",
                "By definition.",
            ),
            _fixed(
                "Bytes in a gigabyte",
                1_000_000_000,
                "bytes/GB",
                "bytes_per_gigabyte",
                "By definition.",
            ),
            _fixed(
                "Bytes in a gibibyte",
                1_073_741_824,
                "bytes/GiB",
                "bytes_per_gibibyte",
                "By definition.",
            ),
            _fixed(
                "Rounding",
                0.5,
                "last digits",
                "rounding",
                "A rounded figure is off by half a unit of its last digit at most.",
            ),
            _fixed(
                "Rounding of binary numbers",
                1e-12,
                "ratio",
                "binary_rounding",
                "What an exact figure may be off.",
            ),
            _fixed(
                "Stage of ZeRO that shards everything",
                3,
                "stage",
                "zero_stage",
                "Rajbhandari et al. 2020 (ZeRO), arXiv:1910.02054.",
            ),
            _fixed(
                "Step of the contexts in a table",
                4,
                "ratio",
                "sequence_step",
                "1 K, 4 K, 16 K and so on.",
            ),
            _fixed(
                "Rate with sparsity over the dense one",
                2,
                "ratio",
                "sparsity_gain",
                "2:4 sparsity leaves out half of the products.",
            ),
        ),
    ),
)

RESULTS = (
    Group(
        "Verdicts",
        (
            Line(
                "The computed figure is the stated one",
                '="Holds"',
                "verdict",
                "verdict_holds",
                "Difference within the rounding of the stated figure.",
            ),
            Line(
                "It is another",
                '="Differs"',
                "verdict",
                "verdict_differs",
                "Difference beyond the rounding of the stated figure.",
            ),
            Line(
                "It depends on what is not stated",
                '="Needs an assumption"',
                "verdict",
                "verdict_needs",
                "The assumption is named in the row, and an input.",
            ),
            Line(
                "Claims",
                "=COUNT(claim_numbers)",
                "claims",
                "claims_count",
                "Rows of the sheet.",
                number_format=WHOLE,
            ),
            Line(
                "Claims that hold",
                "=SUMPRODUCT((claim_verdicts=verdict_holds)*1)",
                "claims",
                "claims_hold",
                "Counted by their verdict.",
                number_format=WHOLE,
            ),
            Line(
                "Claims that differ",
                "=SUMPRODUCT((claim_verdicts=verdict_differs)*1)",
                "claims",
                "claims_differ",
                "Counted by their verdict.",
                number_format=WHOLE,
            ),
            Line(
                "Claims that need an assumption",
                "=SUMPRODUCT((claim_verdicts=verdict_needs)*1)",
                "claims",
                "claims_need",
                "Counted by their verdict.",
                number_format=WHOLE,
            ),
            Line(
                "Of these, as stated under the assumption",
                "=SUMPRODUCT((claim_findings=verdict_holds)*1)-claims_hold",
                "claims",
                "claims_agree_assumed",
                "The rest differs, or states no figure to compare with.",
                number_format=WHOLE,
            ),
            Line(
                "Published cases",
                "=COUNT(case_numbers)",
                "cases",
                "cases_count",
                "Rows of the sheet.",
                number_format=WHOLE,
            ),
            Line(
                "Published cases within tolerance",
                "=SUMPRODUCT((case_verdicts=verdict_holds)*1)",
                "cases",
                "cases_hold",
                "Counted by their verdict.",
                number_format=WHOLE,
            ),
        ),
    ),
    Group(
        "GPT-3",
        (
            Line(
                "Training compute",
                "=TRAIN_FLOPS(gpt3_params,gpt3_tokens)",
                q.FLOP,
                "gpt3_flops",
                "6·N·D.",
            ),
            Line(
                "GPUs in 128 servers",
                "=gpt3_servers*gpus_per_server",
                q.GPUS,
                "gpt3_gpus",
                "Servers × GPUs in a server.",
            ),
            Line(
                "One training step",
                "=ITERATION_FLOPS(step_batch,step_context,gpt3_layers,gpt3_width,gpt3_vocab,"
                "step_recompute)",
                q.FLOP_PER_STEP,
                "gpt3_step_flops",
                "Narayanan et al. 2021, equation 3.",
            ),
            Line(
                "Training steps",
                "=gpt3_tokens/(step_batch*step_context)",
                "steps",
                "gpt3_steps",
                "Tokens over the tokens of a step.",
                number_format=WHOLE,
            ),
            Line(
                "Weights",
                "=WEIGHTS_GB(gpt3_params)",
                q.MEMORY_GB,
                "gpt3_weights_gb",
                "2 bytes a parameter.",
            ),
            Line(
                "A100 that hold the weights",
                "=GPUS_TO_FIT(gpt3_weights_gb,train_gpu_gb,usable_share)",
                q.GPUS,
                "gpt3_weight_gpus",
                "The answer in 0.78 s counts on one.",
            ),
            Line(
                "The answer, bound by memory",
                "=answer_output/DECODE_TOKENS_PER_SECOND(gpt3_params,gpt3_weights_gb"
                "*bytes_in_gb/gpt3_params,a100_bandwidth,a100_peak)",
                q.SECONDS,
                "answer_memory_seconds",
                "The weights are read once for each token, at the bandwidth of one A100.",
            ),
        ),
    ),
    Group(
        "Images and a petabyte",
        (
            Line(
                "Tokens of 1e11 images",
                "=image_count*IMAGE_TOKENS(image_height,image_width,patch)",
                q.TOKENS,
                "image_train_tokens",
                "Images × tokens of one.",
                number_format="0.000E+00",
            ),
            Line(
                "Compute of the image model",
                "=TRAIN_FLOPS(image_model_params,image_train_tokens)",
                q.FLOP,
                "image_flops",
                "6·N·D.",
                number_format="0.000E+00",
            ),
            Line(
                "Tokens of the petabyte",
                "=BYTE_TOKENS(pb_bytes,bytes_per_token)",
                q.TOKENS,
                "pb_tokens",
                "Bytes over bytes for a token.",
                number_format=BIG,
            ),
            Line(
                "What the stated GPUs give",
                "=pb_gpus*pb_days/GPU_DAYS(1,a100_peak,report_mfu)",
                q.FLOP,
                "pb_gpu_flops",
                "GPU-days over the GPU-days of one FLOP.",
            ),
            Line(
                "Tokens that they train on",
                "=pb_gpu_flops/TRAIN_FLOPS(pb_params,1)",
                q.TOKENS,
                "pb_gpu_tokens",
                "FLOP over the FLOP of one token.",
                number_format=BIG,
            ),
            Line(
                "Bytes for each of them",
                "=pb_bytes/pb_gpu_tokens",
                q.BYTES_PER_TOKEN,
                "pb_gpu_bytes",
                "Bytes over tokens.",
                number_format="#,##0.0",
            ),
        ),
    ),
    Group(
        "Dense and sparse peaks",
        (
            Line(
                "GPU of a server in the report",
                "=server_pflops*tflop_per_pflop/gpus_per_server",
                q.PEAK_TFLOPS,
                "server_gpu_tflops",
                "5 PFLOP/s over 8 GPUs: the peak with sparsity, rounded.",
            ),
            Line(
                "3,125 servers, dense",
                "=CLUSTER_PFLOPS(gpt4_servers,gpus_per_server,a100_peak)",
                q.PFLOPS,
                "gpt4_dense_pflops",
                "At the dense peak of the A100.",
            ),
            Line(
                "128 servers, dense",
                "=CLUSTER_PFLOPS(gpt3_servers,gpus_per_server,a100_peak)",
                q.PFLOPS,
                "gpt3_dense_pflops",
                "At the dense peak of the A100.",
            ),
        ),
    ),
    Group(
        "Context and prices",
        (
            Line(
                "Attention's share of the compute at 1 K",
                "=ATTENTION_SHARE(context_params,context_layers,context_heads,context_head_dim,"
                "short_tokens)",
                q.RATIO,
                "attention_share_short",
                "A model of 70 B parameters.",
            ),
            Line(
                "Attention's share of the compute at 32 K",
                "=ATTENTION_SHARE(context_params,context_layers,context_heads,context_head_dim,"
                "long_tokens)",
                q.RATIO,
                "attention_share_long",
                "A model of 70 B parameters.",
            ),
            Line(
                "Cost of a token at 32 K over one at 1 K",
                "=CONTEXT_COST_RATIO(context_params,context_layers,context_heads,"
                "context_head_dim,long_tokens,short_tokens)",
                q.FACTOR,
                "long_cost_ratio",
                "So rare long sequences make training little dearer.",
            ),
            Line(
                "Tokens of Kimi's context before",
                "=CHAR_TOKENS(kimi_chars_before,zh_chars_per_token)",
                q.TOKENS,
                "kimi_tokens_before",
                "Characters over characters in a token; after it is a row of the sheet Claims.",
            ),
            Line(
                "Price of a million tokens",
                "=price_per_ktokens*tokens_per_million/tokens_per_thousand",
                q.PRICE_PER_MTOKENS,
                "price_per_mtokens",
                "Price of 1,000 × 1,000.",
                unit="CNY/M tokens",
            ),
        ),
    ),
    Group(
        "Training sets",
        (
            Line(
                "Bytes in a gibibyte",
                "=bytes_per_gibibyte",
                "bytes/GiB",
                "bytes_in_gib",
                "From the conversions.",
                number_format=WHOLE,
            ),
            Line(
                "Bytes in a gigabyte",
                "=bytes_per_gigabyte",
                "bytes/GB",
                "bytes_in_gb",
                "From the conversions.",
                number_format=WHOLE,
            ),
            Line(
                "GPT-3's over GPT-1's",
                "=gpt3_set_gb/gpt1_set_gb",
                q.FACTOR,
                "set_growth_gpt3",
                "Growth in two years.",
                number_format="#,##0.0",
            ),
            Line(
                "Gopher's over GPT-3's",
                "=gopher_set_gb/gpt3_set_gb",
                q.FACTOR,
                "set_growth_gopher",
                "Growth in one year.",
                number_format="#,##0.0",
            ),
            Line(
                "Bytes for a token of GPT-3's corpus",
                "=gpt3_set_gb*bytes_in_gb/gpt3_set_tokens_stated",
                q.BYTES_PER_TOKEN,
                "gpt3_set_bytes",
                "What the two stated figures imply.",
            ),
            Line(
                "Bytes for a token of Gopher's",
                "=gopher_set_gb*bytes_in_gb/gopher_set_tokens_stated",
                q.BYTES_PER_TOKEN,
                "gopher_set_bytes",
                "What the two stated figures imply.",
            ),
            Line(
                "Training state of 7 B parameters",
                "=TRAIN_STATE_GB(train_small_params)",
                q.MEMORY_GB,
                "train_small_gb",
                "16 bytes a parameter: weights, gradients, Adam.",
            ),
            Line(
                "Training state of 70 B parameters",
                "=TRAIN_STATE_GB(train_large_params)",
                q.MEMORY_GB,
                "train_large_gb",
                "16 bytes a parameter: weights, gradients, Adam.",
            ),
        ),
    ),
    *sizes.RESULTS,
)
