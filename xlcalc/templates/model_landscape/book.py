"""Landscape of published models: size, training compute, cost, memory, growth and benchmarks."""

from dataclasses import replace

from xlcalc import quantities as q
from xlcalc.author import styles
from xlcalc.author.book import Book, Texts
from xlcalc.author.charts import Look
from xlcalc.author.layout import Page
from xlcalc.templates.model_landscape import models, reports
from xlcalc.templates.model_landscape.companies import companies_page
from xlcalc.templates.model_landscape.comparison import ROWS, comparison_groups, comparison_page
from xlcalc.templates.parts.catalogues import (
    accelerator,
    catalogue_page,
    model_entries,
    model_rows,
    models_page,
)
from xlcalc.templates.parts.checks import Check, checks_page, verdict
from xlcalc.templates.parts.figures import (
    MONEY_FORMAT,
    PRICE_FORMAT,
    Group,
    Line,
    conversion,
    figures_page,
)
from xlcalc.templates.parts.front import (
    BIG_MONEY,
    cover_page,
    finish_cover,
    key_figures,
    sources_page,
    tile,
)
from xlcalc.templates.parts.money import currency_lines, inputs_page, rental_line

TYPED_IN = "Typed in: the sheet Sources says where the run's figures come from."
FLOP_PER_GPU_DAY = q.Quantity("FLOP/GPU-day", above=0.0, number_format="0.00E+00")
MODELS = q.Quantity("models", at_least=0.0, number_format="#,##0")
MULTIPLE = q.Quantity("×", at_least=0.0, number_format="#,##0.0")

RUN_SOURCE = (
    "Figures of the models: the sheet Models, a source for each row. The accelerator and the "
    "utilisation are one yardstick for all of them, not what each model was trained on."
)

