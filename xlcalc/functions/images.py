"""How many tokens is an image, a sound or a video, inside a model and on a vendor's bill?

The functions take sizes in pixels, numbers of frames and seconds, and return tokens. A model cuts
an image into equal patches; a vendor bills by a rule of `billing_rules`, each with its dates and
its source.
"""

from collections.abc import Mapping
from typing import Annotated

from xlcalc.functions.billing_rules import (
    AUDIO_RULES,
    IMAGE_RULES,
    VIDEO_RULES,
    ImageRule,
    StreamRule,
)
from xlcalc.functions.rounding import whole_down, whole_up
from xlcalc.quantities import (
    Choice,
    Frames,
    FramesPerToken,
    Number,
    Pixels,
    Quantity,
    Seconds,
    Stride,
    Tokens,
)
from xlcalc.worksheet import worksheet

FramesPerSecond = Annotated[Number, Quantity("frames/s", above=0.0, number_format="0.0")]


def _one_of(rules: Mapping[str, ImageRule] | Mapping[str, StreamRule]) -> Choice:
    """Return the choice of a rule, each with its vendor's models and its dates."""
    return Choice(tuple(rules), tuple(f"{rule.vendor}, {rule.dates}" for rule in rules.values()))


AudioRule = Annotated[str, _one_of(AUDIO_RULES)]
VideoRule = Annotated[str, _one_of(VIDEO_RULES)]
Rounding = Annotated[
    str, Choice(("up", "down"), ("A part of a patch counts as one", "A part of a patch is cut off"))
]
Rule = Annotated[str, _one_of(IMAGE_RULES)]


@worksheet("Tokens from text, images and video", since="0.1")
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


@worksheet("Tokens from text, images and video", since="0.1")
def image_tokens_api(height: Pixels, width: Pixels, rule: Rule) -> Tokens:
    """Return the tokens that a vendor bills for an image.

    Parameters
    ----------
    height : array_like [pixels]
        Height of the image.
    width : array_like [pixels]
        Width of the image.
    rule : str [choice]
        The vendor's rule, as "openai-patch-5.4" or "gemini-3-high"; the README lists each with its
        models and dates.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Whole numbers; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a side is not above 0.
    ChoiceError
        If the rule is unknown; the sentence lists the rules.

    References
    ----------
    OpenAI, Images and vision guide; Anthropic, Vision guide; Google, Gemini API guides of tokens
    and media resolution; Qwen, image processors; read on 2026-11-26.

    Examples
    --------
    >>> print(f"{image_tokens_api(1024, 1024, 'openai-tile-4o'):.0f}")
    765
    """
    return IMAGE_RULES[rule].count(height, width)


@worksheet("Tokens from text, images and video", since="0.2")
def audio_tokens(seconds: Seconds, rule: AudioRule) -> Tokens:
    """Return the tokens that a vendor bills for sound.

    Parameters
    ----------
    seconds : array_like [s]
        Length of the sound. A realtime session is heard again at every answer.
    rule : str [choice]
        "gemini", "openai-realtime-in" for what is heard, or "openai-realtime-out" for what is
        spoken.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If seconds is below 0.
    ChoiceError
        If the rule is unknown; the sentence lists the rules.

    References
    ----------
    Google, Gemini API token guide; OpenAI, Managing realtime costs; read on 2026-11-26.

    Examples
    --------
    >>> print(f"{audio_tokens(60, 'gemini'):.0f}")
    1920
    """
    return AUDIO_RULES[rule].per_second * seconds


@worksheet("Tokens from text, images and video", since="0.2")
def video_tokens_api(seconds: Seconds, rule: VideoRule, fps: FramesPerSecond = 1.0) -> Tokens:
    """Return the tokens that a vendor bills for a video with its sound.

    Parameters
    ----------
    seconds : array_like [s]
        Length of the video.
    rule : str [choice]
        "gemini-2.5", "gemini-2.5-low", "gemini-3" or "gemini-3-high".
    fps : array_like [frames/s]
        Frames that the vendor takes of a second.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If seconds is below 0, or fps is not above 0.
    ChoiceError
        If the rule is unknown; the sentence lists the rules.

    References
    ----------
    Google, Gemini API guides of tokens and media resolution; read on 2026-11-26.

    Examples
    --------
    >>> print(f"{video_tokens_api(60, 'gemini-2.5'):.0f}")
    17400
    """
    found = VIDEO_RULES[rule]
    return seconds * (found.per_frame * fps + found.per_second)


@worksheet("Tokens from text, images and video", since="0.1")
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


@worksheet("Tokens from text, images and video", since="0.1")
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
    video_tokens_api,
    latent_video_tokens,
    audio_tokens,
)
"""The functions of this topic, in the order of the function reference."""
