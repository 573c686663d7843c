"""A few hostile inputs of each kind, and all that `python -m tests.fuzz` has found."""

import pytest

from tests.fuzz.__main__ import data_of
from tests.fuzz.source import Source
from tests.fuzz.targets import TARGETS, attempt

QUICK = {
    **dict.fromkeys(("calculation", "recalculation", "workbook_list", "config"), 20),
    "conversion": 50,
}
FOUND = [
    # A defined name without a name, in a conversion to plain formulas.
    ("conversion", "c3580b742f5faa2f97cccf21a82188b43b8b6cd88c1782ddc9570afb2d92cb1a"),
    # A formula with a bracket too many, and one with half of a character.
    ("formula", "7e386ba676bcc4f1dd733c2fc2347159e34dc9f3e101e88f1e6667359252a692"),
]


@pytest.mark.parametrize("name", TARGETS)
def test_a_hostile_input_is_refused_in_a_sentence_or_taken(name):
    for number in range(QUICK.get(name, 200)):
        attempt(name, data_of(3, number))


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_was_found_stays_mended(name, data):
    attempt(name, bytes.fromhex(data))


def test_decisions_behind_the_end_of_the_bytes_are_the_first():
    source = Source(b"\x05")
    assert (5, 0, "a") == (source.below(10), source.below(10), source.one("abc"))
