"""What questions about a workbook cost: `python -m tests.benchmarks.analysis`.

A million draws of the training budget beside the same budget written by hand in numpy, on the same
draws; a goal from the shell; a tornado of the compute plan, the largest of the templates.
"""

import subprocess
import sys
import time

import numpy as np
from numpy.typing import NDArray

import xlcalc
from tests.benchmarks.evaluation import fastest
from tools import ROOT
from xlcalc import analysis
from xlcalc.analysis.distributions import distribution
from xlcalc.analysis.questions import Question

DRAWS = 1_000_000
VARY = {
    "mfu": "triangular(0.3,0.4,0.5)",
    "price_per_gpu_hour": "lognormal(2,0.2)",
    "tokens": "uniform(2e11,4e11)",
}
FILES = ROOT / "workbooks"
MOST_TIMES = 50.0
"""What a million draws of the workbook may take, in times of the expression by hand."""
MOST_SECONDS_OF_A_GOAL = 0.5
MOST_SECONDS_OF_A_TORNADO = 2.0


def drawn(count: int) -> dict[str, NDArray[np.float64]]:
    """Return values of the inputs that vary."""
    random = np.random.default_rng(20261126)
    return {
        name: np.asarray(distribution(text).quantiles(random.random(count)), np.float64)
        for name, text in VARY.items()
    }


def by_hand(given: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the total cost as somebody would write it in numpy."""
    hours = 6.0 * 175e9 * given["tokens"] / (312e12 * given["mfu"]) / 3600.0
    return hours * given["price_per_gpu_hour"] * 1.1


def seconds(*arguments: str) -> float:
    """Return the seconds of a command from the shell, the fastest of some calls."""
    command = [sys.executable, "-m", "xlcalc.cli", *arguments]
    return fastest(lambda: subprocess.run(command, check=True, capture_output=True))


def main() -> None:
    budget = xlcalc.load("training_budget")
    given = drawn(DRAWS)
    question = Question(budget, "total_cost")
    made, hand = question.outputs(given), by_hand(given)
    np.testing.assert_allclose(made, hand, rtol=1e-12)
    bare = fastest(lambda: by_hand(given))
    ours = fastest(lambda: question.outputs(given))
    print(f"{DRAWS:,} draws by hand in numpy       {bare:7.4f} s")
    print(
        f"{DRAWS:,} draws of the workbook        {ours:7.4f} s  {ours / bare:5.1f} times, at most "
        f"{MOST_TIMES:.0f}"
    )
    hand_drawn = fastest(lambda: np.quantile(by_hand(drawn(DRAWS)), [0.1, 0.5, 0.9]))
    print(f"by hand, with draws and percentiles     {hand_drawn:7.4f} s")
    whole = fastest(lambda: analysis.simulate(budget, "total_cost", VARY, draws=DRAWS))
    print(
        f"simulate: latin hypercube, drivers too  {whole:7.4f} s  {whole / hand_drawn:5.1f} times"
    )
    goal = seconds(
        "solve",
        f"{FILES}/training_budget.xlsx",
        "--output=total_cost",
        "--target=5e6",
        "--by=params",
    )
    print(
        f"a goal from the shell                   {goal:7.4f} s, at most {MOST_SECONDS_OF_A_GOAL}"
    )
    plan, output = xlcalc.load(FILES / "compute_plan.xlsx"), "net_present_value"
    start = time.perf_counter()
    found = analysis.sensitivity(plan, output)
    first = time.perf_counter() - start
    print(
        f"a tornado of {output}, {len(found.swings)} inputs move it  {first:7.4f} s, at most "
        f"{MOST_SECONDS_OF_A_TORNADO}"
    )


if __name__ == "__main__":
    main()