INPUTS = (
    Group(
        "The case",
        (
            Line(
                "Name of the case",
                "All on A100 at 40 %",
                "text",
                "run_name",
                "Shown on the summary.",
            ),
        ),
    ),
    Group(
        "The accelerator",
        (
            accelerator("A100 SXM 80GB"),
            Line(
                "Peak rate of one GPU",
                '=GPU_SPEC(gpu,"peak_tflops")',
                q.PEAK_TFLOPS,
                "peak_tflops",
                "Dense 16-bit rate, looked up from the accelerator; may be overwritten. Rates with "
                "sparsity are twice as high and reached by no training run.",
            ),
            Line(
                "Memory of one GPU",
                '=GPU_SPEC(gpu,"memory_gb")',
                q.GPU_MEMORY_GB,
                "gpu_memory_gb",
                "Looked up from the accelerator; may be overwritten.",
            ),
            Line(
                "Utilisation (MFU)",
                0.4,
                q.UTILISATION,
                "mfu",
                "Share of the peak rate that the model's own FLOP reach. 40 % is an assumption for "
                "all models; 30 to 50 % is common. Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, "
                "report 46.2 %.",
            ),
            *currency_lines(),
            rental_line("Price of a GPU-hour", "price_per_gpu_hour", TYPED_IN),
        ),
    ),
    Group(
        "Two models to compare",
        (
            Line(
                "First model",
                "Llama 3.1 405B",
                "name in the catalogue",
                "compare_model",
                "Choose from the list. Shown side by side on the summary.",
                entries=model_entries(),
            ),
            Line(
                "Second model",
                "DeepSeek-V3",
                "name in the catalogue",
                "compare_with",
                "Choose from the list.",
                entries=model_entries(),
            ),
        ),
    ),
    Group(
        "Arithmetic",
        (
            Line(
                "FLOP for a parameter and token",
                6,
                q.FLOP_PER_PARAM_TOKEN,
                "flops_per_param_token",
                "6 for a decoder: a forward pass of one multiply-add (2 FLOP), a backward pass of "
                "two. Applied to the active parameters.",
            ),
            Line(
                "Compute-optimal tokens for a parameter",
                20,
                q.TOKENS_PER_PARAM,
                "optimal_ratio",
                "Hoffmann et al. 2022 (Chinchilla), arXiv:2203.15556, for dense models.",
            ),
            Line(
                "Difference that is marked",
                0.25,
                q.RATIO,
                "marked_difference",
                "Reported compute that is off by more is amber on the sheet Training. An "
                "assumption of this template; set your own.",
            ),
            Line(
                "Bytes for a parameter",
                2,
                q.BYTES_PER_PARAM,
                "bytes_per_param",
                "2 for 16-bit weights, 1 for FP8 or INT8, 0.5 for 4-bit.",
            ),
            Line(
                "Bytes for a value of the cache",
                2,
                q.BYTES_PER_VALUE,
                "bytes_per_value",
                "2 for a 16-bit cache.",
            ),
            Line(
                "Usable memory",
                0.9,
                q.UTILISATION,
                "usable",
                "Share of a GPU's memory that weights may fill. An assumption of this template; "
                "set your own.",
            ),
        ),
    ),
    Group(
        "Training sets",
        (
            Line(
                "Bytes for a token",
                4,
                q.BYTES_PER_TOKEN,
                "bytes_per_token",
                "English text, rule of thumb of OpenAI, What are tokens and how to count them; "
                "measured rates are 4.4 to 4.9.",
            ),
            Line(
                "Share of the text that is kept",
                1,
                q.UTILISATION,
                "kept_fraction",
                "100 %: the published sizes are those of the cleaned text.",
            ),
        ),
    ),
    Group(
        "Claims of reports",
        (
            Line(
                "Parameters of GPT-4, rumoured",
                1.9e12,
                q.PARAMS,
                "rumoured_params",
                "Hearsay: OpenAI has published none. As restated in "
                "AI大模型专题报告：大模型进展2.0, 2024-05-07; the catalogue's row has 1.8 T, after "
                "SemiAnalysis, 2023-07.",
            ),
            Line(
                "Context of Kimi Chat",
                2_000_000,
                q.CHARS,
                "printed_chars",
                "Chinese characters. ZOMI, KIMI 长序列：看大模型发展趋势 II, 2024.",
            ),
            Line(
                "Context of Kimi Chat, as printed in tokens",
                3_000_000,
                q.TRAINING_TOKENS,
                "printed_tokens",
                "The same source.",
                number_format="#,##0",
            ),
            Line(
                "Chinese characters in a token, fewest",
                0.997,
                q.CHARS_PER_TOKEN,
                "chars_per_token_low",
                "cl100k_base, measured on 5,341 characters, ±15 %: xlcalc/catalogue/"
                "tokenisation.csv, 2026-11-22.",
            ),
            Line(
                "Chinese characters in a token, most",
                1.841,
                q.CHARS_PER_TOKEN,
                "chars_per_token_high",
                "DeepSeek, measured on the same text.",
            ),
        ),
    ),
    Group(
        "Latent attention",
        (
            Line(
                "Rank of the latent cache",
                512,
                q.RANK,
                "latent_rank",
                "DeepSeek-V2, V3 and R1: kv_lora_rank of their configuration, "
                "https://github.com/deepseek-ai/DeepSeek-V3.",
            ),
            Line(
                "Width of the position part",
                64,
                q.WIDTH,
                "rope_width",
                "qk_rope_head_dim of the same configuration.",
            ),
        ),
    ),
    Group(
        "Conversions",
        (
            conversion("Hours in a day", 24, "hours/day", "hours_per_day"),
            Line(
                "Days in a year",
                365.25,
                "days/year",
                "",
                "Leap years included.",
                number_format="0.00",
                alias="days_per_year",
                fixed=True,
            ),
            conversion("Bytes in a gigabyte", 1_000_000_000, "bytes/GB", "bytes_per_gb"),
        ),
    ),
)

