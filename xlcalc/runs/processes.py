"""Which processes of this machine make the files of a batch: this one, or several others?"""

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from xlcalc import catalogue
from xlcalc.calc.model import WorkbookModel
from xlcalc.confinement import end_with_parent
from xlcalc.errors import WorkerError
from xlcalc.runs.jobs import BatchJob, Block, BlockResult, Production
from xlcalc.runs.rows_writer import writer_of


def in_this_process(job: BatchJob, model: WorkbookModel, todo: Iterator[Block]) -> Production:
    """Make the files of all blocks from a workbook that is read already."""
    writer = writer_of(job, model)
    for block in todo:
        yield writer.make(block)


def in_processes(job: BatchJob, todo: Iterator[Block], count: int) -> Production:
    """Make the files of all blocks in several processes, and yield the results in their order.

    Raises
    ------
    WorkerError
        If a process that was working died.
    """
    # Not forked: the engine has threads, which a fork would leave behind.
    with ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_begin, initargs=(job,)
    ) as pool:
        waiting: deque[Future[BlockResult]] = deque()
        try:
            for block in todo:
                waiting.append(pool.submit(_work, block))
                if len(waiting) > 2 * count:
                    yield waiting.popleft().result()
            for future in waiting:
                yield future.result()
        except BrokenProcessPool:
            raise WorkerError(
                "a worker process died; what is done is kept, and --resume finishes the rest"
            ) from None
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


_make: Callable[[Block], BlockResult] | None = None


def _begin(job: BatchJob) -> None:
    """Prepare a worker process."""
    global _make
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    end_with_parent(os.getppid())  # at once on Linux, lest it write when another run has begun
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    if job.catalogue is not None:
        catalogue.use(job.catalogue)
    _make = writer_of(job, job.model()).make


def _end_with(parent: int) -> None:
    """End this process when its parent is gone, which it would not notice by itself."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _work(block: Block) -> BlockResult:
    assert _make is not None  # noqa: S101  _begin comes first
    return _make(block)
