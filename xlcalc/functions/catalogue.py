"""What do the published catalogues say of a GPU, a model or a price?

Each function takes a name as a person writes it, and returns one figure or its source. An unknown
name, or a figure that nobody published, is a `NotFoundError`, in a cell #N/A.
"""

from typing import Annotated

import numpy as np

from xlcalc.catalogue import NAMES, catalogues, figure
from xlcalc.catalogue.checks import DIRECTIONS, TERMS
from xlcalc.catalogue.prices import BASES
from xlcalc.quantities import (
    CarbonIntensity,
    Choice,
    Day,
    LookupResult,
    Money,
    PowerPrice,
    PricePerGpuHour,
    PricePerMtokens,
    Pue,
    Text,
    Tokens,
    WaterPerKwh,
)
from xlcalc.worksheet import worksheet

CatalogueFigure = Annotated[float | str, LookupResult()]
CatalogueText = Annotated[str, LookupResult("text")]
GpuName = Annotated[str, Text("GPU")]
ModelName = Annotated[str, Text("model")]
Field = Annotated[str, Text("field")]
Provider = Annotated[str, Text("provider")]

_DIRECTION_NOTES = (
    "Tokens of the prompt",
    "Tokens of the answer",
    "Tokens of the prompt that are read from the cache",
    "Tokens of the prompt that are kept in the cache for minutes",
    "Tokens of the prompt that are kept in the cache for an hour",
    "Tokens of the prompt in a batch",
    "Tokens of the answer in a batch",
    "Tokens of sound that is heard",
    "Tokens of sound that is spoken",
)
_BASIS_NOTES = (
    "The middle of the providers' prices",
    "The lowest of the providers' prices",
    "The highest of the providers' prices",
    "The price of the newest day",
)
_TERMS_NOTES = (
    "By the hour, without a commitment",
    "By the hour, while nobody bids more",
    "For a year or less",
    "With a commitment for a year",
    "With a commitment for three years",
    "From a private owner, through a market",
    "By the second that a request runs",
)
_CATALOGUE_NOTES = (
    "Accelerators",
    "Models",
    "Prices of GPUs, power and tokens",
    "Prices of tokens",
    "Carbon and water of grids",
    "Rates between currencies",
    "Tokenisers and rules of thumb",
    "Figures that all templates assume alike",
    "The same as gpus",
    "The same as tokenisers",
)
Direction = Annotated[str, Choice(DIRECTIONS, _DIRECTION_NOTES)]
Basis = Annotated[str, Choice(BASES, _BASIS_NOTES)]
PurchaseBasis = Annotated[
    str, Choice((*BASES, "used"), (*_BASIS_NOTES, "The middle of the prices of used ones"))
]
Terms = Annotated[str, Choice(tuple(dict.fromkeys(TERMS.values())), _TERMS_NOTES)]
Currency = Annotated[str, Text("currency")]
AsOf = Annotated[str, Day()]
Region = Annotated[str, Text("region")]
Operator = Annotated[str, Text("operator")]
CatalogueName = Annotated[str, Choice((*NAMES, "accelerators", "tokenisation"), _CATALOGUE_NOTES)]
Identity = Annotated[str, Text("id")]

_OTHER_NAMES = {"accelerators": "gpus", "tokenisation": "tokenisers"}


@worksheet("Catalogue", since="0.1")
def gpu_spec(gpu: GpuName, field: Field) -> CatalogueFigure:
    """Return a published figure of an accelerator.

    Fields: peak_tflops (dense 16-bit rate), fp32_tflops, tf32_tflops, fp16_tflops, bf16_tflops,
    fp8_tflops, int8_tops, fp4_tflops (all of them dense), fp16_sparse_tflops, memory_gb,
    memory_bandwidth_gbs, interconnect_gbs, tdp_w, year, vendor, name, id, source_url, notes.

    Parameters
    ----------
    gpu : str [GPU]
        Id or name of the accelerator, as "H100 SXM" or "h100-sxm".
    field : str [field]
        Column of the catalogue, as "peak_tflops" or "tdp_w".

    Returns
    -------
    numpy.float64 or str [as in the catalogue]
        The figure; an array of them where gpu or field is one.

    Raises
    ------
    NotFoundError
        If the GPU or the field is unknown, the name fits several rows, or nobody published the
        figure.

    References
    ----------
    xlcalc/catalogue/accelerators.csv, a source for each row.

    Examples
    --------
    >>> print(f"{gpu_spec('H100 SXM5 80GB', 'peak_tflops'):.1f}")
    989.4
    """
    return figure(catalogues().gpu(gpu), "GPU", field)


