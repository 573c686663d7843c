"""Which add-in is this, for Excel?

A manifest's id tells one add-in from another. The same namespace at the same address is the same
add-in, however often the project is written.
"""

import uuid

ENVIRONMENTS = ("dev", "qa", "uat", "staging", "prod")
"""The environments of xlwings Server, each an add-in of its own."""


def manifest_id(namespace: str, url: str, environment: str) -> str:
    """Return the id of an add-in.

    Parameters
    ----------
    namespace : str
        What stands before the names of the functions.
    url : str
        Address of the server.
    environment : str
        One of `ENVIRONMENTS`.

    Returns
    -------
    str
        A UUID made of these three. It is marked as one of version 4, because xlwings Server takes
        no other.
    """
    made = uuid.uuid5(uuid.NAMESPACE_URL, f"{url}#{namespace}.{environment}")
    return str(uuid.UUID(bytes=made.bytes, version=4))
