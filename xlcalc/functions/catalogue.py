"""What do the published catalogues say of a GPU or a model?"""

from typing import Annotated

from xlcalc.catalogue import accelerators, models
from xlcalc.quantities import Figure, Text
from xlcalc.worksheet import worksheet

CatalogueFigure = Annotated[float | str, Figure()]
GpuName = Annotated[str, Text("GPU")]
ModelName = Annotated[str, Text("model")]
Field = Annotated[str, Text("field")]


@worksheet("Catalogue")
def gpu_spec(gpu: GpuName, field: Field) -> CatalogueFigure:
    """Return a published figure of an accelerator.

    Fields: peak_tflops (dense 16-bit rate), fp32_tflops, tf32_tflops, fp16_tflops,
    fp16_sparse_tflops, bf16_tflops, fp8_tflops, int8_tops, fp4_tflops, memory_gb,
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
    >>> print(f"{gpu_spec('H100 SXM', 'peak_tflops'):.1f}")
    989.4
    """
    return accelerators().figure(gpu, field)


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
    return models().figure(model, field)