@worksheet("Catalogue", since="0.1")
def model_spec(model: ModelName, field: Field) -> CatalogueFigure:
    """Return a published figure of a model.

    Fields: total_params, active_params, layers, d_model, heads, kv_heads, head_dim, ffn_dim, vocab,
    n_experts, experts_per_token, context_tokens, train_tokens, train_flops_reported,
    train_flops_epoch, gpu_hours_reported, gpu_type, released, org, name, id, source_url, notes;
    active_params_published (the vendor's count, where active_params is counted from the shape),
    params_computed, tied_embeddings, ffn_matrices, shared_experts, dense_ffn_dim (of the layers
    without experts, where ffn_dim is one expert's), expert_latent_dim, shared_ffn_dim,
    dense_layers, moe_layers, q_rank, kv_rank, nope_dim, rope_dim, v_dim, window, window_layers,
    linear_layers, linear_kind.

    Parameters
    ----------
    model : str [model]
        Id or name of the model, as "Llama 3.1 405B" or "llama3.1-405b".
    field : str [field]
        Column of the catalogue, as "total_params" or "train_tokens".

    Returns
    -------
    numpy.float64 or str [as in the catalogue]
        The figure; an array of them where model or field is one.

    Raises
    ------
    NotFoundError
        If the model or the field is unknown, the name fits several rows, or nobody published the
        figure.

    References
    ----------
    xlcalc/catalogue/models.csv, a source for each row.

    Examples
    --------
    >>> print(f"{model_spec('DeepSeek-V3', 'active_params'):.3g}")
    3.76e+10
    """
    return figure(catalogues().model(model), "model", field)


@worksheet("Catalogue", since="0.1")
def rental_price(
    gpu: GpuName,
    provider: Provider = "",
    basis: Basis = "median",
    terms: Terms = "on-demand",
    currency: Currency = "USD",
    as_of: AsOf = "",
) -> PricePerGpuHour:
    """Return what a rented GPU costs an hour, on a market or at one provider.

    Of the dated rows of 18 months, back from the newest of the catalogue, each provider counts
    once, with its newest. A team's own prices go before all others. CATALOGUE_SOURCE("prices", gpu)
    says how many providers these are, their range and their days.

    Parameters
    ----------
    gpu : str [GPU]
        Id or name of the accelerator, as "H100 SXM" or "h100-sxm".
    provider : str [provider]
        Who rents it out, as "RunPod"; all of them if left out.
    basis : str [choice]
        "median", "low", "high" or "newest" of the providers' prices.
    terms : str [choice]
        "on-demand", "spot", "reserved" (of a year or less), "1-year", "3-year", "marketplace" or
        "serverless".
    currency : str [currency]
        Code of three letters. A price in another currency needs a rate in rates.csv.
    as_of : str [date]
        Day that the question is asked for; the newest of the catalogue if left out.

    Returns
    -------
    numpy.float64 [money/GPU-hour]
        In the currency; an array where an argument is one.

    Raises
    ------
    NotFoundError
        If the GPU or the provider is unknown, nobody published such a price in these months, or the
        catalogue has no rate for its currency.
    ChoiceError
        If basis or terms is none of the choices.

    References
    ----------
    xlcalc/catalogue/prices.csv, a source, a date and a licence for each row; gpurentalprices.com
    and Epoch AI, CC BY 4.0.

    Examples
    --------
    >>> print(f"{rental_price('H100 SXM5 80GB'):.2f}")
    3.89
    """
    return catalogues().rental_price(gpu, provider, basis, terms, currency, as_of).value


