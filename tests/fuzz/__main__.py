"""Try inputs for some time: `python -m tests.fuzz --seconds 60 --target formula`.

Without a target each gets its share of the time. The inputs follow from `--seed`, a run of bytes
for each; atheris, where it is installed, changes the bytes so that they reach code that no input
has reached (`--atheris`, for one target). A fault ends the run with status 1; it names the target,
and the bytes that `tests/test_fuzz.py` takes.
"""

import argparse
import contextlib
import random
import resource
import sys
import time
import traceback

from xlcalc.confinement import limit_memory

MOST_SECONDS = 20.0
"""Seconds that no input may take."""
MOST_BYTES = 2**30
"""Memory of the process that tries."""


def data_of(seed: int, number: int) -> bytes:
    """Return the bytes of an input."""
    rng = random.Random(f"{seed} {number}")  # noqa: S311  they shall be the same again
    return rng.randbytes(rng.choice((8, 32, 128, 512)))


def tried(name: str, seconds: float, seed: int) -> tuple[int, int, list[bytes]]:
    """Try inputs on a target; return how many, how many were refused, and those with a fault."""
    from tests.fuzz.targets import attempt

    faults: dict[str, bytes] = {}
    refused = number = 0
    with contextlib.suppress(Exception):
        attempt(name, b"")  # engines start, which is no input's time
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = data_of(seed, number)
        began = time.monotonic()
        try:
            refused += attempt(name, data)
            if time.monotonic() - began > MOST_SECONDS:  # or the machine was busy
                began = time.monotonic()
                attempt(name, data)
            if time.monotonic() - began > MOST_SECONDS:
                raise AssertionError(f"it took {time.monotonic() - began:.1f} s")  # noqa: TRY301
        except (Exception, RecursionError) as error:  # noqa: BLE001  any of them is a fault
            kind, place = type(error).__name__, traceback.extract_tb(error.__traceback__)[-1]
            key = f"{kind} at {place.filename}:{place.lineno}"
            if key not in faults:
                faults[key] = data
                print(f"{name}: {data.hex()}\n  {key}: {str(error)[:300]!r}", flush=True)
                traceback.print_exc(limit=-6)
        number += 1
    return number, refused, list(faults.values())


def with_atheris(name: str, seconds: float, seed: int) -> None:
    """Let atheris choose the bytes by the branches of xlcalc that they reach."""
    import atheris

    with atheris.instrument_imports(include=["xlcalc", "tests.fuzz"]):
        from tests.fuzz.targets import attempt

    def one(data: bytes) -> None:
        try:
            attempt(name, data)
        except Exception:
            print(f"{name}: {data.hex()}", flush=True)
            raise

    options = (f"-max_total_time={int(seconds)}", f"-seed={seed}", "-rss_limit_mb=2048")
    atheris.Setup([sys.argv[0], *options, f"-timeout={int(MOST_SECONDS)}", "-max_len=512"], one)
    atheris.Fuzz()


def main() -> None:
    """Try inputs, and say how many there were."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--target", action="append", help="one of tests/fuzz/targets.py")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--atheris", action="store_true")
    asked = parser.parse_args()
    if asked.atheris:
        with_atheris((asked.target or ["package"])[0], asked.seconds, asked.seed)
        return
    from tests.fuzz.targets import TARGETS

    names = asked.target or list(TARGETS)
    if unknown := [name for name in names if name not in TARGETS]:
        parser.error(f"no target {unknown[0]}; there are {', '.join(TARGETS)}")
    limit_memory(MOST_BYTES)
    wrong = 0
    for name in names:
        count, refused, faults = tried(name, asked.seconds / len(names), asked.seed)
        wrong += len(faults)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{name}: {count:,} inputs, {refused:,} refused, peak {peak} MB", flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
