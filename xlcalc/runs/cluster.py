"""How does a Dask cluster make the files of a batch?"""

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from typing import Any

from xlcalc import catalogue as catalogue_package
from xlcalc.errors import UsageError, WorkerError
from xlcalc.runs.functions_elsewhere import files_with_workers
from xlcalc.runs.jobs import BatchJob, Block, BlockResult, Production
from xlcalc.runs.stores import Folder
from xlcalc.runs.workbook_writer import WorkbookWriter

WINDOW = 64
"""Tasks that are on their way at once; on a large cluster two for each thread."""
CLUSTER = 32
"""Workers that a list is divided for, if it is not long enough for more."""
CONNECTING = 10.0
"""Seconds to wait for a scheduler."""
ARRIVING = 60.0
"""Seconds to wait for a worker, where there is none or none is left."""
LOOKING = 5.0
"""Seconds without a result, after which to see whether there are workers."""
_KEPT = "what is done is kept, and --resume finishes the rest"


def on_cluster(address: str, job: BatchJob, todo: Iterator[Block]) -> Production:
    """Make the files of all blocks on a cluster, and yield what became of them in their order.

    The job is sent as a task of its own, whose result travels once to each worker; where all that
    have it die, the cluster makes it again. The block of a worker that dies goes to another one.

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
                window = max(WINDOW, 2 * sum(client.nthreads().values()))
                sent = client.submit(_received, _for_elsewhere(job), pure=False)
                waiting: deque[Any] = deque()
                for block in todo:
                    waiting.append(client.submit(_work, sent, block, pure=False, retries=2))
                    if len(waiting) >= window:
                        yield _result(client, waiting.popleft())
                while waiting:
                    yield _result(client, waiting.popleft())
    except (CommClosedError, CancelledError):
        raise WorkerError(f"the cluster at {address} is lost; {_KEPT}") from None
    except TimeoutError:
        raise WorkerError(f"the cluster at {address} has no worker; {_KEPT}") from None
    except OSError as error:
        reason = " ".join(str(error).split())
        raise WorkerError(f"the cluster at {address} does not answer: {reason}; {_KEPT}") from None
    except distributed.KilledWorker as error:
        raise WorkerError(
            f"{error.allowed_failures + 1} workers of the cluster at {address} died of the same "
            f"scenarios; {_KEPT}"
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


def _result(client: Any, future: Any) -> BlockResult:
    """Return what became of a block, as long as there is a worker that can make it."""
    while True:
        try:
            made: BlockResult = future.result(timeout=LOOKING)
        except TimeoutError:
            if future.status == "error":
                raise
            client.wait_for_workers(1, timeout=ARRIVING)
        else:
            return made


def _for_elsewhere(job: BatchJob) -> BatchJob:
    """Return a job whose paths mean the same in every working directory."""
    store, folder = job.store, job.catalogue
    return replace(
        job,
        store=Folder(store.path.absolute()) if isinstance(store, Folder) else store,
        catalogue=None if folder is None else folder.absolute(),
    )


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


def _received(job: BatchJob) -> BatchJob:
    """Return a job as a result, which workers hand on to each other."""
    return job


_lock = threading.Lock()
_writers: dict[str, WorkbookWriter] = {}


def _work(job: BatchJob, block: Block) -> BlockResult:
    """Make a block in a process of the cluster, which keeps the workbook that it has prepared.

    A process may have several threads; they take turns, because they would share one workbook.
    """
    key = f"{job.template_hash}{job.store!r}{job.columns!r}{job.catalogue}"
    with _lock:
        if key not in _writers:
            _writers.clear()
            catalogue_package.use(job.catalogue)
            _writers[key] = WorkbookWriter(job, job.model())
        return _writers[key].make(block)
