"""What a type checker says of a script that uses the package."""

import subprocess
import sys

import pytest

GOOD = """
from typing import assert_type

import numpy as np
import polars as pl
from numpy.typing import NDArray

import xlcalc

days: float = xlcalc.gpu_days(3e23, 312, 0.4)
whole: float = xlcalc.serving_gpus(100_000, np.float64(2_400))
assert_type(xlcalc.gpu_days([3e23, 1e24], 312, 0.4), NDArray[np.float64])
assert_type(xlcalc.gpu_days(np.array([3e23]), 312, mfu=0.4), NDArray[np.float64])
assert_type(xlcalc.gpu_days(pl.Series([3e23]), 312, 0.4), NDArray[np.float64])
assert_type(xlcalc.range_low(1e6, [0.2, 0.3]), np.float64)
assert_type(xlcalc.image_tokens_api(1024, 1024, "openai-tile-4o"), np.float64)
assert_type(xlcalc.image_tokens_api(1024, 1024, ["openai-tile-4o"]), NDArray[np.float64])
assert_type(xlcalc.catalogue_source("gpus", "h100-sxm"), str)
shape = (32, 4096, 11008, 32, 32, 128, 32000, 3)
params: float = xlcalc.model_params(*shape, tied_embeddings=True)
"""
WRONG = """
import xlcalc

days: str = xlcalc.gpu_days(3e23, 312, 0.4)
xlcalc.gpu_days(3e23, 312)
xlcalc.gpu_days(3e23, 312, object())
"""


def checked(tmp_path, script):
    path = tmp_path / "script.py"
    path.write_text(script, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)


@pytest.mark.slow
def test_numbers_lists_arrays_and_columns_pass_a_strict_type_checker(tmp_path):
    done = checked(tmp_path, GOOD)
    assert ("Success: no issues found in 1 source file\n", 0) == (done.stdout, done.returncode)


@pytest.mark.thorough
@pytest.mark.slow
def test_a_type_checker_sees_a_wrong_type_and_an_argument_too_few(tmp_path):
    done = checked(tmp_path, WRONG)
    assert 1 == done.returncode
    lines = sorted({int(line.split(":")[1]) for line in done.stdout.splitlines()
                    if ": error:" in line})  # fmt: skip
    assert [4, 5, 6] == lines
