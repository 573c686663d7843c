"""Tokens of text, image and video corpora: training compute, GPU-months, cost, and image bills.

Its default case is the image model of an industry report, counted with the dense peak rate of an
accelerator, which training can reach, beside the sparse one that the report divides by.
"""

from openpyxl.chart import Reference

from xlcalc import quantities as q
from xlcalc.author import charts, styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Curve, Look
from xlcalc.author.layout import Page
from xlcalc.templates.multimodal_data.corpora import corpora_pages, notes
from xlcalc.templates.multimodal_data.tables import (
    BILL_PRODUCTS,
    FLOP_FORMAT,
    MAGIC_VIDEO,
    REPORT,
    VENDORS,
    bills_page,
    mix_page,
    report_page,
    sensitivity_page,
    stages_page,
)
from xlcalc.templates.parts.catalogues import accelerator, catalogue_page
from xlcalc.templates.parts.checks import Check, checks_page, verdict
from xlcalc.templates.parts.figures import MONEY_FORMAT, Group, Line, figures_page
from xlcalc.templates.parts.front import (
    BIG_MONEY,
    cover_page,
    finish_cover,
    key_figures,
    sources_page,
    tile,
)
from xlcalc.templates.parts.money import currency_lines, inputs_page, rental_line

TYPED_IN = "Typed in: the sheet Sources says where the figures of this case come from."
ASSUMED = "An assumption of this template; set your own."
BY_DEFINITION = "By definition."

RUN_SOURCE = (
    f"{REPORT}: 50 to 200 billion images of 1,024 × 768 pixels, a patch of 16, 500 B parameters, "
    "46.2 %, five vendors, 388,900 H100 for a month. The dense peak rate, the price and the image "
    "that vendors bill are this workbook's."
)