@worksheet("Catalogue", since="0.1", untraceable="it reads more prices than a workbook carries")
def token_price(
    model: ModelName,
    direction: Direction,
    currency: Currency = "USD",
    context_tokens: Tokens = 0.0,
    as_of: AsOf = "",
) -> PricePerMtokens:
    """Return the list price of a million tokens of a model's API.

    A team's own row goes before the bundled ones. With the extra `prices` the package genai-prices
    is asked for models that the catalogue lacks. CATALOGUE_SOURCE("prices", "gpt-4o, input") says
    whose price it is and of which day.

    Parameters
    ----------
    model : str [model]
        Name of the model as its vendor's price list has it, as "gpt-4o".
    direction : str [choice]
        "input", "output", "cache_read", "cache_write" (for minutes), "cache_write_1h",
        "input_batch", "output_batch", "input_audio" or "output_audio".
    currency : str [currency]
        Code of three letters. A price in another currency needs a rate in rates.csv.
    context_tokens : array_like [tokens]
        Tokens of the prompt: some vendors ask more for whole requests above a limit.
    as_of : str [date]
        Day that the question is asked for; the newest of the catalogue if left out.

    Returns
    -------
    numpy.float64 [money/M tokens]
        In the currency; an array where an argument is one.

    Raises
    ------
    NotFoundError
        If no such price of the model is known, or the catalogue has no rate for its currency.
    ChoiceError
        If direction is none of the choices.

    References
    ----------
    xlcalc/catalogue/token_prices.csv, a source, a date and a licence for each row; genai-prices,
    models.dev and litellm, MIT.

    Examples
    --------
    >>> print(f"{token_price('gpt-4', 'input'):.0f}")
    30
    """
    found = catalogues()

    def price(tokens: float) -> float:
        return found.token_price(model, direction, currency, tokens, as_of).value

    if isinstance(context_tokens, np.ndarray):
        # A vendor has one or two limits, and a column of prompts has few prices.
        distinct, places = np.unique(context_tokens, return_inverse=True)
        prices = np.array([price(tokens) for tokens in distinct], dtype=np.float64)
        return prices[places].reshape(context_tokens.shape)
    return price(context_tokens)


@worksheet("Catalogue", since="0.2", untraceable="a workbook carries no purchase prices")
def purchase_price(
    gpu: GpuName, basis: PurchaseBasis = "median", currency: Currency = "USD", as_of: AsOf = ""
) -> Money:
    """Return what an accelerator costs to buy.

    Of the dated rows of 36 months, back from the newest of the catalogue; the middle of a range
    counts as one price. CATALOGUE_SOURCE("prices", "H100 SXM, purchase") says which rows these are.

    Parameters
    ----------
    gpu : str [GPU]
        Id or name of the accelerator, as "H100 SXM" or "h100-sxm".
    basis : str [choice]
        "median", "low", "high" or "newest" of new ones, or "used" for the median of used ones.
    currency : str [currency]
        Code of three letters. A price in another currency needs a rate in rates.csv.
    as_of : str [date]
        Day that the question is asked for; the newest of the catalogue if left out.

    Returns
    -------
    numpy.float64 [money]
        In the currency, for one accelerator; an array where an argument is one.

    Raises
    ------
    NotFoundError
        If the GPU is unknown, or nobody published such a price in these months.
    ChoiceError
        If basis is none of the choices.

    References
    ----------
    xlcalc/catalogue/prices.csv, a source, a date and a licence for each row; Epoch AI, CC BY 4.0.

    Examples
    --------
    >>> print(f"{purchase_price('B200'):.0f}")
    40750
    """
    return catalogues().purchase_price(gpu, basis, currency, as_of).value


@worksheet("Catalogue", since="0.2", untraceable="a workbook carries no prices of power by region")
def power_price(region: Region, currency: Currency = "USD") -> PowerPrice:
    """Return the newest price of a kilowatt-hour of a region and a kind of customer.

    Parameters
    ----------
    region : str [region]
        Region and kind of customer, as "Texas industrial" or "Virginia commercial".
    currency : str [currency]
        Code of three letters. A price in another currency needs a rate in rates.csv.

    Returns
    -------
    numpy.float64 [money/kWh]
        In the currency; an array where an argument is one.

    Raises
    ------
    NotFoundError
        If the region is unknown or has several kinds, or the catalogue has no rate for its
        currency.

    References
    ----------
    xlcalc/catalogue/prices.csv: EIA, Electric Power Annual and Monthly, public domain; Eurostat.

    Examples
    --------
    >>> print(f"{power_price('Texas industrial'):.3f}")
    0.066
    """
    return catalogues().power_price(region, currency).value


@worksheet("Catalogue", since="0.2", untraceable="a workbook carries no PUE by operator")
def pue_of(operator: Operator) -> Pue:
    """Return the newest power usage effectiveness that an operator of data centres published.

    Parameters
    ----------
    operator : str [operator]
        Whose data centres, as "AWS", "Google" or "Uptime Institute".

    Returns
    -------
    numpy.float64 [ratio]
        Power drawn for each unit that reaches the machines; an array where operator is one.

    Raises
    ------
    NotFoundError
        If the operator is unknown, or several have its name.

    References
    ----------
    xlcalc/catalogue/prices.csv, a source and a date for each row.

    Examples
    --------
    >>> print(f"{pue_of('AWS'):.2f}")
    1.15
    """
    return catalogues().pue(operator).value


