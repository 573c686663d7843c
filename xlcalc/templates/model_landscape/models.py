"""Which sheets of the model landscape hold a row for each model of the catalogue?

Training and Memory do, with the rows of the sheet Models.
"""

from collections.abc import Mapping

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill

from xlcalc import quantities as q
from xlcalc.author.book import Book
from xlcalc.author.layout import Page
from xlcalc.catalogue import Row
from xlcalc.templates.parts.catalogues import model_rows
from xlcalc.templates.parts.columns import columns
from xlcalc.templates.parts.tables import Table

NONE = "–"
"""What stands where nobody published a figure."""
FIRST_ROW = 5
"""Row of the first model on the sheets Models, Training and Memory."""
RUN = ("active", "tokens")
"""Published figures from which the compute of a training run follows."""
RUMOUR = "Rumour"
MARK_FILL = PatternFill("solid", bgColor="FFFDF0D0", fgColor="FFFDF0D0")
FLOP_FORMAT = q.FLOP.number_format
COUNT = q.COUNT_FORMAT
DATE_FORMAT = "yyyy-mm"


def is_rumoured(row: Row) -> bool:
    """Whether the figures of a model are rumours."""
    return "RUMOURED" in str(row["name"])


def _attention(row: Row) -> str:
    """Return how a model attends if its key and value heads do not say it."""
    notes = str(row["notes"])
    if row["kv_rank"] or "compressed attention" in notes:
        return "Latent"
    if "CLA" in notes:
        return "Shared by layers"
    return "Hybrid" if "hybrid" in notes or row["linear_layers"] else ""


def _names(letters: Mapping[str, str]) -> list[str]:
    return [f"=Models!{letters['name']}{row}" for row in _row_numbers()]


def _fields(letters: Mapping[str, str], field: str) -> list[str]:
    """Return formulas that show a field of every model, or that nobody published it."""
    cells = [f"Models!{letters[field]}{row}" for row in _row_numbers()]
    return [f'=IF({cell}="","{NONE}",{cell})' for cell in cells]


def _row_numbers() -> range:
    return range(FIRST_ROW, FIRST_ROW + len(model_rows()))


def _where(cells: tuple[str, ...], formula: str) -> str:
    """Return a formula for the rows that have all of some published cells.

    The cells are published figures and no computed ones, so that an error of an input shows.
    """
    known = ",".join(f"ISNUMBER({{{cell}}})" for cell in cells)
    condition = f"AND({known})" if len(cells) > 1 else known
    return f'=IF({condition},{formula},"{NONE}")'


def training_page(book: Book, letters: Mapping[str, str]) -> Table:
    """Write what each model's training took, and would take and cost on the accelerator."""
    widths = (2, 32, 16, 10, 11, 9, 12, 12, 12, 12, 11, 11, 11, 10, 13, 12, 12, 12, 15, 13, 9)
    page = Page(
        book,
        "Training",
        widths,
        "Training",
        "A row for each model of the catalogue. A dash: nobody published the figure. Amber: the "
        "reported compute is off by more than the marked difference, or the row is a rumour.",
    )
    author = [f"Models!{letters['train_flops_reported']}{row}" for row in _row_numbers()]
    epoch = [f"Models!{letters['train_flops_epoch']}{row}" for row in _row_numbers()]
    released = [f"Models!{letters['released']}{row}" for row in _row_numbers()]
    table = Table(
        page,
        columns(
            "model_landscape",
            "training",
            name=_names(letters),
            org=_fields(letters, "org"),
            released=[
                # Of a year alone the middle is taken.
                f'=IF({cell}="","{NONE}",DATE(LEFT({cell},4),'
                f"IF(LEN({cell})<7,7,MID({cell},6,2)),1))"
                for cell in released
            ],
            experts=_fields(letters, "n_experts"),
            params=_fields(letters, "total_params"),
            active=_fields(letters, "active_params"),
            context=_fields(letters, "context_tokens"),
            tokens=_fields(letters, "train_tokens"),
            reported=[
                f'=IF({own}<>"",{own},IF({other}<>"",{other},"{NONE}"))'
                for own, other in zip(author, epoch, strict=True)
            ],
            by=[
                f'=IF({own}<>"","{RUMOUR if is_rumoured(row) else "Author"}",'
                f'IF({other}<>"","Epoch AI","{NONE}"))'
                for row, own, other in zip(model_rows(), author, epoch, strict=True)
            ],
            confidence=_fields(letters, "confidence"),
            flag=[RUMOUR if is_rumoured(row) else NONE for row in model_rows()],
        ),
        len(model_rows()),
        height=46,
    )
    for key, name in (
        *(("name", "landscape_models"), ("kind", "landscape_kinds")),
        *(("params", "landscape_params"), ("tokens", "landscape_tokens")),
        *(("flops", "landscape_flops"), ("ratio", "landscape_ratios")),
        *(("gpu_days", "landscape_gpu_days"), ("cost", "landscape_costs")),
        *(("multiple", "landscape_multiples"), ("flag", "landscape_flags")),
    ):
        table.name(key, name)
    table.indent("kind", "by", "confidence")
    last = FIRST_ROW + len(model_rows()) - 1
    ratio, flag = f"$N{FIRST_ROW}", f"$U{FIRST_ROW}"
    off = f"OR({ratio}>1+marked_difference,{ratio}<1/(1+marked_difference))"
    rules = page.sheet.conditional_formatting
    rules.add(
        f"N{FIRST_ROW}:N{last}",
        FormulaRule(formula=[f"IF(ISNUMBER({ratio}),{off},FALSE)"], fill=MARK_FILL),
    )
    rumour = book.texts(RUMOUR)
    rules.add(f"B{FIRST_ROW}:U{last}", FormulaRule(formula=[f'{flag}="{rumour}"'], fill=MARK_FILL))
    page.sheet.auto_filter.ref = f"B4:U{last}"
    page.finish(freeze="C5", cursor="B5", repeat_row=4)
    return table