INPUTS = (
    Group(
        "The model",
        (
            Line(
                "Name of the case",
                "500 B image model",
                "text",
                "run_name",
                "Shown on the summary.",
            ),
            Line(
                "Parameters",
                5e11,
                q.PARAMS,
                "params",
                "Trainable parameters; the active ones for a mixture of experts. 500 B: "
                + REPORT
                + ".",
            ),
            Line(
                "FLOP for a parameter and token",
                6,
                q.FLOP_PER_PARAM_TOKEN,
                "flops_per_param_token",
                "6 for a dense decoder: a forward pass of one multiply-add (2 FLOP), a backward "
                "pass of two. 3 for an encoder-decoder, 8 where all activations are computed "
                "again.",
            ),
            Line(
                "Compute-optimal tokens for a parameter",
                20,
                q.TOKENS_PER_PARAM,
                "optimal_ratio",
                "20 by the rule of thumb: Hoffmann et al. 2022, arXiv:2203.15556. Found on text; "
                "for images and videos nobody has published one as sure.",
            ),
        ),
    ),
    Group(
        "How texts, images and videos become tokens",
        (
            Line(
                "Tokens of a word",
                4 / 3,
                q.TOKENS_PER_WORD,
                "tokens_per_word",
                "For showing tokens as words: 100 tokens are about 75 words, OpenAI help centre. "
                "The corpora have measured rates of their own on the sheet Text.",
                number_format="0.000",
            ),
            Line(
                "Side of a patch",
                16,
                q.PIXELS,
                "patch",
                "For images and frames: Dosovitskiy et al. 2020 (ViT), arXiv:2010.11929. 14 and 32 "
                "are common too.",
            ),
            Line(
                "Frames that share a token",
                1,
                q.FRAMES_PER_TOKEN,
                "frames_per_token",
                "1 for single frames, 2 for the tubes of VideoMAE: Tong et al. 2022, "
                "arXiv:2203.12602.",
            ),
            Line(
                "Frames of one latent",
                4,
                q.STRIDE,
                "temporal_stride",
                "Frames that the autoencoder makes one of: Wan Team 2025 (Wan2.1), "
                "arXiv:2503.20314; Kong et al. 2024 (HunyuanVideo), arXiv:2412.03603.",
            ),
            Line(
                "Pixels of one latent pixel",
                8,
                q.STRIDE,
                "spatial_stride",
                "Pixels of a side that the autoencoder makes one of: as above.",
            ),
            Line(
                "Side of a patch of latent pixels",
                2,
                q.STRIDE,
                "latent_patch",
                "As above.",
            ),
            Line(
                "Video is counted by",
                "patches",
                "patches or latents",
                "video_counting",
                "patches for a model that understands videos, latents for one that generates them; "
                "the sheet Video shows both.",
                entries='"patches,latents"',
            ),
        ),
    ),
    Group(
        "The machines",
        (
            accelerator("H100 SXM5 80GB"),
            Line(
                "Peak rate, dense: right",
                '=GPU_SPEC(gpu,"peak_tflops")',
                q.PEAK_TFLOPS,
                "peak_dense",
                "Dense 16-bit rate, looked up from the accelerator; may be overwritten. The one "
                "to budget with.",
            ),
            Line(
                "Peak rate, sparse: not reached",
                '=IF(ISNA(GPU_SPEC(gpu,"fp16_sparse_tflops")),peak_dense,'
                'GPU_SPEC(gpu,"fp16_sparse_tflops"))',
                q.PEAK_TFLOPS,
                "peak_sparse",
                "16-bit rate with 2:4 sparsity, looked up from the accelerator; the dense one "
                "where none is published. It counts products that are skipped, and training skips "
                "none. The report divides by it.",
            ),
            Line(
                "Utilisation (MFU)",
                0.462,
                q.UTILISATION,
                "mfu",
                "Share of the peak rate that the model's own FLOP reach. Chowdhery et al. 2022 "
                "(PaLM), arXiv:2204.02311, report 46.2 %; 30 to 50 % is common.",
            ),
            Line(
                "Days in a month",
                30,
                q.DAYS_PER_MONTH,
                "days_per_month",
                "Of a GPU-month: " + REPORT + ".",
            ),
            Line(
                "GPUs of the cluster",
                388_900,
                q.GPUS,
                "gpus",
                "GPUs of one vendor that work on the run. 388,900 is what the report says a month "
                "takes: " + REPORT + ".",
            ),
            Line(
                "Days to finish in",
                30,
                q.DAYS,
                "deadline_days",
                "For the GPUs that a deadline takes. " + ASSUMED,
            ),
        ),
    ),
    Group(
        "Prices and vendors",
        (
            *currency_lines(),
            rental_line("Price of a GPU-hour", "price_per_gpu_hour", TYPED_IN),
            Line(
                "Vendors",
                5,
                VENDORS,
                "vendors",
                "How many train a model of this size on as many tokens. 5: " + REPORT + ".",
            ),
        ),
    ),
    Group(
        "An image that vendors bill",
        (
            Line("Height", 768, q.PIXELS, "bill_height", "The report's image; set your own."),
            Line("Width", 1024, q.PIXELS, "bill_width", "The report's image; set your own."),
        ),
    ),
    Group(
        "Conversions",
        tuple(
            Line(
                label,
                value,
                unit,
                "",
                BY_DEFINITION,
                number_format=number_format,
                alias=alias,
                fixed=True,
            )
            for label, value, unit, alias, number_format in (
                ("Seconds in an hour", 3600, "s/hour", "seconds_per_hour", "#,##0"),
                ("Hours in a day", 24, "hours/day", "hours_per_day", "#,##0"),
                (
                    "Tokens in a million",
                    1_000_000,
                    "tokens/M tokens",
                    "tokens_per_million",
                    "#,##0",
                ),
                ("FLOP/s in a TFLOP/s", 1e12, "FLOP/s/(TFLOP/s)", "flop_per_tflop", "0E+00"),
                ("Images in a thousand", 1000, "images", "images_per_thousand", "#,##0"),
            )
        ),
    ),
)