@worksheet("Catalogue", since="0.2", untraceable="a workbook carries no carbon intensities")
def grid_intensity(region: Region) -> CarbonIntensity:
    """Return the carbon that a grid emits for a megawatt-hour, on average of the newest year.

    Parameters
    ----------
    region : str [region]
        A country as "Germany" or "DEU", or a region of a cloud as "us-east4" or "Frankfurt".

    Returns
    -------
    numpy.float64 [t CO2/MWh]
        An array where region is one.

    Raises
    ------
    NotFoundError
        If the region is unknown, or several have its words.

    References
    ----------
    xlcalc/catalogue/grids.csv: Ember and Our World in Data, CC BY 4.0; Google, region carbon info,
    Apache-2.0.

    Examples
    --------
    >>> print(f"{grid_intensity('Germany'):.3f}")
    0.381
    """
    return float(catalogues().grid(region)["value"] or 0.0) / 1000.0


@worksheet("Catalogue", since="0.2", untraceable="a workbook carries no water of grids")
def grid_water(region: Region) -> WaterPerKwh:
    """Return the water that a grid's power plants consume for a kilowatt-hour, on average.

    Water of cooling in the data centre is not in it. WATER_LITRES takes it as grid_wue.

    Parameters
    ----------
    region : str [region]
        A country, as "Germany" or "DEU".

    Returns
    -------
    numpy.float64 [L/kWh]
        An array where region is one.

    Raises
    ------
    NotFoundError
        If the region is unknown, or several have its words.

    References
    ----------
    xlcalc/catalogue/grids.csv: Reig et al. 2020, Guidance for Calculating Water Use Embedded in
    Purchased Electricity, World Resources Institute, CC BY 4.0.

    Examples
    --------
    >>> print(f"{grid_water('Germany'):.2f}")
    1.93
    """
    return float(catalogues().grid(region, "water")["value"] or 0.0)


@worksheet("Catalogue", since="0.2", untraceable="the rates are those of a team's own catalogue")
def fx(amount: Money, from_currency: Currency, to_currency: Currency, as_of: AsOf = "") -> Money:
    """Return an amount in another currency, by the newest rate of the team's catalogue on a day.

    Parameters
    ----------
    amount : array_like [money]
        Amount in the first currency.
    from_currency : str [currency]
        Code of three letters, as "EUR".
    to_currency : str [currency]
        Code of three letters, as "USD".
    as_of : str [date]
        Day of the rate; the newest if left out.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money]
        In the second currency; an array where an argument is one.

    Raises
    ------
    DomainError
        If amount is below 0.
    NotFoundError
        If the team's rates.csv has no rate of the two currencies on that day or before.

    References
    ----------
    rates.csv of the team's own catalogue; the bundled one has no rates.

    Examples
    --------
    >>> print(f"{fx(100, 'USD', 'USD'):.0f}")
    100
    """
    return amount * catalogues().rates.rate(from_currency, to_currency, as_of).value


@worksheet("Catalogue", since="0.1")
def catalogue_source(catalogue: CatalogueName, id: Identity) -> CatalogueText:  # noqa: A002
    """Return where a figure of the catalogue was read, and when.

    Parameters
    ----------
    catalogue : str [choice]
        "gpus", "models", "prices", "token_prices", "grids", "rates", "tokenisers" or
        "assumptions".
    id : str [id]
        Id or name of the row. A price also goes by its GPU, by "H100 SXM, RunPod",
        "H100 SXM, spot", "H100 SXM, low" or "H100 SXM, purchase", by "gpt-4o, input", by
        "Texas industrial, power", or by "AWS, pue".

    Returns
    -------
    str [text]
        Page and date; for the price of a market how many providers, their range and their days.

    Raises
    ------
    NotFoundError
        If there is no such row.
    ChoiceError
        If the catalogue is unknown.

    References
    ----------
    xlcalc/catalogue, a source for each row.

    Examples
    --------
    >>> print(catalogue_source("prices", "H100 SXM5 80GB")[:69])
    h100-sxm: 3.88615 USD/chip-hour on-demand, median of 24 providers, 1.
    """
    return catalogues().source(_OTHER_NAMES.get(catalogue, catalogue), id)


FUNCTIONS = (
    gpu_spec,
    model_spec,
    rental_price,
    purchase_price,
    token_price,
    power_price,
    pue_of,
    grid_intensity,
    grid_water,
    fx,
    catalogue_source,
)
"""The functions of this topic, in the order of the function reference."""
