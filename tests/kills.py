"""Kill commands at random moments: `python -m tests.kills --count 100 --seed 7`.

What must hold after each: no file is half, a file that is calculated in place is the old one or the
new one, and the next run makes the same bytes as an undisturbed one and leaves nothing else behind.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from tests.workbooks import small_workbook

ROWS = 1_500


def command(*arguments):
    return [sys.executable, "-m", "xlcalc.cli", *map(str, arguments)]


def run(*arguments):
    """Run a command to its end."""
    done = subprocess.run(command(*arguments), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def killed(seconds, *arguments):
    """Begin a command, and end it and all that it began after some seconds."""
    with subprocess.Popen(
        command(*arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        process.wait(60)
    return process.returncode


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Killing:
    """A folder with a workbook and a list, and what an undisturbed run makes of them."""

    def __init__(self, folder, rows=ROWS):
        self.folder = folder
        cells = {"A1": 1.0, **{f"A{n}": f"=A{n - 1}*1.01+{n}" for n in range(2, 60)}}
        names = {"size": "A1", "total": "A59"}
        (folder / "own.xlsx").write_bytes(small_workbook(cells, names))
        lines = "".join(f"run {number},{number}\n" for number in range(1, rows + 1))
        (folder / "list.csv").write_text(f"scenario,size\n{lines}", encoding="utf-8")
        began = time.monotonic()
        run(*self.batch("right"))
        self.seconds = time.monotonic() - began
        self.right = contents(folder / "right")

    def batch(self, out, *options):
        return (
            "batch",
            self.folder / "own.xlsx",
            self.folder / "list.csv",
            "-o",
            self.folder / out,
            *options,
        )

    def batch_killed(self, rng, *options):
        """Kill a batch, see that no file is half, and run it again."""
        out = self.folder / "out"
        killed(rng.uniform(0.2, 1.1 * self.seconds), *self.batch("out", *options))
        for path in out.rglob("*.xlsx") if out.exists() else ():
            assert zipfile.is_zipfile(path), path
        run(*self.batch("out", *rng.choice(((), ("--resume",), ("--jobs", "2", "--resume")))))
        assert self.right == contents(out)
        if rng.random() < 0.5:
            shutil.rmtree(out)

    def recalc_killed(self, rng):
        """Kill a calculation in place, and see that the file is the old one or the new one."""
        place = self.folder / "place"
        place.mkdir(exist_ok=True)
        file = place / "own.xlsx"
        old = (self.folder / "own.xlsx").read_bytes()
        file.write_bytes(old)
        run("recalc", self.folder / "own.xlsx", "-o", self.folder / "new.xlsx")
        new = (self.folder / "new.xlsx").read_bytes()
        killed(rng.uniform(0.2, 2.0), "recalc", file)
        assert file.read_bytes() in (old, new)
        run("recalc", file)
        assert new == file.read_bytes()
        assert ["own.xlsx"] == sorted(os.listdir(place))


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.kills")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    rng = random.Random(asked.seed)  # noqa: S311  the moments shall be the same again
    with tempfile.TemporaryDirectory() as name:
        killing = Killing(Path(name))
        kinds = {
            "a batch": lambda: killing.batch_killed(rng),
            "a batch of two processes": lambda: killing.batch_killed(rng, "--jobs", "2"),
            "a batch that is resumed": lambda: killing.batch_killed(rng, "--resume"),
            "a calculation in place": lambda: killing.recalc_killed(rng),
        }
        counts = dict.fromkeys(kinds, 0)
        for number in range(asked.count):
            kind = list(kinds)[number % len(kinds)]
            kinds[kind]()
            counts[kind] += 1
    print(", ".join(f"{count} kills of {kind}" for kind, count in counts.items()))


if __name__ == "__main__":
    main()
