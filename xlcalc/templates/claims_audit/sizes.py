"""Which figures do the claims on sizes of models, GPT-4, networks and updates rest on?

Inputs and shared results, as in `figures`; `figures` puts both together. What a source states has
its source beside it, and what it leaves open is in the group of assumptions.
"""

from xlcalc import quantities as q
from xlcalc.quantities import Quantity
from xlcalc.templates.parts.figures import Group, Line

BY_THE_CLAIM = "As the claim states it."
ASSUMED = "An assumption of this template; set your own."
BYTES_NOTE = "2 for 16-bit weights, 1 for 8-bit ones, 0.5 for 4-bit ones."
LLAMA_13B = "The shape of Llama 2 13B: Touvron et al. 2023, arXiv:2307.09288."
CHATGLM = "The shape of ChatGLM-6B: https://github.com/THUDM/ChatGLM-6B."
LEAK = "SemiAnalysis, GPT-4 Architecture, 2023-07-10; OpenAI has published none."
ORDER = "Financial Times, 2023-08-09, as Reuters restates it."
TENCENT = "Tencent Cloud on its network Xingmai, 2023-06-26."
UNITS = Quantity("USD/GPU", above=0.0, number_format="#,##0")
MONEY = Quantity("USD", above=0.0, number_format="#,##0")
GBITS = Quantity("Gb/s", above=0.0, number_format="#,##0")
TBITS = Quantity("Tb/s", above=0.0, number_format="#,##0.0")
GIB = Quantity("GiB", above=0.0, number_format="#,##0.00")
PASSES = Quantity("passes", above=0.0, number_format="0")


def _line(label: str, value: object, measure: Quantity, name: str, note: str = "") -> Line:
    return Line(label, value, measure, name, note or BY_THE_CLAIM)


ASSUMPTIONS = Group(
    "Assumptions that claims on sizes need",
    (
        Line(
            "Recomputation while 13 B are trained",
            "selective",
            "none, selective or full",
            "size_recompute",
            "Attention is computed again, the rest is kept.",
            entries='"none,selective,full"',
        ),
        _line("Bytes for a parameter of 13 B", 1, q.BYTES_PER_PARAM, "card_13b_bytes", BYTES_NOTE),
        _line("Bytes for a parameter, phone", 0.5, q.BYTES_PER_PARAM, "phone_bytes", BYTES_NOTE),
        _line("Memory of a phone for a model", 4, q.GPU_MEMORY_GB, "phone_gb", ASSUMED),
        _line("Bytes for a parameter, PC", 0.5, q.BYTES_PER_PARAM, "pc_bytes", BYTES_NOTE),
        _line("Memory of a PC for a model", 8, q.GPU_MEMORY_GB, "pc_gb", ASSUMED),
        _line(
            "Full from this share of the memory on",
            0.8,
            q.SHARE,
            "full_share",
            "A size fits a machine well that it fills so far. An assumption of this template; set "
            "your own.",
        ),
        _line(
            "Bytes for a parameter, tuned on 12 GB",
            0.5,
            q.BYTES_PER_PARAM,
            "tune_12_bytes",
            "4-bit weights, as in QLoRA: Dettmers et al. 2023, arXiv:2305.14314.",
        ),
        _line(
            "Bytes for a parameter, tuned on 16 GB",
            2,
            q.BYTES_PER_PARAM,
            "tune_16_bytes",
            "16-bit weights, as in LoRA: Hu et al. 2021, arXiv:2106.09685.",
        ),
        _line(
            "Bytes for a parameter, tuned on 24 GB",
            2,
            q.BYTES_PER_PARAM,
            "tune_24_bytes",
            "16-bit weights, as in LoRA: Hu et al. 2021, arXiv:2106.09685.",
        ),
        _line("Rank of the adapters", 16, q.RANK, "tune_rank", ASSUMED),
        _line("Tokens of a sequence that is tuned on", 2048, q.CONTEXT, "tune_context", ASSUMED),
        Line(
            "Recomputation while 6 B are tuned",
            "full",
            "none, selective or full",
            "tune_recompute",
            "All activations are computed again.",
            entries='"none,selective,full"',
        ),
        _line(
            "Parameters of ChatGPT",
            20e9,
            q.PARAMS,
            "chatgpt_params",
            "A rumour in Singh et al. 2023 (CodeFusion), arXiv:2310.17680v1, Table 1, which the "
            "authors withdrew.",
        ),
        _line("Training tokens of GPT-4", 13e12, q.TRAINING_TOKENS, "gpt4_tokens", LEAK),
        _line(
            "Training compute of GPT-5",
            6.6e25,
            q.FLOP,
            "gpt5_flops",
            "Epoch AI's estimate, in the catalogue of models; OpenAI has published none.",
        ),
        _line(
            "Price of an A800",
            17_500,
            UNITS,
            "a800_price",
            "A reseller, 2025-03-03, by way of Epoch AI, Hardware prices, CC BY 4.0.",
        ),
        _line(
            "Price of an H800",
            31_728.59,
            UNITS,
            "h800_price",
            "A reseller, 2025-03-03, by way of Epoch AI, Hardware prices, CC BY 4.0.",
        ),
        _line("Models that are updated", 12, q.MODELS, "refresh_models", ASSUMED),
        _line("Tokens of an update", 100e6, q.TRAINING_TOKENS, "refresh_tokens", ASSUMED),
        _line(
            "Price of an A100-hour for updates",
            2.3,
            q.PRICE_PER_GPU_HOUR,
            "refresh_price",
            "USD; the median of the catalogue for an A100 of 80 GB, 2026. Set your own.",
        ),
        _line(
            "Bandwidth of a server before",
            1.6,
            TBITS,
            "rdma_before",
            "Half of the new one: 8 ports of 200 Gb/s. The source names none.",
        ),
        _line("GPUs that share a sequence", 8, q.SHARDS, "sequence_gpus", ASSUMED),
    ),
)

