"""What does a person at the terminal see of a batch: how far, how fast, what went wrong?

`ProgressDisplay` counts the runs that it is shown. It draws a bar on a terminal, prints what is
wrong with the first runs that failed, and asks the batch to stop at the first Ctrl-C.
"""

import signal
import time
from types import FrameType, TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from xlcalc.plain_texts import in_a_line, shortened
from xlcalc.runs.results import Result

LISTED_REMARKS = 20
"""Runs whose remarks are printed; errors.csv has all of them."""
_EVERY = 0.1
"""Seconds between two looks at the clock of the bar."""


class ProgressDisplay:
    """A progress bar with rate, errors and time left, and the remarks above it.

    Parameters
    ----------
    console : Console
        Where to print; a bar is drawn on a terminal only.
    total : int
        Runs in all.
    """

    def __init__(self, console: Console, total: int) -> None:
        self.done = self.wrong = 0
        self._stopping = False
        self._console = console
        self._progress = Progress(
            TextColumn("writing workbooks"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("", total=total)
        self._began = self._shown = time.monotonic()

    def __enter__(self) -> "ProgressDisplay":
        self._before = signal.signal(signal.SIGINT, self._interrupted)
        self._progress.start()
        return self

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        """Ask the batch to stop at the first Ctrl-C, and end at the second."""
        if self._stopping:
            raise KeyboardInterrupt
        self._stopping = True
        self.say("finishing the workbooks that were started; Ctrl-C again stops at once")

    def stopped(self) -> bool:
        """Whether the person has asked to stop."""
        return self._stopping

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()
        signal.signal(signal.SIGINT, self._before)

    def count(self, result: Result) -> None:
        """Count a result, and print its remark if it has one."""
        self.done += 1
        self.wrong += not result.ok
        now = time.monotonic()
        if now - self._shown > _EVERY:
            self._shown = now
            rate = self.done / (now - self._began)
            text = f"{rate:,.0f} a second, {self.wrong} not right"
            self._progress.update(self._task, completed=self.done, description=text)
        if result.ok or self.wrong > LISTED_REMARKS:
            return
        where = f"row {result.row}"
        if result.column:
            where += f', column "{result.column}"'
        self.say(f"{result.scenario} ({where}): {result.remark}", style="red")

    def say(self, text: str, style: str = "") -> None:
        """Print a sentence."""
        text = shortened(in_a_line(text))
        self._console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)
