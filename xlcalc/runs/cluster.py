"""How does a Dask cluster make the files of a batch?"""

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from xlcalc import catalogue as catalogue_package
from xlcalc.runs.connection import connected, result_of
from xlcalc.runs.jobs import BatchJob, Block, BlockResult, Production
from xlcalc.runs.rows_writer import Writer, writer_of
from xlcalc.runs.stores import Folder

WINDOW = 64
"""Tasks that are on their way at once; on a large cluster two for each thread."""
CLUSTER = 32
"""Workers that a list is divided for, if it is not long enough for more."""
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
    with connected(address, _KEPT) as client:
        window = max(WINDOW, 2 * sum(client.nthreads().values()))
        sent = client.submit(_received, _for_elsewhere(job), pure=False)
        waiting: deque[Any] = deque()
        for block in todo:
            waiting.append(client.submit(_work, sent, block, pure=False, retries=2))
            if len(waiting) >= window:
                yield result_of(client, waiting.popleft())
        while waiting:
            yield result_of(client, waiting.popleft())


def _for_elsewhere(job: BatchJob) -> BatchJob:
    """Return a job whose paths mean the same in every working directory."""
    store, folder = job.store, job.catalogue
    return replace(
        job,
        store=Folder(store.path.absolute()) if isinstance(store, Folder) else store,
        catalogue=None if folder is None else folder.absolute(),
    )


def _received(job: BatchJob) -> BatchJob:
    """Return a job as a result, which workers hand on to each other."""
    return job


_lock = threading.Lock()
_writers: dict[str, Writer] = {}


def _work(job: BatchJob, block: Block) -> BlockResult:
    """Make a block in a process of the cluster, which keeps the workbook that it has prepared.

    A process may have several threads; they take turns, because they would share one workbook.
    """
    key = f"{job.template_hash}{job.store!r}{job.columns!r}{job.lists!r}{job.catalogue}"
    with _lock:
        if key not in _writers:
            _writers.clear()
            catalogue_package.use(job.catalogue)
            _writers[key] = writer_of(job, job.model())
        return _writers[key].make(block)