RESULTS = (
    Group(
        "The accelerator",
        (
            Line(
                "FLOP that a GPU does in a day",
                "=1/GPU_DAYS(1,peak_tflops,mfu)",
                FLOP_PER_GPU_DAY,
                "flop_per_gpu_day",
                "Peak rate × utilisation × 86,400 s. The sheet Training divides by it.",
            ),
            Line(
                "Price of a GPU-day",
                "=price_per_gpu_hour*hours_per_day",
                q.MONEY,
                "price_per_gpu_day",
                "Price of a GPU-hour × 24.",
                unit='=currency&"/GPU-day"',
                number_format=PRICE_FORMAT,
            ),
            Line(
                "Memory that weights may fill",
                "=gpu_memory_gb*usable",
                q.GPU_MEMORY_GB,
                "usable_gb_per_gpu",
                "Memory of one GPU × usable share.",
            ),
        ),
    ),
    Group(
        "The catalogue",
        (
            Line("Models", "=COUNTA(landscape_models)", MODELS, "model_count", "All rows."),
            Line(
                "Models with published parameters",
                "=COUNT(landscape_params)",
                MODELS,
                "params_count",
                "The rumour of GPT-4 is among them.",
            ),
            Line(
                "Models with an implied compute",
                "=IF(SUM(landscape_flops)>0,COUNT(landscape_flops),0)",
                MODELS,
                "flops_count",
                "Active parameters and training tokens are published.",
            ),
            Line(
                "Mixtures of experts",
                '=COUNTIF(landscape_kinds,"Mixture")',
                MODELS,
                "mixture_count",
                "Models with a published number of experts.",
            ),
            Line(
                "Models trained beyond the compute-optimal tokens",
                '=COUNTIF(landscape_multiples,">"&1)',
                MODELS,
                "beyond_optimal_count",
                "Their training costs more than it must, and using them costs less.",
            ),
            Line(
                "Median multiple of the compute-optimal tokens",
                "=MEDIAN(landscape_multiples)",
                MULTIPLE,
                "median_multiple",
                "Tokens for an active parameter / compute-optimal tokens for a parameter.",
            ),
        ),
    ),
    Group(
        "All models with an implied compute, without the rumour",
        (
            Line(
                "Training compute of all",
                f'=SUM(landscape_flops)-SUMIFS(landscape_flops,landscape_flags,"{models.RUMOUR}")',
                q.FLOP,
                "total_flops",
                "Sum of the column; each model's final run, no trials and no failed starts.",
            ),
            Line(
                "GPU-days of all",
                "=SUM(landscape_gpu_days)-SUMIFS(landscape_gpu_days,landscape_flags,"
                f'"{models.RUMOUR}")',
                q.GPU_DAYS,
                "total_gpu_days",
                "Sum of the column.",
            ),
            Line(
                "Total cost",
                f'=SUM(landscape_costs)-SUMIFS(landscape_costs,landscape_flags,"{models.RUMOUR}")',
                q.MONEY,
                "total_cost",
                "Sum of the column: compute alone, at the price of the accelerator.",
                unit="=currency",
                number_format=MONEY_FORMAT,
                total=True,
            ),
        ),
    ),
    Group(
        "The largest run",
        (
            Line(
                "Largest implied compute",
                "=MAX(series_dense_flops,series_mixture_flops)",
                q.FLOP,
                "largest_flops",
                "Of the models whose parameters and tokens are published, the rumour left out.",
            ),
            Line(
                "Model",
                "=INDEX(landscape_models,MATCH(largest_flops,landscape_flops,0))",
                "name in the catalogue",
                "largest_model",
                "The model that this is.",
            ),
            Line(
                "Share of all",
                "=largest_flops/total_flops",
                q.SHARE,
                "largest_share",
                "Largest run / all runs together.",
            ),
            Line(
                "Largest estimate",
                "=MAX(series_estimate)",
                q.FLOP,
                "largest_estimate",
                "Of models that publish too little: Epoch AI's, and speculative where they are "
                "closed.",
            ),
            Line(
                "Model",
                "=INDEX(series_name,MATCH(largest_estimate,series_estimate,0))",
                "name in the catalogue",
                "largest_estimate_model",
                "The model that this is.",
            ),
        ),
    ),
    Group(
        "Reported against implied compute",
        (
            Line(
                "Models with both",
                "=IF(SUM(landscape_ratios)>0,COUNT(landscape_ratios),0)",
                MODELS,
                "compared_count",
                "The author's figure, or Epoch AI's where there is none.",
            ),
            Line(
                "Models that are off by more than the marked difference",
                '=IF(compared_count>0,COUNTIF(landscape_ratios,">"&1+marked_difference)'
                '+COUNTIF(landscape_ratios,"<"&1/(1+marked_difference)),0)',
                MODELS,
                "marked_count",
                "Amber on the sheet Training.",
            ),
            Line(
                "Median ratio",
                "=MEDIAN(landscape_ratios)",
                q.FACTOR,
                "median_ratio",
                "Reported / implied.",
            ),
            Line(
                "Largest ratio",
                "=MAX(landscape_ratios)",
                q.FACTOR,
                "largest_ratio",
                "Other token counts, attention, or recomputed activations explain such ratios; the "
                "notes of the sheet Models say which.",
            ),
            Line(
                "Model",
                "=INDEX(landscape_models,MATCH(largest_ratio,landscape_ratios,0))",
                "name in the catalogue",
                "largest_ratio_model",
                "The model that this is.",
            ),
        ),
    ),
    Group(
        "Training sets",
        (
            Line(
                "Growth from the first set to the last",
                "=last_set/first_set",
                MULTIPLE,
                "set_growth",
                "GPT-1 to Gopher, in gigabytes.",
            ),
            Line(
                "Years between",
                "=(last_set_date-first_set_date)/days_per_year",
                q.YEARS,
                "set_years",
                "From the dates of release, by month.",
            ),
            Line(
                "Growth a year",
                "=set_growth^(1/set_years)",
                MULTIPLE,
                "set_growth_per_year",
                "Growth ^ (1 / years).",
            ),
            Line(
                "Share of the last set that training saw",
                "=last_set_seen/last_set_tokens",
                q.SHARE,
                "set_seen_share",
                "Gopher saw 300 B tokens of MassiveText, 12.8 % by the tokens of its paper: Rae et "
                "al. 2021, arXiv:2112.11446.",
            ),
        ),
    ),
    Group(
        "Claims of reports",
        (
            Line(
                "GPT-4's rumoured parameters over those of GPT-3",
                f'=rumoured_params/MODEL_SPEC("{reports.REFERENCE_MODEL}","total_params")',
                MULTIPLE,
                "rumour_ratio",
                "A rumour over a published figure.",
            ),
            Line(
                "Context of Kimi Chat, fewest tokens",
                "=CHAR_TOKENS(printed_chars,chars_per_token_high)",
                q.TOKENS,
                "kimi_tokens_low",
                "Characters / most characters in a token.",
                number_format="#,##0",
            ),
            Line(
                "Context of Kimi Chat, most tokens",
                "=CHAR_TOKENS(printed_chars,chars_per_token_low)",
                q.TOKENS,
                "kimi_tokens_high",
                "Characters / fewest characters in a token.",
                number_format="#,##0",
            ),
            Line(
                "Characters in a token that the print implies",
                "=printed_chars/printed_tokens",
                q.CHARS_PER_TOKEN,
                "implied_chars_per_token",
                "Below the measured rates of tokenizers that know Chinese.",
            ),
        ),
    ),
    Group(
        "Why latent attention has no cache by heads",
        (
            Line(
                "Cache of a token of DeepSeek-V3",
                '=KV_CACHE_BYTES_MLA(MODEL_SPEC("DeepSeek-V3","layers"),latent_rank,rope_width,1,'
                "bytes_per_value)",
                q.BYTES,
                "latent_cache",
                "Layers × (rank + position part) × bytes.",
            ),
            Line(
                "The same by key and value heads",
                '=KV_CACHE_BYTES(MODEL_SPEC("DeepSeek-V3","layers"),'
                'MODEL_SPEC("DeepSeek-V3","kv_heads"),MODEL_SPEC("DeepSeek-V3","head_dim"),1,'
                "bytes_per_value)",
                q.BYTES,
                "cache_by_heads",
                "What the shape would give: wrong for this model.",
            ),
            Line(
                "Too large by",
                "=cache_by_heads/latent_cache",
                MULTIPLE,
                "cache_excess",
                "By heads / latent.",
            ),
        ),
    ),
)

