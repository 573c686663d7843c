"""ONLYOFFICE's own engine: `python -m tests.onlyoffice`, jobs on stdin, values on stdout, as JSON.

It runs in a process of its own, for its native library may end one. A job is a file, the cells that
somebody types something into, and whether every formula is entered anew: the library calculates
what follows from what is typed, and no formula of a file as it opens.
"""

import importlib.util
import json
import subprocess
import sys
from typing import Any

AVAILABLE = importlib.util.find_spec("docbuilder") is not None

_TYPE = "Api.GetSheet({sheet}).GetRange({cell}).SetValue({value});"
_ENTER = """(function () {
  var sheets = Api.GetSheets();
  for (var i = sheets.length - 1; i >= 0; i--) {
    var used = sheets[i].GetUsedRange();
    if (used) used.ForEach(function (cell) {
      var formula = cell.GetFormula();
      if (typeof formula === "string" && formula.charAt(0) === "=") cell.SetValue(formula);
    });
  }
})()"""
_READ = """globalThis.found = (function () {
  var sheets = Api.GetSheets(), all = {};
  for (var i = 0; i < sheets.length; i++) {
    var used = sheets[i].GetUsedRange(), cells = {};
    if (used) used.ForEach(function (cell) {
      var formula = cell.GetFormula();
      if (typeof formula === "string" && formula.charAt(0) === "=")
        cells[cell.GetAddress(false, false)] = cell.GetValue2();
    });
    all[sheets[i].GetName()] = cells;
  }
  return JSON.stringify(all);
})()"""


def calculated(jobs: list[dict[str, Any]], seconds: int) -> list[dict[str, dict[str, object]]]:
    """Return the values of the formula cells of each job's file, by sheet and cell.

    Parameters
    ----------
    jobs : list of dict
        For each the `file`, what is `typed` as a list of sheet, cell and value, and whether all
        formulas are to `enter` anew.
    seconds : int
        Time for all of them.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.onlyoffice"],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _run(jobs: list[dict[str, Any]]) -> list[object]:
    import docbuilder

    builder = docbuilder.CDocBuilder()
    found = []
    for job in jobs:
        builder.OpenFile(job["file"], "")
        for sheet, cell, value in job["typed"]:
            told = {"sheet": sheet, "cell": cell, "value": str(value)}
            builder.ExecuteCommand(_TYPE.format(**{k: json.dumps(v) for k, v in told.items()}))
        if job["enter"]:
            builder.ExecuteCommand(_ENTER)
        builder.ExecuteCommand(_READ)
        found.append(json.loads(builder.GetContext().GetGlobal()["found"].ToString()))
        builder.CloseFile()
    return found


if __name__ == "__main__":
    print(json.dumps(_run(json.load(sys.stdin))))
