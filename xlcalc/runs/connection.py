"""How is a Dask cluster reached, and what is said where it is not, or is lost?"""

import contextlib
import logging
from collections.abc import Iterator
from concurrent.futures import CancelledError
from typing import Any

from xlcalc.errors import UsageError, WorkerError
from xlcalc.runs.functions_elsewhere import files_with_workers

CONNECTING = 10.0
"""Seconds to wait for a scheduler."""
ARRIVING = 60.0
"""Seconds to wait for a worker, where there is none or none is left."""
LOOKING = 5.0
"""Seconds without a result, after which to see whether there are workers."""


@contextlib.contextmanager
def connected(address: str, kept: str) -> Iterator[Any]:
    """Give a client of the cluster at an address, whose workers know the functions of others.

    Parameters
    ----------
    address : str
        Of the scheduler, as tcp://host:8786.
    kept : str
        What holds if the cluster is lost, at the end of a sentence.

    Raises
    ------
    UsageError
        If the address is not one, or the package is missing.
    WorkerError
        If the cluster cannot be reached, has no worker, is lost or is unfit.
    """
    try:
        import distributed
        from distributed.comm.addressing import get_address_host_port
        from distributed.comm.core import CommClosedError
    except ImportError:
        raise UsageError("a cluster needs the package dask: pip install 'xlcalc[dask]'") from None
    try:
        get_address_host_port(address)
    except ValueError as error:
        raise UsageError(
            f'"{address}" is not the address of a scheduler, as tcp://host:8786: {error}'
        ) from None
    try:
        with (
            _silent("distributed.client"),
            distributed.Client(  # type: ignore[no-untyped-call]
                address, timeout=CONNECTING, set_as_default=False
            ) as client,
        ):
            client.wait_for_workers(1, timeout=ARRIVING)
            _compare_versions(client)
            with files_with_workers(client):
                yield client
    except (CommClosedError, CancelledError):
        raise WorkerError(f"the cluster at {address} is lost; {kept}") from None
    except TimeoutError:
        raise WorkerError(f"the cluster at {address} has no worker; {kept}") from None
    except OSError as error:
        reason = " ".join(str(error).split())
        raise WorkerError(f"the cluster at {address} does not answer: {reason}; {kept}") from None
    except distributed.KilledWorker as error:
        raise WorkerError(
            f"{error.allowed_failures + 1} workers of the cluster at {address} died of the same "
            f"scenarios; {kept}"
        ) from None


@contextlib.contextmanager
def _silent(name: str) -> Iterator[None]:
    """Keep a logger from telling by tracebacks what an exception tells in a sentence."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


def result_of(client: Any, future: Any) -> Any:
    """Return what became of a task, as long as there is a worker that can do it."""
    while True:
        try:
            made = future.result(timeout=LOOKING)
        except TimeoutError:
            if future.status == "error":
                raise
            client.wait_for_workers(1, timeout=ARRIVING)
        else:
            return made


def _compare_versions(client: Any) -> None:
    """Refuse a cluster that would write other files, or none."""
    found = client.get_versions(packages=["xlcalc"])
    ours, *others = (
        machine["packages"].get("xlcalc")
        for machine in (found["client"], found["scheduler"], *found["workers"].values())
    )
    for other in others:
        if other != ours:
            has = "no xlcalc" if other is None else f"xlcalc {other}"
            raise WorkerError(f"a process of the cluster has {has}; all need xlcalc {ours}")