SOURCES = (
    (
        "Models",
        "Shapes, tokens and compute of the models",
        "xlcalc/catalogue/models.csv, a source for each row on the sheet Models.",
    ),
    (
        "train_flops_epoch",
        "Epoch AI's estimates of training compute",
        "Epoch AI, Data on AI Models, https://epoch.ai/data/notable-ai-models, CC BY 4.0.",
    ),
    (
        "price_per_gpu_hour",
        "The median list price on demand of the accelerator",
        "The sheet Catalogue; Epoch AI, Data on AI and Machine Learning Hardware, CC BY 4.0.",
    ),
    ("mfu", "40 % for all models", "An assumption of this template; set your own."),
    (
        "Growth",
        "Training sets of 4.6, 753 and 10,550 GB",
        "Thompson 2022, What's in my AI?, LifeArchitect.ai; restated in ZOMI, "
        "大模型系列：内容介绍, 2023, and 人工智能大语言模型技术发展研究报告 2024.",
    ),
    (
        "Benchmarks",
        "Common sense and reading, 0-shot",
        "Touvron et al. 2023 (LLaMA), arXiv:2302.13971, Table 3; restated in ZOMI, "
        "大模型系列：内容介绍, 2023.",
    ),
    (
        "Benchmarks",
        "MMLU, MATH, GSM8K, HumanEval",
        "xAI, Announcing Grok-1.5, 2024-03-28; restated in ZOMI, KIMI 长序列：看大模型发展趋势 II, "
        "2024.",
    ),
    (
        "Printed",
        "Landscape of 2024",
        "ZOMI, KIMI 长序列：看大模型发展趋势 II, 2024; corrections with sources of their own.",
    ),
    (
        "Companies",
        "23 listed companies around Kimi",
        "ZOMI, KIMI 长序列：看大模型发展趋势 II, 2024, page Kimi概念股一览. Shares of that spring; "
        "nothing else here rests on them.",
    ),
    (
        "rumoured_params",
        "1.9 T parameters of GPT-4: a rumour",
        "AI大模型专题报告：大模型进展2.0, 2024-05-07. OpenAI has published no figure.",
    ),
    (
        "latent_rank, rope_width",
        "512 and 64",
        "DeepSeek-AI, configuration of DeepSeek-V3, https://github.com/deepseek-ai/DeepSeek-V3.",
    ),
)


