"""How long do calls take in LibreOffice: `python -m tests.benchmarks.calls_in_libreoffice`.

A column of 2,000 formulas with a call each is calculated beside one of the same products without a
call, in LibreOffice 25.2: once with the calls answered by a process of this Python, and once by
LibreOffice's own, which is lent this Python's numpy. The least of five is printed.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.calc import UNPACKED, Calc
from xlcalc.hosts.libreoffice import extension

COUNT = 2000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        addin = Path(folder) / "xlcalc.oxt"
        addin.write_bytes(extension(Path(sys.executable)))
        calc = Calc(UNPACKED, addin, Path(folder) / "home")
        steps: list[tuple] = [("FillDown", "A", COUNT, "#")]
        for formula in ("=A#*6*1E9", "=TRAIN_FLOPS(A#;1E9)"):
            steps += [("FillDown", "B", COUNT, formula), ("Measure",)]
        own = {"PYTHONPATH": str(Path(np.__file__).parent.parent)}
        for where, environment in (("a process beside it", {}), ("LibreOffice's Python", own)):
            [plain], [called] = calc.ask(steps, **environment)
            print(f"{COUNT} calls in {where} add {float(called) - float(plain):.3f} s")


if __name__ == "__main__":
    main()