def _machine_lines(rate: str, kind: str, notes: tuple[str, str]) -> tuple[Line, ...]:
    """Return GPU-months, days and cost of one vendor at one of the two peak rates."""
    peak = f"peak_{rate}"
    return (
        Line(
            f"GPU-months, {kind}",
            f"=GPU_MONTHS(compute_flop,{peak},mfu,days_per_month)",
            q.GPU_MONTHS,
            f"months_{rate}",
            notes[0],
            total=rate == "dense",
        ),
        Line(
            f"GPU-hours, {kind}",
            f"=GPU_HOURS(compute_flop,{peak},mfu)",
            q.GPU_HOURS,
            f"hours_{rate}",
            "Training FLOP / (peak rate × utilisation × 3,600 s).",
        ),
        Line(
            f"Days on the cluster, {kind}",
            f"=TRAIN_DAYS(compute_flop,gpus,{peak},mfu)",
            q.DAYS,
            f"days_{rate}",
            "GPU-days / GPUs of the cluster.",
        ),
        Line(
            f"GPUs for the deadline, {kind}",
            f"=GPUS_NEEDED(compute_flop,deadline_days,{peak},mfu)",
            q.GPUS,
            f"deadline_gpus_{rate}",
            "Whole GPUs that finish in the days given.",
        ),
        Line(
            f"Cost, {kind}",
            f"=GPU_COST(hours_{rate},price_per_gpu_hour)",
            q.MONEY,
            f"cost_{rate}",
            notes[1],
            unit="=currency",
            number_format=MONEY_FORMAT,
            total=rate == "dense",
        ),
    )


RESULTS = (
    Group(
        "Tokens",
        (
            Line(
                "Text", "=SUM(all_text_tokens)", q.TOKENS, "tokens_text", "Sum of the sheet Text."
            ),
            Line(
                "Images",
                "=SUM(all_image_tokens)",
                q.TOKENS,
                "tokens_images",
                "Sum of the sheet Images, at the middle of low and high.",
            ),
            Line(
                "Video",
                "=SUM(all_video_tokens)",
                q.TOKENS,
                "tokens_video",
                "Sum of the sheet Video, counted as the sheet Inputs says.",
            ),
            Line(
                "Training tokens",
                "=tokens_text+tokens_images+tokens_video",
                q.TOKENS,
                "tokens_total",
                "Text + images + video; passes are counted each time.",
                total=True,
            ),
            Line(
                "As many words",
                "=TOKEN_WORDS(tokens_total,tokens_per_word)",
                q.WORDS,
                "words_total",
                "Training tokens / tokens of a word.",
                number_format=q.COUNT_FORMAT,
            ),
        ),
    ),
    Group(
        "Compute",
        (
            Line(
                "Training FLOP",
                "=TRAIN_FLOPS(params,tokens_total,flops_per_param_token)",
                q.FLOP,
                "compute_flop",
                "FLOP for a parameter and token × parameters × tokens.",
                number_format=FLOP_FORMAT,
                total=True,
            ),
            Line(
                "Tokens for each parameter",
                "=tokens_total/params",
                q.TOKENS_PER_PARAM,
                "tokens_each_param",
                "Above the compute-optimal figure the model is small for its data, below it large.",
            ),
            Line(
                "Compute-optimal tokens",
                "=CHINCHILLA_TOKENS(params,optimal_ratio)",
                q.TOKENS,
                "tokens_optimal",
                "For these parameters. " + "Hoffmann et al. 2022, arXiv:2203.15556.",
            ),
            Line(
                "Compute-optimal parameters",
                "=CHINCHILLA_PARAMS(compute_flop,optimal_ratio)",
                q.PARAMS,
                "params_optimal",
                "For this training FLOP: the same budget, spent on a larger or smaller model.",
            ),
        ),
    ),
    Group(
        "One vendor, dense peak rate: right",
        _machine_lines(
            "dense",
            "dense",
            (
                "Training FLOP / (dense peak rate × utilisation × seconds of a month). The figure "
                "to budget with.",
                "GPU-hours × price.",
            ),
        ),
    ),
    Group(
        "One vendor, sparse peak rate: too few, as the report prints",
        _machine_lines(
            "sparse",
            "sparse",
            (
                "The same with the sparse rate, which no training run reaches. Only to compare "
                "with the report.",
                "Too low, as the GPU-hours are.",
            ),
        ),
    ),
    Group(
        "All vendors",
        (
            Line(
                "GPU-months of all, dense",
                "=months_dense*vendors",
                q.GPU_MONTHS,
                "months_dense_all",
                "One vendor × vendors: right.",
            ),
            Line(
                "GPU-months of all, sparse",
                "=months_sparse*vendors",
                q.GPU_MONTHS,
                "months_sparse_all",
                "One vendor × vendors: too few, as the report prints.",
            ),
            Line(
                "Cost of all, dense",
                "=cost_dense*vendors",
                q.MONEY,
                "cost_dense_all",
                "One vendor × vendors: right.",
                unit="=currency",
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Cost of all, sparse",
                "=cost_sparse*vendors",
                q.MONEY,
                "cost_sparse_all",
                "One vendor × vendors: too low.",
                unit="=currency",
                number_format=MONEY_FORMAT,
            ),
            Line(
                "Dense over sparse",
                "=peak_sparse/peak_dense",
                q.FACTOR,
                "sparse_factor",
                "How many times as many GPUs are needed as the sparse rate says.",
            ),
        ),
    ),
    Group(
        "What vendors bill for the image",
        (
            Line(
                "Fewest tokens",
                "=MIN(bill_tokens)",
                q.TOKENS,
                "bill_fewest",
                "Of all rules, for one image of your size.",
            ),
            Line(
                "Most tokens",
                "=MAX(bill_tokens)",
                q.TOKENS,
                "bill_most",
                "A vendor that counts more tokens may ask a lower price for each.",
            ),
            Line(
                "Cheapest thousand images",
                "=MIN(bill_costs)",
                q.MONEY,
                "bill_cheapest",
                "Tokens × input price, on the sheet Image bills.",
                unit="=currency",
                number_format="#,##0.000",
            ),
            Line(
                "Dearest thousand images",
                "=MAX(bill_costs)",
                q.MONEY,
                "bill_dearest",
                "The same.",
                unit="=currency",
                number_format="#,##0.000",
            ),
            Line(
                "Rule of the cheapest",
                "=INDEX(bill_rules,MATCH(bill_cheapest,bill_costs,0))",
                "rule",
                "cheapest_rule",
                "The first where several are as cheap.",
            ),
            Line(
                "Rule of the dearest",
                "=INDEX(bill_rules,MATCH(bill_dearest,bill_costs,0))",
                "rule",
                "dearest_rule",
                "The first where several are as dear.",
            ),
        ),
    ),
)

