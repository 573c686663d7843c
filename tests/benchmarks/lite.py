"""What a call costs in xlwings Lite: `python -m tests.benchmarks.lite`.

Measured in Python for wasm32 with xlwings' own conversions, the fastest of ten calls. Excel's part
and the way between it and Python are not in it.
"""

from tests.wasm import ask_wasm
from xlcalc.hosts.light_wheel import light_wheel


def main() -> None:
    print(f"wheel           {len(light_wheel()) / 1000:8.0f} kB")
    column = [[7e9 + row] for row in range(10_000)]
    names = [["A100 SXM 80GB"]] * 10_000
    scalar, many, found = ask_wasm(
        ["seconds", "TRAIN_FLOPS", [[7e9]], [[1.4e12]], None],
        ["seconds", "TRAIN_FLOPS", column, column, None],
        ["seconds", "GPU_SPEC", names, [["tdp_w"]]],
    )
    print(f"import          {scalar['import'] * 1000:8.0f} ms")
    print(f"one cell        {scalar['call'] * 1000:8.2f} ms")
    print(f"10,000 cells    {many['call'] * 1000:8.0f} ms")
    print(f"10,000 look-ups {found['call'] * 1000:8.0f} ms")


if __name__ == "__main__":
    main()
