"""Ranges around a cell are found without a look at each, and each is walked over once."""

import random

from xlcalc.calc.dependents import Dependents
from xlcalc.calc.read_ranges import ReadRanges


def test_the_readers_of_a_cell_are_those_whose_ranges_hold_it():
    draw = random.Random(1)  # noqa: S311  the same at every run
    ranges, boxes = ReadRanges(), []
    for number in range(400):
        left, top = draw.choice([1, 3, 70]), draw.randint(1, 40)
        right, bottom = left + draw.choice([0, 0, 1, 100]), top + draw.choice([0, 1, 7, 30])
        boxes.append((left, top, right, bottom))
        ranges.add("S", boxes[-1], ("S", (number, 500)))
    for row in range(1, 80):
        for column in (1, 2, 4, 70, 103, 104, 171):
            expected = [
                ("S", (number, 500))
                for number, (left, top, right, bottom) in enumerate(boxes)
                if left <= column <= right and top <= row <= bottom
            ]
            assert expected == sorted(ranges.readers(("S", (row, column))))
    assert [] == list(ranges.readers(("T", (3, 1))))


def test_a_range_that_is_written_from_its_end_is_read_too():
    ranges = ReadRanges()
    ranges.add("S", (2, 9, 1, 3), ("S", (20, 1)))
    assert [("S", (20, 1))] == list(ranges.readers(("S", (4, 2))))


def test_running_totals_are_walked_over_in_few_steps(monkeypatch):
    count = 4_000
    formulas = {("S", (row, 1)): "X1" for row in range(1, count + 1)}
    formulas |= {("S", (row, 2)): f"SUM(A$1:A{row})" for row in range(1, count + 1)}
    steps, follow = [0], ReadRanges.follow

    def counted(self, node):
        for following in follow(self, node):
            steps[0] += 1
            yield following

    monkeypatch.setattr(ReadRanges, "follow", counted)
    dependents = Dependents(formulas, ["S"], {}, {})
    assert set() == dependents.in_circles()
    assert count == len(dependents.after([("S", (1, 1))]))
    assert steps[0] < 40 * count  # there are 8,002,000 pairs of a cell and a total


def test_a_circle_through_a_range_is_found_and_what_only_reads_it_is_not():
    formulas = {
        ("S", (1, 1)): "SUM(B1:B9)",
        ("S", (4, 2)): "A1+1",
        ("S", (5, 2)): "7",
        ("S", (1, 3)): "SUM(A1:B9)",
    }
    dependents = Dependents(formulas, ["S"], {}, {})
    assert {("S", (1, 1)), ("S", (4, 2))} == dependents.in_circles()
