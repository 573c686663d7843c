"""What do the claims on sizes of models and on shared sequences come to in detail?

Four tables of the sheet Tables: the ten sizes that are said to fill machines, the time that more
machines buy, sizes as reports have them, and the utilisation that is left of a shared sequence.
"""

from collections.abc import Callable

from xlcalc import quantities as q
from xlcalc.templates.parts.tables import Column, Table

AddTable = Callable[[str, str, list[Column], int], Table]
"""Takes a key, a heading, the columns and the number of rows."""
SIZES = (
    ("ChatGPT", "=chatgpt_params"),
    ("Pangu 135B", 135e9),
    ("GPT-3", "=gpt3_params"),
    ("Pangu 230B", 230e9),
    ("Wudao 2.0", "=wudao_params"),
    ("GPT-4", "=gpt4_params"),
    ("Pangu 2.6T", "=pangu_params"),
)
DEGREES = 7
"""Rows of the last table: 1, 2, 4 and so on GPUs."""

LADDER = (16, 34, 52, 56, 65, 70, 100, 130, 170, 220)
"""Sizes that Antkillerfarm calls made for a machine, in thousand million parameters."""


def size_tables(add: AddTable) -> None:
    """Write the tables, and name the column that a claim counts."""
    ladder = add(
        "ladder",
        "Ten sizes on GPUs in powers of two, 16-bit weights",
        [
            Column("params", "Parameters", [size * 1e9 for size in LADDER], q.PARAMS.number_format),
            Column("weights", "Weights\nGB", "=WEIGHTS_GB({params})", "#,##0"),
            Column(
                "needed",
                "GPUs that\nhold them",
                "=GPUS_TO_FIT({weights},train_gpu_gb,usable_share)",
                "#,##0",
            ),
            Column(
                "machine", "Next power\nof two", "=2^ROUNDUP(ROUND(LOG({needed},2),9),0)", "#,##0"
            ),
            Column(
                "fill",
                "Of its usable\nmemory",
                "={weights}/({machine}*train_gpu_gb*usable_share)",
                "0.0%",
            ),
        ],
        len(LADDER),
    )
    page = ladder.page
    # A name and no alias: the claim that reads it is written before this sheet.
    page.book.define("ladder_fill", page.sheet, ladder.cell("fill", 0), ladder.cell("fill", -1))
    add(
        "speed",
        "The time that more machines buy, 20 tokens a parameter",
        [
            Column(
                "params",
                "Parameters",
                [*["=train_small_params"] * 2, *["=train_large_params"] * 2],
                q.PARAMS.number_format,
            ),
            Column(
                "gpus",
                "GPUs",
                [
                    "=train_small_gpus",
                    "=train_small_gpus*train_7b_machines",
                    "=train_large_gpus",
                    "=train_large_gpus*train_70b_machines",
                ],
                "#,##0",
            ),
            Column(
                "days",
                "Days at the run's\nutilisation",
                "=TRAIN_DAYS(TRAIN_FLOPS({params},CHINCHILLA_TOKENS({params})),{gpus},a100_peak,"
                "run_mfu)",
                "#,##0.0",
            ),
        ],
        4,
    )
    add(
        "sizes",
        "Sizes as reports have them",
        [
            Column("model", "Model", [name for name, _ in SIZES], words=True, literal=True),
            Column("params", "Parameters", [size for _, size in SIZES], q.PARAMS.number_format),
            Column("ratio", "Over GPT-3", "={params}/gpt3_params", "#,##0.00"),
            Column("weights", "16-bit weights\nGB", "=WEIGHTS_GB({params})", "#,##0"),
            Column(
                "gpus",
                "GPUs that\nhold them",
                "=GPUS_TO_FIT({weights},train_gpu_gb,usable_share)",
                "#,##0",
            ),
        ],
        len(SIZES),
    )
    add(
        "shared",
        "What a shared sequence of 32 K leaves of the utilisation",
        [
            Column("gpus", "GPUs that share it", [1, *["={gpus.prev}*2"] * (DEGREES - 1)], "0"),
            Column(
                "compute",
                "Computation\ns",
                "=INFER_SECONDS(sequence_flops,a100_peak,run_mfu,{gpus})",
                "#,##0.00",
            ),
            Column(
                "network",
                "Network\ns",
                "=ring_passes*CONTEXT_PARALLEL_SECONDS(context_layers,context_kv_heads,"
                "context_head_dim,long_tokens,{gpus},gpu_bandwidth)",
                "#,##0.00",
            ),
            Column("left", "Left of the\nutilisation", "={compute}/({compute}+{network})", "0.0%"),
            Column("mfu", "Utilisation", "=run_mfu*{left}", "0.0%"),
        ],
        DEGREES,
    )
