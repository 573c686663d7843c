"""How many tokens is a text?

The functions take words, characters or bytes, and return tokens; the rate is an argument.
"""

from xlcalc.quantities import (
    Bytes,
    BytesPerToken,
    Chars,
    CharsPerToken,
    Share,
    Tokens,
    TokensPerWord,
    Words,
)
from xlcalc.worksheet import worksheet


@worksheet("Tokens from text, images and video", since="0.1")
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


@worksheet("Tokens from text, images and video", since="0.1")
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


@worksheet("Tokens from text, images and video", since="0.1")
def char_tokens(chars: Chars, chars_per_token: CharsPerToken) -> Tokens:
    """Return the tokens of a text of so many characters.

    Parameters
    ----------
    chars : array_like [characters]
        Characters of the text, Chinese ones included.
    chars_per_token : array_like [characters/token]
        Measured rate of the tokenizer, as `xlcalc catalogue tokenisers` lists it.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If chars is below 0, or chars_per_token is not above 0.

    References
    ----------
    Rates measured for each tokenizer: xlcalc/catalogue/tokenisation.csv.

    Examples
    --------
    >>> print(f"{char_tokens(1e6, 1.84):.0f}")
    543478
    """
    return chars / chars_per_token


@worksheet("Tokens from text, images and video", since="0.1")
def byte_tokens(
    bytes: Bytes,  # noqa: A002  the name that the worksheet shows
    bytes_per_token: BytesPerToken = 4.0,
    kept_fraction: Share = 1.0,
) -> Tokens:
    """Return the training tokens of a raw corpus.

    Parameters
    ----------
    bytes : array_like [bytes]
        Size of the corpus.
    bytes_per_token : array_like [bytes/token]
        Bytes for each token: about 4 for English, 2.7 to 4.9 for Chinese in UTF-8.
    kept_fraction : array_like [ratio]
        Share that filters and deduplication leave, between 0 and 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [tokens]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Rates measured for each tokenizer: xlcalc/catalogue/tokenisation.csv.

    Examples
    --------
    >>> print(f"{byte_tokens(1e15):.3g}")
    2.5e+14
    """
    return bytes / bytes_per_token * kept_fraction


FUNCTIONS = (
    word_tokens,
    token_words,
    char_tokens,
    byte_tokens,
)
"""The functions of this topic, in the order of the function reference."""
