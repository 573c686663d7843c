"""What does an API charge for caches, batches and agents?

The functions take tokens and prices of a million tokens, and return money or one mixed price, in
the currency of the given prices.
"""

import numpy as np

from xlcalc.functions.inference import TOKENS_PER_MTOKEN
from xlcalc.quantities import (
    Calls,
    InputPerOutput,
    Money,
    PricePerMtokens,
    Share,
    Tokens,
)
from xlcalc.worksheet import same_as, worksheet


@worksheet("API bills", since="0.2")
def api_cost_cached(
    prompt_tokens: Tokens,
    cached_tokens: Tokens,
    output_tokens: Tokens,
    input_price: PricePerMtokens,
    output_price: PricePerMtokens,
    cache_read_price: PricePerMtokens,
    cache_write_tokens: Tokens = 0.0,
    cache_write_price: PricePerMtokens = same_as("input_price"),
    batch_discount: Share = 0.0,
) -> Money:
    """Return what tokens cost where a part of the prompts is read from a cache.

    Parameters
    ----------
    prompt_tokens : array_like [tokens]
        Tokens sent, those read from and written to the cache included.
    cached_tokens : array_like [tokens]
        Tokens of them that the cache had.
    output_tokens : array_like [tokens]
        Tokens received.
    input_price : array_like [money/M tokens]
        Price of a million tokens sent.
    output_price : array_like [money/M tokens]
        Price of a million tokens received.
    cache_read_price : array_like [money/M tokens]
        Price of a million tokens that the cache had.
    cache_write_tokens : array_like [tokens]
        Tokens of the prompts that were written to the cache.
    cache_write_price : array_like [money/M tokens]
        Price of a million tokens written to the cache.
    batch_discount : array_like [ratio]
        Share that a batch takes off the whole bill, between 0 and 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money]
        Currency of the prices; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0, batch_discount is above 1, or more tokens are cached than sent.

    References
    ----------
    DeepSeek 2025, Open-Source Week day 6: DeepSeek-V3/R1 inference system overview.

    Examples
    --------
    >>> print(f"{api_cost_cached(608e9, 342e9, 168e9, 0.55, 2.19, 0.14):.0f}")
    562100
    """
    fresh = prompt_tokens - cached_tokens - cache_write_tokens
    bill = (
        fresh * input_price
        + cached_tokens * cache_read_price
        + cache_write_tokens * cache_write_price
        + output_tokens * output_price
    )
    return np.where(fresh >= 0.0, bill / TOKENS_PER_MTOKEN * (1.0 - batch_discount), np.nan)


@worksheet("API bills", since="0.2")
def agent_cost(
    calls: Calls,
    system_tokens: Tokens,
    user_tokens: Tokens,
    output_tokens: Tokens,
    input_price: PricePerMtokens,
    output_price: PricePerMtokens,
    cache_read_price: PricePerMtokens = same_as("input_price"),
    reasoning_tokens: Tokens = 0.0,
) -> Money:
    """Return what a task costs in which an agent calls a model again and again.

    Every call sends the whole conversation: the system prompt, all inputs so far and all earlier
    answers. What was sent before is read from the cache; thoughts are paid as output and not sent
    again.

    Parameters
    ----------
    calls : array_like [calls]
        Calls of a task, n.
    system_tokens : array_like [tokens]
        Tokens of the system prompt and the tools' descriptions, S.
    user_tokens : array_like [tokens]
        Tokens that each call adds: a question, or a tool's result, u.
    output_tokens : array_like [tokens]
        Tokens of each answer, o.
    input_price : array_like [money/M tokens]
        Price of a million tokens sent.
    output_price : array_like [money/M tokens]
        Price of a million tokens received.
    cache_read_price : array_like [money/M tokens]
        Price of a million tokens that the cache had.
    reasoning_tokens : array_like [tokens]
        Tokens of thought before each answer.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money]
        Money a task in the currency of the prices; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If calls is below 1, or another argument is below 0.

    References
    ----------
    Sent n·S + u·n·(n+1)/2 + o·n·(n-1)/2 tokens, of which S + n·u + (n-1)·o for the first time;
    Anthropic, Prompt caching (prices of reads).

    Examples
    --------
    >>> print(f"{agent_cost(20, 5000, 500, 800, 3, 15):.3f}")
    1.311
    """
    sent = (
        calls * system_tokens
        + user_tokens * calls * (calls + 1.0) / 2.0
        + output_tokens * calls * (calls - 1.0) / 2.0
    )
    first = system_tokens + calls * user_tokens + (calls - 1.0) * output_tokens
    received = calls * (output_tokens + reasoning_tokens)
    bill = first * input_price + (sent - first) * cache_read_price + received * output_price
    return bill / TOKENS_PER_MTOKEN


@worksheet("API bills", since="0.2")
def blended_price(
    input_price: PricePerMtokens,
    output_price: PricePerMtokens,
    input_per_output: InputPerOutput = 3.0,
    cached_share: Share = 0.0,
    cache_read_price: PricePerMtokens = same_as("input_price"),
) -> PricePerMtokens:
    """Return the mean price of a million tokens, sent and received together.

    Parameters
    ----------
    input_price : array_like [money/M tokens]
        Price of a million tokens sent.
    output_price : array_like [money/M tokens]
        Price of a million tokens received.
    input_per_output : array_like [input tokens/output token]
        Tokens sent for each token received.
    cached_share : array_like [ratio]
        Share of the tokens sent that the cache had, between 0 and 1.
    cache_read_price : array_like [money/M tokens]
        Price of a million tokens that the cache had.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money/M tokens]
        Currency of the prices; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0, or cached_share is above 1.

    References
    ----------
    Artificial Analysis, Methodology: blended price, 3 tokens sent for each token received.

    Examples
    --------
    >>> print(f"{blended_price(3, 15):.2f}")
    6.00
    """
    sent = (1.0 - cached_share) * input_price + cached_share * cache_read_price
    return (input_per_output * sent + output_price) / (input_per_output + 1.0)


FUNCTIONS = (
    api_cost_cached,
    agent_cost,
    blended_price,
)
"""The functions of this topic, in the order of the function reference."""