SOURCES = (
    ("image_1_low, image_1_high", "5e10 to 2e11 images", REPORT + "."),
    (
        "image_1_height, image_1_width, patch",
        "768 × 1,024 pixels, patch 16: 3,072 tokens",
        REPORT + ".",
    ),
    ("params", "500 B parameters", REPORT + "."),
    ("mfu", "46.2 %", "Chowdhery et al. 2022, PaLM, arXiv:2204.02311, Table 3."),
    (
        "peak_dense, peak_sparse",
        "989.4 and 1,978.9 TFLOP/s for the H100 SXM5",
        "The sheet Catalogue; NVIDIA, H100 Tensor Core GPU data sheet.",
    ),
    (
        "price_per_gpu_hour",
        "The median list price on demand of the accelerator",
        "The sheet Catalogue; Epoch AI, Data on AI and Machine Learning Hardware, CC BY 4.0.",
    ),
    ("vendors, gpus", "Five vendors, 388,900 H100 for a month", REPORT + "."),
    (
        "text_1_rate to text_5_rate",
        "Rates of tokenizers",
        "Measured on 2026-11-22; xlcalc/catalogue/tokenisation.csv, rows meas-….",
    ),
    (
        "price_openai_tile_4o and the like",
        "Input prices of APIs",
        "xlcalc/catalogue/token_prices.csv, a source and a date for each row.",
    ),
    (
        "Image bills",
        "Rules of vendors for the tokens of an image",
        "OpenAI, Images and vision guide; Anthropic, Vision guide; Google, Gemini API token guide; "
        "read on 2026-11-22.",
    ),
    ("Video stages", "Frames and sizes of the four stages", MAGIC_VIDEO + "."),
    (
        "video_1_seconds to video_3_width",
        "Clips of 10 and 60 seconds, 360 to 720 lines",
        ASSUMED,
    ),
    ("text_1_kept and the like, passes", "All of a corpus, once", ASSUMED),
)

