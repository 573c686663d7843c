"""By which rules do vendors count the tokens of images, sound and video, and since when?

`IMAGE_RULES`, `AUDIO_RULES` and `VIDEO_RULES` hold each rule by its name: whose models, the dates
between which it holds, where it was read, and the formula. If a vendor changes a rule, the new one
gets a name of its own, and the old one an end.

No rule multiplies a scale in: 56·width/long is 56 for the long side, and 1568/long·width/28 often
57. What is rounded is one division of whole pixels, or its root, which is exact where it is whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from xlcalc.functions.rounding import whole_up
from xlcalc.quantities import Number

UNLIMITED = 2.0**20
"""Stands for no limit of a side or of patches; a power of two, so that products stay exact."""
_STEPS = [64.0, 32.0, 16.0, 8.0, 4.0, 2.0, 1.0]


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


@dataclass(frozen=True)
class StreamRule:
    """How a vendor counts the tokens of sound or video, and when.

    Attributes
    ----------
    per_second : float
        Tokens of a second whatever the frames.
    per_frame : float
        Tokens of a frame.
    """

    vendor: str
    first: str
    last: str
    source: str
    per_second: float
    per_frame: float = 0.0

    @property
    def dates(self) -> str:
        """The dates between which the rule holds."""
        return f"{self.first} to {self.last or 'at least 2026-11'}"


def _openai_tiles(
    height: Number, width: Number, base: float, tile: float, short_side: float = 768.0
) -> Number:
    """Fit into 2048 × 2048, then shrink the short side, never enlarging; tiles of 512.

    A side has as many tiles as its pixels, the limit of the long side or that of the short one
    leave, whichever is least.
    """
    long, short = np.maximum(height, width), np.minimum(height, width)
    most = short_side / 512.0
    along = np.ceil(np.minimum(np.minimum(long / 512.0, most * long / short), 4.0))
    across = np.ceil(np.minimum(np.minimum(short / 512.0, 4.0 * short / long), most))
    return base + tile * along * across


def _openai_patches(
    height: Number,
    width: Number,
    multiplier: float,
    budget: float = UNLIMITED,
    long_side: float = UNLIMITED,
) -> Number:
    """Count patches of 32 pixels; above the budget, shrink until a side is whole patches.

    The long side is shrunk to its limit first. No image costs more than the budget: the formula
    alone would enlarge one that is thinner than a patch.
    """
    fitted = np.maximum(np.maximum(height, width), long_side)
    patches = np.ceil(long_side * width / fitted / 32.0) * np.ceil(
        long_side * height / fitted / 32.0
    )
    across = np.floor(np.sqrt(budget * width / height))
    down = np.floor(np.sqrt(budget * height / width))
    # Multiplied crosswise, this asks which side has to shrink more to whole patches.
    shrunk = np.where(
        across * height <= down * width,
        across * np.ceil(across * height / width),
        down * np.ceil(down * width / height),
    )
    shrunk = np.where(shrunk < 1.0, budget, np.minimum(shrunk, budget))
    patches = np.where(patches > budget, shrunk, patches)
    return whole_up(patches * multiplier)


def _anthropic_area(height: Number, width: Number) -> Number:
    return np.ceil(width * height / 750.0)


def _anthropic_patches(
    height: Number, width: Number, most_patches: float, most_tokens: float
) -> Number:
    """Count patches of 28 pixels after the smallest shrinking that keeps both limits.

    Tokens step up where a side reaches a whole number of patches, so the largest size that keeps
    the limit of tokens has such a side.
    """
    long = np.maximum(height, width)
    wide = np.minimum(width / 28.0, most_patches * width / long)
    high = np.minimum(height / 28.0, most_patches * height / long)
    tokens = np.ceil(wide) * np.ceil(high)
    across = _most_patches(width, height, wide, most_tokens)
    down = _most_patches(height, width, high, most_tokens)
    shrunk = np.where(
        across / width >= down / height,
        across * np.ceil(across * height / width),
        down * np.ceil(down * width / height),
    )
    return np.where(tokens > most_tokens, shrunk, tokens)


def _most_patches(side: Number, other: Number, fitting: Number, most_tokens: float) -> Number:
    """Return the most whole patches of a side, no more than fit, that keep the limit of tokens."""
    patches: Number = 0.0 * side
    for step in _STEPS:
        more = patches + step
        kept = (more <= fitting) * (more * np.ceil(more * other / side) <= most_tokens)
        patches = patches + step * kept
    return patches


def _gemini_crops(height: Number, width: Number) -> Number:
    """Count squares of two thirds of the short side, of 256 to 768 pixels, 258 tokens each."""
    unit = np.floor(np.minimum(width, height) / 1.5)
    unit = np.minimum(np.maximum(unit, 256.0), 768.0)
    crops = np.ceil(width / unit) * np.ceil(height / unit)
    return 258.0 * np.where(np.maximum(width, height) <= 384.0, 1.0, crops)


def _fixed(height: Number, width: Number, tokens: float) -> Number:
    return tokens + 0.0 * height * width


def _qwen_patches(
    height: Number, width: Number, side: float, most_tokens: float, least_tokens: float
) -> Number:
    """Round sides to whole patches, and scale an image that has too many or too few of them."""
    rounded = _nearest(height / side) * _nearest(width / side)
    smaller = _at_least_one(np.floor(np.sqrt(most_tokens * height / width))) * _at_least_one(
        np.floor(np.sqrt(most_tokens * width / height))
    )
    larger = np.ceil(np.sqrt(least_tokens * height / width)) * np.ceil(
        np.sqrt(least_tokens * width / height)
    )
    small = np.where(rounded < least_tokens, larger, rounded)
    return np.where(rounded > most_tokens, smaller, small)


def _at_least_one(patches: Number) -> Number:
    enough: Number = np.maximum(patches, 1.0)
    return enough


def _nearest(patches: Number) -> Number:
    """Round to the nearest whole number from 1 on; a half goes to the even one, as in Python."""
    up = np.floor(patches + 0.5)
    odd = up - 2.0 * np.floor(up / 2.0)
    return _at_least_one(up - np.where(up == patches + 0.5, odd, 0.0))


_OPENAI = "OpenAI, Images and vision guide"
_ANTHROPIC = "Anthropic, Vision guide"
_GEMINI = "Google, Gemini API: understand and count tokens"
_RESOLUTION = "Google, Gemini API: media resolution"
_QWEN = "Qwen, image processor (smart_resize)"


def _tiles(vendor: str, first: str, base: float, tile: float, short: float = 768.0) -> ImageRule:
    count = partial(_openai_tiles, base=base, tile=tile, short_side=short)
    return ImageRule(f"OpenAI {vendor}", first, "", _OPENAI, count)


def _patches(
    vendor: str,
    first: str,
    multiplier: float,
    budget: float = UNLIMITED,
    long_side: float = UNLIMITED,
    last: str = "",
) -> ImageRule:
    count = partial(_openai_patches, multiplier=multiplier, budget=budget, long_side=long_side)
    return ImageRule(f"OpenAI {vendor}", first, last, _OPENAI, count)


def _anthropic(vendor: str, first: str, most_patches: float, most_tokens: float) -> ImageRule:
    count = partial(_anthropic_patches, most_patches=most_patches, most_tokens=most_tokens)
    return ImageRule(f"Anthropic Claude {vendor}", first, "", _ANTHROPIC, count)


def _resolution(vendor: str, first: str, tokens: float) -> ImageRule:
    count = partial(_fixed, tokens=tokens)
    return ImageRule(f"Google Gemini {vendor}", first, "", _RESOLUTION, count)


def _qwen(vendor: str, first: str, side: float, most: float, least: float) -> ImageRule:
    count = partial(_qwen_patches, side=side, most_tokens=most, least_tokens=least)
    return ImageRule(f"Alibaba {vendor}", first, "", _QWEN, count)


IMAGE_RULES = {
    "openai-tile-4o": _tiles("GPT-4o, GPT-4.1, GPT-4.5", "2024-05", 85, 170),
    "openai-tile-4o-mini": _tiles("GPT-4o mini", "2024-07", 2833, 5667),
    "openai-tile-o1": _tiles("o1, o3", "2024-12", 75, 150),
    "openai-tile-5": _tiles("GPT-5, GPT-5.1", "2025-08", 70, 140),
    "openai-tile-computer": _tiles("computer-use-preview", "2025-04", 65, 129),
    "openai-tile-image-1": _tiles("gpt-image-1, input", "2025-04", 65, 129, 512.0),
    "openai-patch-mini-2025": _patches(
        "GPT-4.1 mini, GPT-5 mini", "2025-04", 1.62, 1536, last="early 2026"
    ),
    "openai-patch-4.1-nano": _patches("GPT-4.1 nano", "2025-04", 2.46, 1536),
    "openai-patch-o4-mini": _patches("o4-mini", "2025-04", 1.72, 1536),
    "openai-patch-4.1-mini": _patches("GPT-4.1 mini", "early 2026", 1.62, 6144, 2048),
    "openai-patch-5-mini": _patches("GPT-5 mini", "early 2026", 1.2, 1536),
    "openai-patch-5-nano": _patches("GPT-5 nano", "early 2026", 1.5, 1536),
    "openai-patch-5.2": _patches("GPT-5.2", "early 2026", 1.2, 6144, 2048),
    "openai-patch-5.4": _patches("GPT-5.4, GPT-5.5, detail high", "early 2026", 1.2, 2500, 2048),
    "openai-patch-5.4-original": _patches(
        "GPT-5.4, detail original", "early 2026", 1.2, 10000, 6000
    ),
    "openai-patch-6": _patches("GPT-5.6, GPT-6, GPT-6.1", "2026-07", 1.2),
    "anthropic-area-750": ImageRule(
        "Anthropic Claude 3 to 4.6", "2024-03", "early 2026", _ANTHROPIC, _anthropic_area
    ),
    "anthropic-28-standard": _anthropic("standard resolution", "early 2026", 56.0, 1568.0),
    "anthropic-28-high": _anthropic("Opus 4.7 and later, high", "2026-04", 92.0, 4784.0),
    "gemini-2.5": ImageRule(
        "Google Gemini 2.0 and 2.5", "2024-12", "", _GEMINI, _gemini_crops
    ),
    "gemini-2.5-low": _resolution("2.5, low resolution", "2025-06", 64),
    "gemini-2.5-medium": _resolution("2.5, medium resolution", "2025-06", 256),
    "gemini-3-low": _resolution("3 and 4, low resolution", "2025-11", 280),
    "gemini-3-medium": _resolution("3 and 4, medium resolution", "2025-11", 560),
    "gemini-3-high": _resolution("3 and 4, high resolution, the default", "2025-11", 1120),
    "gemini-3-ultra": _resolution("3 and 4, ultra high resolution", "2025-11", 2240),
    "qwen-28": _qwen("Qwen2-VL, Qwen2.5-VL", "2024-08", 28, 1280, 4),
    "qwen-32": _qwen("Qwen3-VL", "2025-09", 32, 16384, 64),
}  # fmt: skip
"""The rules for images by name. Those of Gemini 3 are upper bounds of an image."""

AUDIO_RULES = {
    "gemini": StreamRule("Google Gemini", "2024-05", "", _GEMINI, 32.0),
    "openai-realtime-in": StreamRule(
        "OpenAI GPT realtime, heard", "2024-10", "", "OpenAI, Managing realtime costs", 10.0
    ),
    "openai-realtime-out": StreamRule(
        "OpenAI GPT realtime, spoken", "2024-10", "", "OpenAI, Managing realtime costs", 20.0
    ),
}
"""The rules for sound by name."""

VIDEO_RULES = {
    "gemini-2.5": StreamRule("Google Gemini 1.5 to 2.5", "2024-12", "", _GEMINI, 32.0, 258.0),
    "gemini-2.5-low": StreamRule(
        "Google Gemini 2.5, low resolution", "2025-06", "", _GEMINI, 32.0, 66.0
    ),
    "gemini-3": StreamRule("Google Gemini 3 and 4", "2025-11", "", _RESOLUTION, 32.0, 70.0),
    "gemini-3-high": StreamRule(
        "Google Gemini 3 and 4, high resolution", "2025-11", "", _RESOLUTION, 32.0, 280.0
    ),
}
"""The rules for video with its sound by name."""
