"""The package as Python imports it: what it gives, and what it loads."""

import subprocess
import sys

import pytest

import xlcalc


def loaded(code):
    """Return the modules that are loaded after some code has run."""
    command = [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_importing_the_package_loads_nothing_of_it_until_a_name_is_asked_for():
    modules = loaded("import xlcalc")
    assert {"xlcalc", "xlcalc._version"} == {
        name for name in modules if name.partition(".")[0] == "xlcalc"
    }
    assert "numpy" not in modules


def test_a_function_is_there_without_workbooks():
    modules = loaded("from xlcalc import train_flops; assert 6.0 == train_flops(1, 1)")
    assert "xlcalc.functions" in modules
    assert not {"openpyxl", "formualizer", "xlcalc.calc", "xlcalc.runs"} & modules


def test_a_star_import_gives_what_opens_and_makes_workbooks_and_not_a_hundred_functions():
    names = {}
    exec("from xlcalc import *", names)  # noqa: S102  it is what is tested
    assert {"batch", "load", "report"} == names.keys() - {"__builtins__"}
    assert all(map(callable, (names["batch"], names["load"], names["report"])))


def test_the_public_names_are_listed():
    listed = dir(xlcalc)
    assert {"train_flops", "gpu_days", "batch", "__version__"} <= set(listed)


def test_a_module_is_imported_by_its_name_and_is_no_function():
    assert "xlcalc.dialects" in loaded("from xlcalc import dialects")


@pytest.mark.parametrize("name", ["train_flop", "__wrapped__", "TRAIN_FLOPS"])
def test_a_name_that_is_not_there_is_an_attribute_error(name):
    with pytest.raises(AttributeError, match=f"module 'xlcalc' has no attribute '{name}'"):
        getattr(xlcalc, name)