def checks(letters: dict[str, str]) -> tuple[Check, ...]:
    """Return the checks; some sum the columns of the sheet Models a second way."""
    last = models.FIRST_ROW + len(model_rows()) - 1
    active, tokens, total = (
        f"Models!{letters[field]}{models.FIRST_ROW}:{letters[field]}{last}"
        for field in ("active_params", "train_tokens", "total_params")
    )
    scores = len(reports.read_data("benchmarks.csv"))
    rumour = f'landscape_flags,"{models.RUMOUR}"'
    return (
        Check(
            "Every model of the catalogue has a row",
            "=COUNTA(landscape_models)",
            "=",
            "=COUNTA(catalogue_model_names)",
            "#,##0",
            "Rows of the sheet Training against those of the sheet Models.",
        ),
        Check(
            "The implied compute adds up",
            "=SUM(landscape_flops)",
            "=",
            f"=flops_per_param_token*SUMPRODUCT({active},{tokens})",
            "0.00E+00",
            "TRAIN_FLOPS row by row against one sum of products on the sheet Models.",
        ),
        Check(
            "GPU-days add up",
            "=SUM(landscape_gpu_days)",
            "=",
            "=GPU_DAYS(SUM(landscape_flops),peak_tflops,mfu)",
            "#,##0",
            "Division row by row against GPU_DAYS of the sum.",
        ),
        Check(
            "Costs add up",
            "=SUM(landscape_costs)",
            "=",
            "=TRAIN_COST(SUM(landscape_flops),peak_tflops,mfu,price_per_gpu_hour)",
            MONEY_FORMAT,
            "Product row by row against TRAIN_COST of the sum.",
        ),
        Check(
            "Weights add up",
            "=SUM(memory_weights)",
            "=",
            f"=SUM({total})*bytes_per_param/bytes_per_gb",
            "#,##0.0",
            "WEIGHTS_GB row by row against parameters × bytes.",
        ),
        Check(
            "No cache by heads where attention is latent",
            '=SUMIFS(memory_cache,memory_attention,"Latent")',
            "=",
            0,
            "#,##0",
            "The sum of what must not be there.",
        ),
        Check(
            "The charts show every size",
            "=COUNT(series_dense)+COUNT(series_mixture)+COUNT(series_rumour)",
            "=",
            "=COUNT(landscape_params)",
            "#,##0",
            "Dense, mixture and rumour against the sheet Training.",
        ),
        Check(
            "The charts show all training tokens but the rumour's",
            f"=SUM(series_tokens)+SUMIFS(landscape_tokens,{rumour})",
            "=",
            "=SUM(landscape_tokens)",
            q.COUNT_FORMAT,
            "The sheet Series against the sheet Training.",
        ),
        Check(
            "Every model of the charts falls in a year",
            "=SUM(yearly_models)",
            "=",
            "=COUNTA(series_name)",
            "#,##0",
            "Counts of the years against rows.",
        ),
        Check(
            "The largest run is found both ways",
            "=MAX(yearly_flops)",
            "=",
            "=largest_flops",
            "0.00E+00",
            "Year by year against the whole column.",
        ),
        Check(
            "The growth of the training sets multiplies up",
            "=PRODUCT(set_factors)",
            "=",
            "=set_growth",
            "#,##0.0",
            "Step by step against last / first.",
        ),
        Check(
            "The tokens of the training sets follow from their size",
            "=BYTE_TOKENS(SUM(set_sizes)*bytes_per_gb,bytes_per_token,kept_fraction)",
            "=",
            "=SUM(set_tokens)",
            q.COUNT_FORMAT,
            "BYTE_TOKENS of the sum against the sum of BYTE_TOKENS.",
        ),
        Check(
            "The rumour's ratio is the same in both places",
            "=rumour_factor",
            "=",
            "=rumour_ratio",
            "0.00",
            "The sheet Growth against MODEL_SPEC.",
        ),
        Check(
            "Both models to compare are in the catalogue",
            "=IF(ISNA(first_name),0,1)*IF(ISNA(second_name),0,1)",
            "=",
            1,
            "0",
            "1 if MODEL_SPEC finds both.",
        ),
        Check(
            "The comparison agrees with the sheet Training",
            "=SUM(first_flops,second_flops)",
            "=",
            "=IF(ISNA(first_name),0,SUMIFS(landscape_flops,landscape_models,first_name))"
            "+IF(ISNA(second_name),0,SUMIFS(landscape_flops,landscape_models,second_name))",
            "0.00E+00",
            "MODEL_SPEC and TRAIN_FLOPS against the rows of the two models.",
        ),
        Check(
            "Every published score is in a table",
            "=SUM(reasoning_given)+SUM(frontier_given)",
            "=",
            scores,
            "#,##0",
            "Scores in the tables against lines of the published ones.",
        ),
        Check(
            "Means and scores agree",
            "=SUMPRODUCT(reasoning_means,reasoning_given)"
            "+SUMPRODUCT(frontier_means,frontier_given)",
            "=",
            "=SUM(reasoning_scores)+SUM(frontier_scores)",
            "#,##0.0",
            "Mean × number, model by model, against the sum of all scores.",
        ),
        Check(
            "No score is above 100 %",
            "=MAX(reasoning_scores,frontier_scores)",
            "≤",
            100,
            "0.0",
            "The best score.",
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
            "Utilisation is at most 100 %",
            "=mfu",
            "≤",
            1,
            "0.0%",
            "46.2 instead of 46.2 % would fail.",
        ),
    )