CHECKS = (
    Check(
        "Utilisation is at most 100 %",
        "=mfu",
        "≤",
        1,
        "0.0%",
        "46.2 instead of 46.2 % would fail.",
    ),
    Check(
        "The dense peak rate is the catalogue's",
        "=peak_dense",
        "≤",
        '=IF(ISNA(GPU_SPEC(gpu,"peak_tflops")),peak_dense,GPU_SPEC(gpu,"peak_tflops"))',
        "#,##0.0",
        "A sparse rate in its place would fail; a machine that the catalogue does not know passes.",
    ),
    Check(
        "The sparse peak rate is not below the dense one",
        "=peak_dense",
        "≤",
        "=peak_sparse",
        "#,##0.0",
        "Swapped rates would fail.",
    ),
    Check(
        "Low numbers of images are not above the high ones",
        "=SUMPRODUCT((all_image_low>all_image_high)*1)",
        "=",
        0,
        "0",
        "Corpora of images whose low figure is above the high one.",
    ),
    Check(
        "The middle is as far from low as from high",
        "=SUMPRODUCT(all_image_middle,all_image_middle)",
        "=",
        "=SUMPRODUCT(all_image_low,all_image_high)",
        "0.00E+00",
        "middle² against low × high, summed over the corpora.",
    ),
    Check(
        "Text tokens follow from amounts and rates",
        "=SUMPRODUCT(all_text_amount,all_text_kept,all_text_passes,all_text_each)",
        "=",
        "=tokens_text",
        q.COUNT_FORMAT,
        "Amount × kept × passes × tokens for each, against WORD_, CHAR_ and BYTE_TOKENS.",
    ),
    Check(
        "Patches cover all pixels of the images",
        "=SUMPRODUCT(all_image_middle,all_image_kept,all_image_passes,all_image_height,"
        "all_image_width)/(patch*patch)",
        "≤",
        "=tokens_images",
        q.COUNT_FORMAT,
        "Pixels / pixels of a patch; padding can only add.",
    ),
    Check(
        "Video by patches follows from its frames",
        "=SUMPRODUCT(all_video_seen,all_video_times,all_video_frame)",
        "=",
        "=SUM(all_video_patches)",
        q.COUNT_FORMAT,
        "Clips × frames of tokens × IMAGE_TOKENS against VIDEO_TOKENS.",
    ),
    Check(
        "The modalities add up to the training FLOP",
        "=SUM(modality_flop)",
        "=",
        "=compute_flop",
        FLOP_FORMAT,
        "Products of the sheet Mix against TRAIN_FLOPS of the total.",
    ),
    Check(
        "The modalities add up to the GPU-months",
        "=SUM(modality_months)",
        "=",
        "=months_dense",
        "#,##0.0",
        "Arithmetic of the sheet Mix against GPU_MONTHS.",
    ),
    Check(
        "GPU-months and GPU-hours agree",
        "=months_dense*days_per_month*hours_per_day",
        "=",
        "=hours_dense",
        "#,##0",
        "GPU_MONTHS against GPU_HOURS.",
    ),
    Check(
        "Both peak rates do the same work",
        "=months_sparse*peak_sparse",
        "=",
        "=months_dense*peak_dense",
        "#,##0",
        "GPU-months × peak rate, sparse against dense.",
    ),
    Check(
        "Days and cluster give the utilisation back",
        "=IF(compute_flop>0,TRAIN_MFU(compute_flop,gpus,days_dense,peak_dense),mfu)",
        "=",
        "=mfu",
        "0.0%",
        "TRAIN_MFU undoes TRAIN_DAYS.",
    ),
    Check(
        "The cost is the same by both functions",
        "=TRAIN_COST(compute_flop,peak_dense,mfu,price_per_gpu_hour)",
        "=",
        "=cost_dense",
        MONEY_FORMAT,
        "TRAIN_COST against GPU_COST.",
    ),
    Check(
        "All vendors together are one large run",
        "=GPU_MONTHS(TRAIN_FLOPS(params,tokens_total*vendors,flops_per_param_token),peak_dense,mfu,"
        "days_per_month)",
        "=",
        "=vendors_months",
        "#,##0.0",
        "GPU_MONTHS of all tokens against the last row of the table of vendors.",
    ),
    Check(
        "The tables hold the case",
        "=own_model_months+own_mfu_months+middle_months",
        "=",
        "=months_dense+months_dense+months_dense",
        "#,##0.0",
        "Last rows of the sheet Sensitivity and middle of the range, against GPU_MONTHS.",
    ),
    Check(
        "The report's figures come out as printed",
        "=MAX(MAX(report_off),-MIN(report_off))",
        "≤",
        "=report_rounding",
        "0.000%",
        "The largest difference on the sheet Report at the sparse rate, against its rounding.",
    ),
    Check(
        "An image of 224 × 224 is words and back the same tokens",
        "=WORD_TOKENS(vit_words,tokens_per_word)",
        "=",
        "=vit_tokens",
        "#,##0",
        "WORD_TOKENS undoes TOKEN_WORDS.",
    ),
    Check(
        "The stages' frames add up",
        "=SUMPRODUCT(stage_times,stage_each)",
        "=",
        "=SUM(stage_patches)",
        "#,##0",
        "Frames × IMAGE_TOKENS against VIDEO_TOKENS.",
    ),
    Check(
        "The bills are tokens times price",
        f"=API_COST(({BILL_PRODUCTS})*images_per_thousand,0,1,0)",
        "=",
        "=SUM(bill_costs)",
        "#,##0.000",
        "API_COST of all rules at once against the sum of the table.",
    ),
    Check(
        "Standard resolution bills no more than high resolution",
        "=SUM(bill_standard_tokens)",
        "≤",
        "=SUM(bill_high_tokens)",
        "#,##0",
        "Anthropic's two rules over all sizes.",
    ),
)

