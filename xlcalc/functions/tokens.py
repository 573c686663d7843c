"""How many tokens are a text or an image?"""

import numpy as np

from xlcalc.quantities import Pixels, Tokens, TokensPerWord, Words
from xlcalc.worksheet import worksheet


@worksheet("Tokens from text, images and video")
def word_tokens(words: Words, tokens_per_word: TokensPerWord = 4 / 3) -> Tokens:
    """Return the tokens of a text of so many words.

    Parameters
    ----------
    words : array_like [words]
        Words of the text.
    tokens_per_word : array_like [tokens/word]
        Tokens for each word: 4/3 for English by the rule of thumb, 1.28 to 1.43 measured.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If words is below 0, or tokens_per_word is not above 0.

    References
    ----------
    OpenAI help centre, "What are tokens and how to count them": 100 tokens are about 75 words.

    Examples
    --------
    >>> print(f"{word_tokens(147):.0f}")
    196
    """
    return words * tokens_per_word


@worksheet("Tokens from text, images and video")
def token_words(tokens: Tokens, tokens_per_word: TokensPerWord = 4 / 3) -> Words:
    """Return the words that so many tokens hold.

    Parameters
    ----------
    tokens : array_like [tokens]
        Tokens of the text.
    tokens_per_word : array_like [tokens/word]
        Tokens for each word: 4/3 for English by the rule of thumb, 1.28 to 1.43 measured.

    Returns
    -------
    numpy.float64 or numpy.ndarray [words]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If tokens is below 0, or tokens_per_word is not above 0.

    References
    ----------
    OpenAI help centre, "What are tokens and how to count them": 100 tokens are about 75 words.

    Examples
    --------
    >>> print(f"{token_words(196):.0f}")
    147
    """
    return tokens / tokens_per_word


@worksheet("Tokens from text, images and video")
def image_tokens(height: Pixels, width: Pixels, patch: Pixels = 16.0) -> Tokens:
    """Return the patches that a vision transformer cuts an image into, one token each.

    Sides that the patch does not divide are padded to whole patches.

    Parameters
    ----------
    height : array_like [pixels]
        Height of the image.
    width : array_like [pixels]
        Width of the image.
    patch : array_like [pixels]
        Side of a square patch.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Whole numbers; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is not above 0.

    References
    ----------
    Dosovitskiy et al. 2020 (ViT), arXiv:2010.11929; Bao et al. 2021 (BEiT), arXiv:2106.08254.

    Examples
    --------
    >>> print(f"{image_tokens(224, 224):.0f}")
    196
    """
    return np.ceil(height / patch) * np.ceil(width / patch)