PURPOSE = (
    "What the published models are, what training them took, and what it would cost.",
    "How large is a model, on how many tokens was it trained, and what compute do these imply?",
    "Does the compute that its author or Epoch AI reports agree?",
    "How many GPU-days is that on one accelerator, and what does it cost?",
    "How much memory do its weights and its cache need?",
    "How fast have models, training sets and compute grown?",
    "What do the benchmark tables of the published reports say, and where is a report misprinted?",
)
CHARTS = (
    (
        "Parameters over time",
        "Parameters",
        q.COUNT_AXIS,
        (("Dense", "dense"), ("Mixture", "mixture"), ("Rumour", "rumour")),
        1e8,
    ),
    (
        "Training compute over time",
        "FLOP",
        "0E+00",
        (
            ("Dense", "dense_flops"),
            ("Mixture", "mixture_flops"),
            ("Estimate alone", "estimate"),
        ),
        1e19,
    ),
    (
        "Tokens for a parameter over time",
        "Tokens/parameter",
        "#,##0",
        (
            ("Dense", "dense_ratio"),
            ("Mixture", "mixture_ratio"),
            ("Compute-optimal", "optimal"),
        ),
        1.0,
    ),
)
"""Title, unit and format of a chart, its curves on the sheet Series, and where its axis begins."""
CHART_ROWS = (9, 21, 33)
CHART_HEIGHT = 11
"""Rows."""
TABS = (
    *("Cover", "Summary", "Inputs", "Calculation", "Training", "Memory", "Comparison"),
    *("Growth", "Benchmarks", "Printed", "Companies", "Checks", "Series", "Models", "Catalogue"),
    "Sources",
)


