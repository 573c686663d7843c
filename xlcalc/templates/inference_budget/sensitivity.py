"""What do sequences at the same time, utilisation and context change?

`sensitivity` writes the sheet of this name: a table of sequences, a grid of sequences and
utilisation, and a table of prompts.
"""

from xlcalc import quantities as q
from xlcalc.author import charts
from xlcalc.author.book import Book
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.inference_budget.sheets import mark, steps
from xlcalc.templates.parts.figures import CURRENCY_AXIS, PRICE_FORMAT
from xlcalc.templates.parts.grid import grid
from xlcalc.templates.parts.tables import Column, Table

BATCH_STEPS = (0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
"""From one sequence to as many as fit, as exponents: the sequences grow by a constant factor."""
UTILISATIONS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
CONTEXT_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
OWN_CONTEXT = CONTEXT_FACTORS.index(1.0)
COST_OF_1M = "Cost of 1 M tokens"

READ = (
    "IF({sequences}>1,total_params-(total_params-active_params)"
    "*IF(({sequences}-1)*LN(MAX(1-experts_per_token/experts,1E-300))<-700,0,"
    "(1-experts_per_token/experts)^({sequences}-1)),active_params)"
)
"""Parameters that a step reads, by the sequences of a row.

A power below the least number is 0; LibreOffice says #NUM! there.
"""


def sensitivity(book: Book) -> Table:
    """Write what sequences, utilisation and context change, and return the table of sequences."""
    page = Page(
        book,
        "Sensitivity",
        (2, 14, 10, 12, *(13,) * 11),
        "Sensitivity",
        "What a million tokens costs on the GPUs if more or fewer sequences, hours of use, or "
        "tokens of context come together.",
    )
    page.section("Sequences at the same time, from one to as many as fit")
    batches = _batches(page)
    page.row += 1
    page.section('="GPU cost of 1 M tokens in "&currency&": sequences down, utilisation across"')
    _grid(page, batches)
    page.row += 1
    page.section("Length of the prompt; a replica grows where it must")
    contexts = _contexts(page)
    page.row += 1
    for (left, right), look, x, curve in (
        (
            ("B", "H"),
            Look(
                "Speed for a user over sequences at the same time",
                "Sequences of a replica",
                "Tokens a second of a user",
                x_format="#,##0",
                x_log=True,
                x_base=2,
            ),
            steps(batches, "sequences"),
            Curve("Speed for a user", steps(batches, "speed")),
        ),
        (
            ("I", "O"),
            Look(
                "GPU cost of a million tokens over the prompt",
                "Prompt tokens",
                CURRENCY_AXIS,
                x_format="#,##0",
                y_format="#,##0.00",
                x_log=True,
            ),
            contexts.values("prompt"),
            Curve(COST_OF_1M, contexts.values("cost")),
        ),
    ):
        charts.scatter(page, f"{left}{page.row}:{right}{page.row + 14}", look, x, [curve])
    page.finish(cursor="B5", last_row=page.row + 15)
    page.sheet.page_setup.fitToHeight = 1
    return batches


def _batches(page: Page) -> Table:
    count = len(BATCH_STEPS)
    table = Table(
        page,
        (
            Column("label", "Case", ["This case", *[None] * count], words=True),
            Column("step", "Exponent", [None, *BATCH_STEPS], "0.000"),
            Column(
                "sequences",
                "Sequences",
                ["=batch", *["=ROUND(MAX(1,fits_sequences)^{step},0)"] * count],
                "#,##0",
            ),
            Column("cache", "KV cache\nGB", "={sequences}*sequence_gb", "#,##0.0"),
            Column(
                "read", "Weights read\nGB/step", f"={READ}*bytes_per_param/bytes_per_gb", "#,##0.0"
            ),
            Column(
                "memory",
                "By memory\ns/step",
                "=({read}+{sequences}*read_bytes/bytes_per_gb)/replica_bandwidth",
                "0.0000",
            ),
            Column("compute", "By compute\ns/step", "=compute_step/batch*{sequences}", "0.0000"),
            Column(
                "rate",
                "Replica\ntokens/s",
                "=DECODE_TOKENS_PER_SECOND(flop_params,{read}*bytes_per_gb/flop_params,"
                "replica_bandwidth,replica_tflops,{sequences},read_bytes,mfu)",
                "#,##0",
            ),
            Column("speed", "User\ntokens/s", "={rate}*speed_factor/{sequences}", "#,##0.0"),
            Column(
                "busy",
                "Replica\ns/request",
                "=(prefill_seconds+output_tokens/{rate})/speed_factor",
                "0.0000",
            ),
            Column("gpu", "GPU\ntokens/s", "=context_tokens/({busy}*gpus_per_replica)", "#,##0.0"),
            Column(
                "full",
                "1 M tokens,\nfully used",
                "=COST_PER_MTOKENS(price_per_gpu_hour,{gpu},1)",
                PRICE_FORMAT,
            ),
            Column(
                "cost",
                "1 M tokens,\nas planned",
                "={full}/(usable_share/(load_factor*running_part))",
                PRICE_FORMAT,
            ),
        ),
        1 + count,
    )
    table.alias("cost", "batch_case_cost", 0)
    mark(table, 0, "cost")
    return table


def _grid(page: Page, batches: Table) -> None:
    """Write the cost over sequences and utilisation, plain arithmetic on the table above."""
    rows = range(1 + len(BATCH_STEPS))

    def of(key: str) -> list[str]:
        return [f"={batches.cell(key, row).coordinate}" for row in rows]

    table = grid(
        page,
        (
            Column("label", "Case", ["This case", *[None] * len(BATCH_STEPS)], words=True),
            Column("sequences", "Sequences", of("sequences"), "#,##0"),
            Column("full", "Fully used", of("full"), PRICE_FORMAT),
        ),
        (UTILISATIONS, "0%"),
        "={full}/{across}",
        PRICE_FORMAT,
        len(rows),
        measure=q.UTILISATION,
    )
    mark(table, 0, f"x{len(UTILISATIONS) - 1}")


def _contexts(page: Page) -> Table:
    labels: list[str | None] = [None] * len(CONTEXT_FACTORS)
    labels[OWN_CONTEXT] = "This case"
    table = Table(
        page,
        (
            Column("label", "Case", labels, words=True),
            Column("factor", "Factor", CONTEXT_FACTORS, "0.00"),
            Column("prompt", "Prompt\ntokens", "=prompt_tokens*{factor}", "#,##0"),
            Column("end", "Context\ntokens", "={prompt}+output_tokens", "#,##0"),
            Column(
                "cache",
                "KV cache\nGB/sequence",
                "=IF(kv_rank>0,sequence_gb/context_tokens*{end},KV_CACHE_BYTES(layers,kv_heads,"
                "head_dim,{end},bytes_per_value,1,window,window_layers)/bytes_per_gb)",
                "#,##0.000",
            ),
            Column(
                "gpus",
                "Replica\nGPUs",
                "=MAX(gpus_per_replica,GPUS_TO_FIT(model_gb+{cache},gpu_memory_gb,usable_memory))",
                "#,##0",
            ),
            Column(
                "sequences",
                "Sequences",
                "=MAX(1,MIN(most_sequences,MAX_SEQUENCES(gpu_memory_gb,{gpus},model_gb,"
                "{cache}*bytes_per_gb,usable_memory)))",
                "#,##0",
            ),
            Column(
                "prefill",
                "Prefill\ns",
                "=INFER_SECONDS((prefill_flops-prefill_attention_flops)*{factor}"
                "+(ATTENTION_FLOPS(layers,heads,prefill_head_dim,MAX({prompt},1),{prompt},"
                '"causal",window,window_layers)-ATTENTION_FLOPS(layers,heads,prefill_head_dim,'
                "MAX({prompt}*prefix_share,1),{prompt}*prefix_share,"
                '"causal",window,window_layers))*forward_share,peak_tflops,mfu,{gpus})',
                "#,##0.000",
            ),
            Column("mean", "In decode\ntokens", "=AVERAGE({prompt},{end})", "#,##0"),
            Column(
                "flop",
                "Decode\nFLOP/token",
                "=decode_flops-decode_attention_flops+ATTENTION_FLOPS(layers,heads,"
                'decode_head_dim,MAX({mean},1),1,"full",window,window_layers)*forward_share',
                "0.00E+00",
            ),
            Column(
                "step",
                "Step\ns",
                f"=MAX(({READ}*bytes_per_param/bytes_per_gb+{{sequences}}"
                "*IF(kv_rank>0,{cache}*{mean}/{end},KV_CACHE_BYTES(layers,kv_heads,head_dim,{mean},"
                "bytes_per_value,1,window,window_layers)/bytes_per_gb))"
                "/(replica_bandwidth/gpus_per_replica*{gpus}),"
                "compute_step/batch*{sequences}*{flop}/decode_flops*gpus_per_replica/{gpus})",
                "0.0000",
            ),
            Column(
                "busy",
                "Replica\ns/request",
                "=({prefill}+output_tokens*{step}/{sequences})/speed_factor",
                "#,##0.0000",
            ),
            Column("gpu", "GPU\ntokens/s", "={end}/({busy}*{gpus})", "#,##0.0"),
            Column(
                "within",
                "In the\nwindow?",
                '=IF(OR(context_limit=0,{end}<=context_limit),"Yes","No")',
            ),
            Column(
                "cost",
                "1 M tokens,\nas planned",
                "=COST_PER_MTOKENS(price_per_gpu_hour,{gpu},"
                "usable_share/(load_factor*running_part))",
                PRICE_FORMAT,
            ),
        ),
        len(CONTEXT_FACTORS),
    )
    table.alias("cost", "context_case_cost", OWN_CONTEXT)
    mark(table, OWN_CONTEXT, "cost")
    return table
