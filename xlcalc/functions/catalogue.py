"""What do the published catalogues say of a GPU, a model or a price?

Each function takes a name as a person writes it, and returns one figure or its source. An unknown
name, or a figure that nobody published, is a `NotFoundError`, in a cell #N/A.
"""

from typing import Annotated

from xlcalc.catalogue import NAMES, catalogues, figure
from xlcalc.quantities import Choice, LookupResult, PricePerGpuHour, PricePerMtokens, Text
from xlcalc.worksheet import worksheet

CatalogueFigure = Annotated[float | str, LookupResult()]
CatalogueText = Annotated[str, LookupResult("text")]
GpuName = Annotated[str, Text("GPU")]
ModelName = Annotated[str, Text("model")]
Field = Annotated[str, Text("field")]
Provider = Annotated[str, Text("provider")]
Direction = Annotated[str, Choice(("input", "output"))]
CatalogueName = Annotated[str, Choice((*NAMES, "accelerators", "tokenisation"))]
Identity = Annotated[str, Text("id")]

_OTHER_NAMES = {"accelerators": "gpus", "tokenisation": "tokenisers"}


@worksheet("Catalogue")
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


@worksheet("Catalogue")
def model_spec(model: ModelName, field: Field) -> CatalogueFigure:
    """Return a published figure of a model.

    Fields: total_params, active_params, layers, d_model, heads, kv_heads, head_dim, ffn_dim, vocab,
    n_experts, experts_per_token, context_tokens, train_tokens, train_flops_reported,
    train_flops_epoch, gpu_hours_reported, gpu_type, released, org, name, id, source_url, notes.

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
    3.7e+10
    """
    return figure(catalogues().model(model), "model", field)


@worksheet("Catalogue")
def rental_price(gpu: GpuName, provider: Provider = "") -> PricePerGpuHour:
    """Return the newest dated price of a rented GPU for an hour.

    A team's own price goes before all others, and prices on demand before reservations; a market's
    range is taken only where it is the provider that is asked for, and then its lower end.
    CATALOGUE_SOURCE("prices", gpu) says whose price it is and of which day.

    Parameters
    ----------
    gpu : str [GPU]
        Id or name of the accelerator, as "H100 SXM" or "h100-sxm".
    provider : str [provider]
        Who rents it out, as "RunPod"; anybody if left out.

    Returns
    -------
    numpy.float64 [money/GPU-hour]
        US dollars, or the currency of a team's own row; an array where an argument is one.

    Raises
    ------
    NotFoundError
        If the GPU or the provider is unknown, or nobody published a price.

    References
    ----------
    xlcalc/catalogue/prices.csv, a source and a date for each row; Epoch AI, CC BY 4.0.

    Examples
    --------
    >>> print(f"{rental_price('H100 SXM5 80GB'):.2f}")
    3.95
    """
    return catalogues().rental_price(gpu, provider).value


@worksheet("Catalogue", untraceable="its prices come from a package that is updated often")
def token_price(model: ModelName, direction: Direction) -> PricePerMtokens:
    """Return the list price of a million tokens of a model's API.

    With the extra `prices` the figure comes from the package genai-prices, without it from the
    bundled snapshot; a team's own row goes before both. CATALOGUE_SOURCE("prices", "gpt-4o, input")
    says which and of what date.

    Parameters
    ----------
    model : str [model]
        Name of the model as its vendor's price list has it, as "gpt-4o".
    direction : str [choice]
        "input" for tokens sent, "output" for tokens received.

    Returns
    -------
    numpy.float64 [money/M tokens]
        US dollars, or the currency that CATALOGUE_SOURCE names; an array where an argument is one.

    Raises
    ------
    NotFoundError
        If no price of the model is known.
    ChoiceError
        If direction is neither "input" nor "output".

    References
    ----------
    xlcalc/catalogue/prices.csv, a source and a date for each row; genai-prices, MIT.

    Examples
    --------
    >>> print(f"{token_price('gpt-4', 'input'):.0f}")
    30
    """
    return catalogues().token_price(model, direction).value


@worksheet("Catalogue")
def catalogue_source(catalogue: CatalogueName, id: Identity) -> CatalogueText:  # noqa: A002
    """Return where a figure of the catalogue was read, and when.

    Parameters
    ----------
    catalogue : str [choice]
        "gpus", "models", "prices" or "tokenisers".
    id : str [id]
        Id or name of the row. A price also goes by its GPU, by "H100 SXM, RunPod", or by
        "gpt-4o, input".

    Returns
    -------
    str [text]
        Page and date; an array where an argument is one.

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
    >>> print(catalogue_source("prices", "H100 SXM5 80GB")[:60])
    Modal, h100-sxm: 3.9492 USD/chip-hour on-demand, 2026-05-07,
    """
    return catalogues().source(_OTHER_NAMES.get(catalogue, catalogue), id)


FUNCTIONS = (
    gpu_spec,
    model_spec,
    rental_price,
    token_price,
    catalogue_source,
)
"""The functions of this topic, in the order of the function reference."""