def build(texts: Texts) -> Book:
    """Return the workbook, its formulas not yet calculated."""
    book = Book("Model landscape", "xlcalc template new model_landscape", texts)
    cover = cover_page(book, PURPOSE)
    summary = Page(
        book,
        "Summary",
        (2, 36, 19, 24, 2, 18, 18, 18, 18),
        "Model landscape",
        "What is published of the models, on one yardstick. Change the sheet Inputs; this sheet "
        "follows.",
    )
    inputs_page(
        book,
        "Blue on yellow may be changed. Everything else in the workbook follows from these cells.",
        INPUTS,
    )
    letters = models_page(book, protect=True)
    training = models.training_page(book, letters)
    models.memory_page(book, letters)
    series = models.series_page(book, training)
    reports.growth_page(book, training, series)
    reports.benchmarks_page(book)
    figures_page(
        book,
        "Calculation",
        "One formula a row, on named cells. The sheets Training, Memory and Growth have the rows "
        "behind the sums.",
        (*RESULTS, *comparison_groups()),
        editable=False,
    )
    reports.printed_page(book)
    companies_page(book)
    comparison_page(book)
    checks_page(book, checks(letters))
    catalogue_page(book)
    sources_page(book, RUN_SOURCE, SOURCES)
    _summary(summary, series)
    book.order(TABS)
    finish_cover(cover)
    return book