def memory_page(book: Book, letters: Mapping[str, str]) -> Table:
    """Write what each model's weights and cache need."""
    widths = (2, 32, 12, 12, 10, 9, 9, 9, 9, 9, 9, 13, 9, 9, 18, 13, 13, 13, 15)
    page = Page(
        book,
        "Memory",
        widths,
        "Memory",
        "Weights and cache. Where attention is latent, shared by layers or hybrid, the cache does "
        "not follow from the key and value heads, and a dash stands for it. A layer with a sliding "
        "window keeps at most its tokens of a full context.",
    )
    kinds = [
        f'"{own}"'
        if (own := _attention(row))
        else f'IF({{kv_heads}}="{NONE}","{NONE}",IF({{kv_heads}}={{heads}},"Multi-head",'
        'IF({kv_heads}=1,"Multi-query","Grouped-query")))'
        for row in model_rows()
    ]

    def cached(formula: str, *needs: str) -> list[str]:
        known = _where(("layers", "kv_heads", "head_dim", *needs), formula)
        return [f'="{NONE}"' if _attention(row) else known for row in model_rows()]

    table = Table(
        page,
        columns(
            "model_landscape",
            "memory",
            name=_names(letters),
            params=_fields(letters, "total_params"),
            active=_fields(letters, "active_params"),
            experts=_fields(letters, "n_experts"),
            routed=_fields(letters, "experts_per_token"),
            layers=_fields(letters, "layers"),
            heads=_fields(letters, "heads"),
            kv_heads=_fields(letters, "kv_heads"),
            head_dim=_fields(letters, "head_dim"),
            context=_fields(letters, "context_tokens"),
            window=_fields(letters, "window"),
            windowed=_fields(letters, "window_layers"),
            attention=[f"={kind}" for kind in kinds],
            kv=cached("KV_CACHE_BYTES({layers},{kv_heads},{head_dim},1,bytes_per_value)"),
            kv_context=cached(
                "KV_CACHE_BYTES({layers},{kv_heads},{head_dim},{context},bytes_per_value,1,"
                "N({window}),N({windowed}))/bytes_per_gb",
                "context",
            ),
        ),
        len(model_rows()),
        height=46,
    )
    for key, name in (
        *(("params", "memory_params"), ("weights", "memory_weights")),
        *(("kv", "memory_cache"), ("attention", "memory_attention")),
    ):
        table.name(key, name)
    table.indent("attention")
    last = FIRST_ROW + len(model_rows()) - 1
    page.sheet.auto_filter.ref = f"B4:Q{last}"
    page.finish(freeze="C5", cursor="B5", repeat_row=4)
    return table