STATED = (
    Group(
        "Sizes of models and cards",
        (
            _line("Parameters of the middle model", 13e9, q.PARAMS, "mid_params"),
            _line("Its layers", 40, q.LAYERS, "mid_layers", LLAMA_13B),
            _line("Its width", 5120, q.WIDTH, "mid_width", LLAMA_13B),
            _line("Its heads", 40, q.HEADS, "mid_heads", LLAMA_13B),
            _line("Tokens of its sequences", 4096, q.CONTEXT, "mid_context"),
            _line("Sequences at the same time", 1, q.SEQUENCES, "mid_batch", ASSUMED),
            _line("Copies of it that are trained", 2, q.SHARDS, "mid_copies"),
            _line("Parameters for a phone", 2.8e9, q.PARAMS, "phone_params"),
            _line("Parameters for a PC", 7e9, q.PARAMS, "pc_params"),
            Line(
                "Memory of an A10",
                '=GPU_SPEC("A10 PCIe","memory_gb")',
                q.GPU_MEMORY_GB,
                "a10_gb",
                "NVIDIA A10 data sheet, from the catalogue.",
            ),
            Line(
                "Memory of an RTX 4090",
                '=GPU_SPEC("GeForce RTX 4090","memory_gb")',
                q.GPU_MEMORY_GB,
                "rtx_4090_gb",
                "NVIDIA Ada white paper, from the catalogue.",
            ),
            _line("Layers of 6 B parameters", 28, q.LAYERS, "small_layers", CHATGLM),
            _line("Width of 6 B parameters", 4096, q.WIDTH, "small_width", CHATGLM),
            _line("Heads of 6 B parameters", 32, q.HEADS, "small_heads", CHATGLM),
            _line("GPUs of a machine for 7 B", 8, q.SHARDS, "train_small_gpus"),
            _line("GPUs of a machine for 70 B", 80, q.SHARDS, "train_large_gpus"),
            _line("Machines that train 7 B", 8, q.SHARDS, "train_7b_machines"),
            _line("Machines that train 70 B", 6, q.SHARDS, "train_70b_machines"),
            _line("Parameters of the largest Pangu", 2.6e12, q.PARAMS, "pangu_params"),
            _line(
                "Parameters of Wudao 2.0",
                1.75e12,
                q.PARAMS,
                "wudao_params",
                "Beijing Academy of Artificial Intelligence, 2021-06-01; a mixture of experts.",
            ),
            _line(
                "The Pile, which GPT-J was trained on",
                825.18,
                GIB,
                "pile_gib",
                "Gao et al. 2020, arXiv:2101.00027, Table 1.",
            ),
        ),
    ),
    Group(
        "GPT-4 and what followed",
        (
            _line(
                "Training compute of GPT-4",
                2.1e25,
                q.FLOP,
                "gpt4_flops",
                "Epoch AI's estimate after SemiAnalysis; OpenAI has published none.",
            ),
            _line("Days, the middle of 90 to 100", 95, q.DAYS, "gpt4_days", LEAK),
            _line("Utilisation, the middle of 32 to 36 %", 0.34, q.UTILISATION, "gpt4_mfu", LEAK),
            _line("Order of A800 for 2023", 1e9, MONEY, "order_2023", ORDER),
            _line("Whole order of A800 and H800", 5e9, MONEY, "order_all", ORDER),
        ),
    ),
    Group(
        "Networks and updates",
        (
            _line("Rate of a port", 400, GBITS, "port_gbits", TENCENT),
            _line("Bandwidth of a server", 3.2, TBITS, "rdma_tbits", TENCENT),
            _line("Gain in utilisation as stated", 0.4, q.RATIO, "rdma_claimed", TENCENT),
            _line(
                "Servers that share a copy of GPT-3",
                8,
                q.SHARDS,
                "copy_servers",
                "64 GPUs in Narayanan et al. 2021, arXiv:2104.04473: 8 by tensors, 8 by layers.",
            ),
            _line("Key-value heads of 70 B", 8, q.HEADS, "context_kv_heads", "Llama 2 70B."),
            _line(
                "Turns around the ring in a step",
                3,
                PASSES,
                "ring_passes",
                "Keys and values forward; these and their gradients backward. Liu et al. 2023, "
                "arXiv:2310.01889.",
            ),
            _line("Models updated monthly", 0.3333333333333333, q.SHARE, "refresh_monthly"),
            _line("Models updated daily", 0.25, q.SHARE, "refresh_daily"),
        ),
    ),
)

