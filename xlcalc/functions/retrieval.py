"""What does a search over one's own documents take of memory and money?

The functions take documents or their vectors, and return the memory of the index or the cost of
embedding them.
"""

from xlcalc.functions.inference import TOKENS_PER_MTOKEN
from xlcalc.functions.memory import BYTES_PER_GB
from xlcalc.quantities import (
    BytesPerValue,
    Documents,
    Factor,
    MemoryGb,
    Money,
    PricePerMtokens,
    TokensPerDocument,
    Vectors,
    Width,
)
from xlcalc.worksheet import worksheet


@worksheet("Retrieval", since="0.2")
def vector_db_gb(
    vectors: Vectors,
    dimensions: Width,
    bytes_per_value: BytesPerValue = 4.0,
    overhead: Factor = 1.5,
) -> MemoryGb:
    """Return the memory of an index of embedded documents.

    Parameters
    ----------
    vectors : array_like [vectors]
        Vectors of the index, one for each piece of a document.
    dimensions : array_like [dimensions]
        Numbers of a vector.
    bytes_per_value : array_like [bytes/value]
        Bytes of a number: 4 for FP32, 1 for 8 bits.
    overhead : array_like [×]
        Memory over that of the vectors: the index and copies while it is tidied.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GB]
        Gigabytes of 1e9 bytes; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If vectors is below 0, or another argument is not above 0.

    References
    ----------
    Qdrant, Capacity planning: vectors × dimensions × 4 bytes × 1.5.

    Examples
    --------
    >>> print(f"{vector_db_gb(1e6, 1024):.3f}")
    6.144
    """
    return vectors * dimensions * bytes_per_value * overhead / BYTES_PER_GB


@worksheet("Retrieval", since="0.2")
def embed_cost(
    documents: Documents, tokens_per_document: TokensPerDocument, price: PricePerMtokens
) -> Money:
    """Return what the embedding of documents costs.

    Parameters
    ----------
    documents : array_like [documents]
        Documents or pieces of them, overlaps counted each time.
    tokens_per_document : array_like [tokens/document]
        Tokens of one of them.
    price : array_like [money/M tokens]
        Price of a million embedded tokens.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money]
        Currency of the price; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0.

    References
    ----------
    Price lists of embedding models per million tokens, as OpenAI's for text-embedding-3-small.

    Examples
    --------
    >>> print(f"{embed_cost(1e6, 500, 0.02):.0f}")
    10
    """
    return documents * tokens_per_document * price / TOKENS_PER_MTOKEN


FUNCTIONS = (
    vector_db_gb,
    embed_cost,
)
"""The functions of this topic, in the order of the function reference."""