PURPOSE = (
    "What corpora of texts, images and videos are in tokens, and what training on them takes.",
    "How many tokens are the corpora, and which modality brings most of them?",
    "How many FLOP and GPU-months is a model trained on them, for one vendor and for several?",
    "What does the sparse peak rate, which no training run reaches, make of the same figures?",
    "What do vendors bill for one image, and what does a thousand cost?",
    "How many tokens is each stage of a system that makes videos?",
)
STEPS = (
    "Change the cells in blue on yellow: the corpora on the sheets Text, Images and Video, the "
    "rest on the sheet Inputs; everything else follows from them.",
    "Read the sheet Summary, and print it: every sheet fits the width of a page.",
    "Look at the sheet Checks: a figure that does not add up is FALSE there, and says so on the "
    "Summary.",
    "Trace a figure: its formula is written on the names beside it, and the sheet Sources says "
    "where the formula and the figure come from.",
)
TABS = (
    *("Cover", "Summary", "Inputs", "Text", "Images", "Video", "Calculation", "Mix"),
    *("Sensitivity", "Report", "Image bills", "Video stages", "Checks", "Catalogue", "Sources"),
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    book = Book("Multimodal data", "xlcalc template new multimodal_data", texts)
    cover = cover_page(book, PURPOSE, STEPS)
    summary = Page(
        book,
        "Summary",
        (2, 31, 17, 17, 2, 16, 16, 16, 16),
        "Multimodal data",
        "What the corpora are in tokens, and what training on them takes. Change the sheets "
        "Inputs, Text, Images and Video; this sheet follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed. The corpora are on the sheets Text, Images and Video.",
        INPUTS,
    )
    corpora_pages(book)
    bills_page(book)
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells.",
        RESULTS,
        editable=False,
    )
    book.sheet("Calculation").page_setup.fitToHeight = 1
    mix_page(book)
    sensitivity_page(book)
    report_page(book)
    stages_page(book)
    checks_page(book, CHECKS)
    catalogue_page(book)
    sources_page(book, RUN_SOURCE, SOURCES)
    _summary(summary)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    page.row = 5
    share = (
        '=IF(tokens_total=0,"no tokens","images "&TEXT(tokens_images/tokens_total,"0%")'
        '&", video "&TEXT(tokens_video/tokens_total,"0%")'
        '&", text "&TEXT(tokens_text/tokens_total,"0%"))'
    )
    tile(page, (2, 2), "TRAINING TOKENS", "=tokens_total", q.COUNT_FORMAT, share)
    dense = '="right: at the dense peak of "&TEXT(peak_dense,"#,##0.0")'
    tile(page, (3, 4), "GPU-MONTHS, DENSE", "=months_dense", "#,##0", dense)
    sparse = '="too few: at the sparse "&TEXT(peak_sparse,"#,##0.0")'
    tile(page, (6, 7), "GPU-MONTHS, SPARSE", "=months_sparse", "#,##0", sparse)
    tile(page, (8, 9), "COST, DENSE", "=cost_dense", BIG_MONEY, '=currency&", one vendor"')
    page.row = 9
    key_figures(
        page,
        "Data and compute",
        (
            ("Text", "=tokens_text", q.COUNT_FORMAT, "tokens"),
            ("Images", "=tokens_images", q.COUNT_FORMAT, "tokens"),
            ("Video", "=tokens_video", q.COUNT_FORMAT, "tokens"),
            ("Total", "=tokens_total", q.COUNT_FORMAT, "tokens"),
            ("Parameters", "=params", q.COUNT_FORMAT, "parameters"),
            ("Compute-optimal tokens", "=tokens_optimal", q.COUNT_FORMAT, "tokens"),
            ("Training FLOP", "=compute_flop", FLOP_FORMAT, "FLOP"),
        ),
    )
    columns = (
        ("One vendor", "", ""),
        ("GPU-months", "=months_{}", "#,##0"),
        ("Days on the cluster", "=days_{}", "#,##0.0"),
        ("GPUs for the deadline", "=deadline_gpus_{}", "#,##0"),
        ('="Cost in "&currency', "=cost_{}", BIG_MONEY),
        ('=TEXT(vendors,"#,##0")&" vendors"', "", ""),
        ("GPU-months", "=months_{}_all", "#,##0"),
        ('="Cost in "&currency', "=cost_{}_all", BIG_MONEY),
    )
    rows = {}
    for label, formula, number_format in columns:
        heading = not formula
        font = styles.SECTION if heading else styles.TEXT
        border = styles.UNDERLINE if heading else styles.HAIRLINE
        page.put(page.row, 2, label, font, border=border, alignment=styles.LEFT)
        for column, rate, words in ((3, "dense", "Dense: right"), (4, "sparse", "Sparse: too few")):
            cell = page.put(
                page.row,
                column,
                words if heading else formula.format(rate),
                font if heading else styles.LINK,
                number_format=number_format or "General",
                border=border,
                alignment=styles.RIGHT,
            )
            cell.number_format = styles.padded(cell.number_format)
        page.sheet.row_dimensions[page.row].height = 20 if heading else 15.5
        rows[formula] = page.row
        page.row += 1
    page.row += 1
    key_figures(
        page,
        "What vendors bill for an image",
        (
            ("Fewest tokens", "=bill_fewest", "#,##0", "tokens"),
            ("Most tokens", "=bill_most", "#,##0", "tokens"),
            ("Cheapest thousand", "=bill_cheapest", "#,##0.000", "=currency"),
            ("Dearest thousand", "=bill_dearest", "#,##0.000", "=currency"),
        ),
    )
    verdict(page)
    page.row += 1
    notes(
        page,
        (
            "Dense is right: the sparse peak rate counts products that a GPU may skip, and "
            "training skips none. The report prints the sparse figure; so many GPUs would take "
            "twice as long where that rate is twice the dense one. The sheet Report has its chain.",
        ),
    )
    charts.columns(
        page,
        "F9:I19",
        Look("Training tokens by modality", y_title="Tokens", y_format=q.COUNT_FORMAT),
        Reference(page.sheet, min_col=2, min_row=10, max_row=12),
        [Curve("Tokens", Reference(page.sheet, min_col=3, min_row=10, max_row=12))],
    )
    mix = page.book.sheet("Mix")
    first = next(row for row in range(1, mix.max_row) if mix.cell(row, 2).value == 1)
    charts.columns(
        page,
        "F21:I34",
        Look("GPU-months by number of vendors", "Vendors", "GPU-months"),
        Reference(mix, min_col=2, min_row=first, max_row=first + 4),
        [
            Curve("Dense peak: right", Reference(mix, min_col=6, min_row=first, max_row=first + 4)),
            Curve(
                "Sparse peak: too few",
                Reference(mix, min_col=7, min_row=first, max_row=first + 4),
            ),
        ],
    )
    page.finish(cursor="B3", last_row=page.row)
    page.sheet.page_setup.fitToHeight = 1