RESULTS = (
    Group(
        "A network twice as fast",
        (
            Line(
                "Gb/s in a Tb/s",
                "=gbits_per_tbit",
                "Gb/Tb",
                "gbits_in_tbit",
                "From the conversions.",
                number_format="#,##0",
            ),
            Line(
                "A step of GPT-3 without network",
                "=INFER_SECONDS(gpt3_step_flops,measured_tflops,1,gpt3_gpus)",
                q.SECONDS,
                "step_seconds",
                "Its FLOP at the rate that was measured.",
            ),
            Line(
                "Gradients in a server",
                "=gpt3_weights_gb*bytes_in_gb/copy_servers",
                q.BYTES,
                "server_gradients",
                "2 bytes a parameter, over the servers of a copy.",
                number_format="0.00E+00",
            ),
            Line(
                "Their all-reduce before",
                "=ALL_REDUCE_SECONDS(server_gradients,gpt3_servers/copy_servers,"
                "rdma_before*gbits_per_tbit/bits_per_byte)",
                q.SECONDS,
                "reduce_before",
                "Over the copies, nothing of it hidden behind computation.",
            ),
            Line(
                "Their all-reduce at 3.2 Tb/s",
                "=ALL_REDUCE_SECONDS(server_gradients,gpt3_servers/copy_servers,"
                "rdma_tbits*gbits_per_tbit/bits_per_byte)",
                q.SECONDS,
                "reduce_after",
                "Half of it.",
            ),
        ),
    ),
    Group(
        "A sequence on several GPUs",
        (
            Line(
                "FLOP of a sequence of 32 K",
                "=TRAIN_FLOPS(context_params,long_tokens)+ATTENTION_FLOPS(context_layers,"
                "context_heads,context_head_dim,long_tokens,long_tokens)",
                q.FLOP,
                "sequence_flops",
                "6·N·D and attention; a model of 70 B parameters.",
            ),
            Line(
                "Bandwidth of a GPU",
                "=port_gbits/bits_per_byte",
                q.BANDWIDTH_GBS,
                "gpu_bandwidth",
                "A port for each GPU.",
            ),
        ),
    ),
)

CONVERSIONS = (
    ("Gigabits in a terabit", 1000, "Gb/Tb", "gbits_per_tbit"),
    ("Bits in a byte", 8, "bits/byte", "bits_per_byte"),
)
"""By definition; they stand among the others."""
LADDER = (16, 34, 52, 56, 65, 70, 100, 130, 170, 220)
"""Sizes that Antkillerfarm calls made for a machine, in thousand million parameters."""
