"""How many tokens is an image or a video, inside a model and on a vendor's bill?

The functions take sizes in pixels and numbers of frames, and return tokens. A model cuts an image
into equal patches; a vendor bills by one of `IMAGE_RULES`, each with its dates and its source.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

import numpy as np

from xlcalc.functions.rounding import whole_down, whole_up
from xlcalc.quantities import (
    Choice,
    Frames,
    FramesPerToken,
    Number,
    Pixels,
    Stride,
    Tokens,
)
from xlcalc.worksheet import worksheet


@dataclass(frozen=True)
class ImageRule:
    """How a vendor counts the tokens of an image, and when."""

    vendor: str
    first: str
    last: str
    source: str
    count: Callable[[Number, Number], Number]

    @property
    def dates(self) -> str:
        """The dates between which the rule holds."""
        return f"{self.first} to {self.last or 'at least 2026-11'}"


def _openai_tiles(height: Number, width: Number, base: float, tile: float) -> Number:
    """Fit into 2048 × 2048, then the short side to 768, never enlarging; tiles of 512.

    Of a side 512 pixels are a tile, or a quarter of the long side, or two thirds of the short one,
    whichever is most. Each is one division, exact where whole pixels make whole tiles.
    """
    long, short = np.maximum(height, width), np.minimum(height, width)
    along = np.ceil(np.minimum(np.minimum(long / 512.0, 1.5 * long / short), 4.0))
    across = np.ceil(np.minimum(np.minimum(short / 512.0, 4.0 * short / long), 1.5))
    return base + tile * along * across


def _anthropic_area(height: Number, width: Number) -> Number:
    return np.ceil(width * height / 750.0)


def _anthropic_patches(
    height: Number, width: Number, most_patches: float, most_tokens: float
) -> Number:
    """Count patches of 28 pixels after the smallest shrinking that keeps both limits.

    Tokens step up where a side reaches a whole number of patches, so the largest size that keeps
    the limit of tokens has such a side. No scale is multiplied in: 56·width/long is 56 for the long
    side, and 1568/long·width/28 often 57.
    """
    long = np.maximum(height, width)
    wide = np.minimum(width / 28.0, most_patches * width / long)
    high = np.minimum(height / 28.0, most_patches * height / long)
    tokens = np.ceil(wide) * np.ceil(high)
    steps = [2.0**power for power in range(int(math.log2(most_patches)), -1, -1)]
    across = _most_patches(width, height, wide, most_tokens, steps)
    down = _most_patches(height, width, high, most_tokens, steps)
    shrunk = np.where(
        across / width >= down / height,
        across * np.ceil(across * height / width),
        down * np.ceil(down * width / height),
    )
    return np.where(tokens > most_tokens, shrunk, tokens)


def _most_patches(
    side: Number, other: Number, fitting: Number, most_tokens: float, steps: list[float]
) -> Number:
    """Return the most whole patches of a side, no more than fit, that keep the limit of tokens."""
    patches: Number = 0.0 * side
    for step in steps:
        more = patches + step
        kept = (more <= fitting) * (more * np.ceil(more * other / side) <= most_tokens)
        patches = patches + step * kept
    return patches


def _gemini_crops(height: Number, width: Number) -> Number:
    small = np.maximum(width, height) <= 384.0
    unit = np.where(small, 1.0, np.floor(np.minimum(width, height) / 1.5))
    crops = np.ceil(width / unit) * np.ceil(height / unit)
    return 258.0 * np.where(small, 1.0, crops)


_OPENAI = "OpenAI, Images and vision guide"
_ANTHROPIC = "Anthropic, Vision guide"
IMAGE_RULES = {
    "openai-tile-4o": ImageRule(
        "OpenAI GPT-4o, GPT-4.1", "2024-05", "", _OPENAI, partial(_openai_tiles, base=85, tile=170)
    ),
    "openai-tile-4o-mini": ImageRule(
        "OpenAI GPT-4o mini", "2024-07", "", _OPENAI, partial(_openai_tiles, base=2833, tile=5667)
    ),
    "openai-tile-o1": ImageRule(
        "OpenAI o1, o3", "2024-12", "", _OPENAI, partial(_openai_tiles, base=75, tile=150)
    ),
    "openai-tile-5": ImageRule(
        "OpenAI GPT-5", "2025-08", "", _OPENAI, partial(_openai_tiles, base=70, tile=140)
    ),
    "anthropic-area-750": ImageRule(
        "Anthropic Claude 3 to 4.6", "2024-03", "early 2026", _ANTHROPIC, _anthropic_area
    ),
    "anthropic-28-standard": ImageRule(
        "Anthropic Claude, standard resolution",
        "early 2026",
        "",
        _ANTHROPIC,
        partial(_anthropic_patches, most_patches=56.0, most_tokens=1568.0),
    ),
    "anthropic-28-high": ImageRule(
        "Anthropic Claude, high resolution",
        "early 2026",
        "",
        _ANTHROPIC,
        partial(_anthropic_patches, most_patches=92.0, most_tokens=4784.0),
    ),
    "gemini-2.5": ImageRule(
        "Google Gemini 2.0 and 2.5",
        "2024-12",
        "",
        "Google, Gemini API: understand and count tokens",
        _gemini_crops,
    ),
}
"""The rules by name. If a vendor changes one, the new one gets a name of its own, and the old one
an end."""

Rounding = Annotated[str, Choice(("up", "down"))]
Rule = Annotated[str, Choice(tuple(IMAGE_RULES))]


@worksheet("Tokens from text, images and video")
def image_tokens(
    height: Pixels, width: Pixels, patch: Pixels = 16.0, rounding: Rounding = "up"
) -> Tokens:
    """Return the patches that a vision transformer cuts an image into, one token each.

    Sides that the patch does not divide are padded to whole patches, or cut down to them.

    Parameters
    ----------
    height : array_like [pixels]
        Height of the image.
    width : array_like [pixels]
        Width of the image.
    patch : array_like [pixels]
        Side of a square patch.
    rounding : str [choice]
        "up" pads a side to whole patches, "down" drops the rest, as a convolution without padding
        does.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Whole numbers; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a number is not above 0.
    ChoiceError
        If rounding is neither "up" nor "down".

    References
    ----------
    Dosovitskiy et al. 2020 (ViT), arXiv:2010.11929; Bao et al. 2021 (BEiT), arXiv:2106.08254; Zhai
    et al. 2023 (SigLIP), arXiv:2303.15343 ("down").

    Examples
    --------
    >>> print(f"{image_tokens(224, 224):.0f}")
    196
    """
    whole = whole_up if rounding == "up" else whole_down
    return whole(height / patch) * whole(width / patch)


@worksheet("Tokens from text, images and video")
def image_tokens_api(height: Pixels, width: Pixels, rule: Rule) -> Tokens:
    """Return the tokens that a vendor bills for an image.

    Parameters
    ----------
    height : array_like [pixels]
        Height of the image.
    width : array_like [pixels]
        Width of the image.
    rule : str [choice]
        The vendor's rule, as "openai-tile-4o" or "gemini-2.5"; the README lists each with its
        dates.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Whole numbers; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a side is not above 0.
    DivisionByZeroError
        If a side of a large image is too short for "gemini-2.5" to cut, below 1.5 pixels.
    ChoiceError
        If the rule is unknown; the sentence lists the rules.

    References
    ----------
    OpenAI, Images and vision guide; Anthropic, Vision guide; Google, Gemini API token guide; read
    on 2026-11-22.

    Examples
    --------
    >>> print(f"{image_tokens_api(1024, 1024, 'openai-tile-4o'):.0f}")
    765
    """
    return IMAGE_RULES[rule].count(height, width)


@worksheet("Tokens from text, images and video")
def video_tokens(
    frames: Frames,
    height: Pixels,
    width: Pixels,
    patch: Pixels = 16.0,
    frames_per_token: FramesPerToken = 1.0,
) -> Tokens:
    """Return the tokens of a video that is cut into patches over space and time.

    Parameters
    ----------
    frames : array_like [frames]
        Frames that the model sees.
    height : array_like [pixels]
        Height of a frame.
    width : array_like [pixels]
        Width of a frame.
    patch : array_like [pixels]
        Side of a square patch.
    frames_per_token : array_like [frames/token]
        Frames that share a token: 1 for single frames, 2 for VideoMAE's tubes.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Whole numbers; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If frames is below 1, or another argument is not above 0.

    References
    ----------
    Tong et al. 2022 (VideoMAE), arXiv:2203.12602; Arnab et al. 2021 (ViViT), arXiv:2103.15691.

    Examples
    --------
    >>> print(f"{video_tokens(16, 224, 224, 16, 2):.0f}")
    1568
    """
    return whole_up(frames / frames_per_token) * whole_up(height / patch) * whole_up(width / patch)


@worksheet("Tokens from text, images and video")
def latent_video_tokens(
    frames: Frames,
    height: Pixels,
    width: Pixels,
    temporal_stride: Stride = 4.0,
    spatial_stride: Stride = 8.0,
    patch: Stride = 2.0,
) -> Tokens:
    """Return the tokens of a video in the latent space of a generating model.

    A causal autoencoder keeps the first frame and shrinks the rest in time and space; patches are
    cut from what is left.

    Parameters
    ----------
    frames : array_like [frames]
        Frames of the video.
    height : array_like [pixels]
        Height of a frame.
    width : array_like [pixels]
        Width of a frame.
    temporal_stride : array_like [stride]
        Frames that the autoencoder makes one of.
    spatial_stride : array_like [stride]
        Pixels of a side that it makes one of.
    patch : array_like [stride]
        Side of a square patch in latent pixels.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Whole numbers; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If frames is below 1, or another argument is not above 0.

    References
    ----------
    Wan Team 2025 (Wan2.1), arXiv:2503.20314; Kong et al. 2024 (HunyuanVideo), arXiv:2412.03603.

    Examples
    --------
    >>> print(f"{latent_video_tokens(81, 480, 832):.0f}")
    32760
    """
    side = spatial_stride * patch
    times = whole_down((frames - 1.0) / temporal_stride) + 1.0
    return times * whole_up(height / side) * whole_up(width / side)


FUNCTIONS = (
    image_tokens,
    image_tokens_api,
    video_tokens,
    latent_video_tokens,
)
"""The functions of this topic, in the order of the function reference."""