def _summary(page: Page, series: models.Series) -> None:
    """Fill the first sheet, when the others are written."""
    page.put(3, 2, "=run_name", styles.SECTION, alignment=styles.LEFT)
    page.row = 5
    known = '="models, "&params_count&" with published parameters"'
    yardstick = '=currency&", on "&gpu&" at "&TEXT(mfu,"0.0%")'
    tile(page, (2, 2), "IN THE CATALOGUE", "=model_count", "#,##0", known)
    tile(page, (3, 4), "ALL PUBLISHED TRAINING", "=total_cost", BIG_MONEY, yardstick)
    tile(
        page,
        (6, 7),
        "LARGEST IMPLIED COMPUTE",
        "=largest_flops",
        "0.0E+00",
        '="FLOP, "&largest_model',
    )
    tile(
        page,
        (8, 9),
        "GROWTH OF TRAINING SETS",
        "=set_growth_per_year",
        '0.0"×"',
        "a year, GPT-1 to Gopher",
    )
    page.row = 9
    _side_by_side(page)
    key_figures(
        page,
        "The catalogue",
        (
            ("Mixtures of experts", "=mixture_count", "#,##0", "models"),
            ("Trained beyond compute-optimal", "=beyond_optimal_count", "#,##0", "models"),
            ("Median multiple of optimal tokens", "=median_multiple", '0.0"×"', ""),
            ("Reported compute that is off", "=marked_count", "#,##0", '="of "&compared_count'),
            ("Largest estimate of compute", "=largest_estimate", "0.0E+00", "FLOP"),
            ("Training sets, first to last", "=set_growth", '#,##0"×"', "GPT-1 to Gopher"),
            ("Share of the last set that was seen", "=set_seen_share", "0.0%", "Gopher"),
            (
                "GPT-4 over GPT-3, parameters",
                "=rumour_ratio",
                '0.0"×"',
                "a rumour, not published",
            ),
        ),
    )
    verdict(page)
    look = Look("", x_format="yyyy", y_log=True)
    for row in range(CHART_ROWS[0] + 1, CHART_ROWS[-1] + CHART_HEIGHT):
        page.sheet.row_dimensions[row].height = 15.5
    for row, (title, unit, shown, curves, lowest) in zip(CHART_ROWS, CHARTS, strict=True):
        series.draw(
            page,
            f"F{row}:I{row + CHART_HEIGHT - 1}",
            replace(look, title=title, y_title=unit, y_format=shown),
            curves,
            lowest,
        )
    page.finish(cursor="B3", last_row=CHART_ROWS[-1] + CHART_HEIGHT - 1)
    page.sheet.page_setup.fitToHeight = 1


def _side_by_side(page: Page) -> None:
    """Write the two models that are compared beside each other."""
    for column, text in ((2, "Two models"), (3, "=first_name"), (4, "=second_name")):
        page.put(
            page.row,
            column,
            text,
            styles.SECTION,
            border=styles.UNDERLINE,
            alignment=styles.LEFT if column == 2 else styles.RIGHT,
        )
    page.sheet.row_dimensions[page.row].height = 20
    page.row += 1
    for row in ROWS:
        if not row.on_summary:
            continue
        page.put(page.row, 2, row.label, border=styles.HAIRLINE, alignment=styles.LEFT)
        for column, side in ((3, "first"), (4, "second")):
            page.put(
                page.row,
                column,
                f"={side}_{row.name}",
                styles.LINK,
                number_format=row.number_format,
                alignment=styles.RIGHT,
                border=styles.HAIRLINE,
            )
        page.sheet.row_dimensions[page.row].height = 15.5
        page.row += 1
    page.row += 1
