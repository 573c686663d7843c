"""Regular expressions over what others wrote take time in proportion to its length."""

import functools
import importlib
import re
import time
from xml.parsers import expat

import pytest

from tests.conftest import ROOT
from tests.worst_letters import starts, texts

FOLDERS = ("ooxml", "calc", "runs", "native", "audit", "contracts", "focus", "analysis")
FILES = ("formula_text", "dialects", "files", "plain_texts", "values_copy")
SHORT = (1_000, 2_000, 4_000, 8_000, 16_000)
"""Letters of texts: at 16,000 a pattern that is quadratic takes far too long."""
LONG = (128_000, 2**20, 2**21)
"""Letters of texts up to 1 MB and 2 MB."""
STEEP = 1.6
"""The power of its letters with which the time of a text may grow: it is 1 or 2, and caches end."""
WORST = 3
"""Texts of a pattern that take longest at 16,000 letters, and are tried at 1 MB."""
SUSPICIOUS = 0.02
"""Seconds from which on it is measured whether twice the letters take twice the time."""
USES = re.compile(r"\b(\w+)\.(search|sub|subn|finditer|findall|split|match|fullmatch)\(")
ANCHORED = {"match", "fullmatch"}


def modules():
    for path in sorted((ROOT / "xlcalc").rglob("*.py")):
        name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        parts = name.removesuffix(".__init__").split(".")
        if len(parts) > 1 and (parts[1] in FOLDERS or parts[1] in FILES):
            yield ".".join(parts), path


@functools.cache
def uses(path):
    """Return by the name of a pattern the methods that a module calls of it."""
    found = {}
    for name, method in USES.findall(path.read_text(encoding="utf-8")):
        found.setdefault(name, set()).add(method)
    return found


def patterns():
    """Return each pattern that a module has, and whether nobody searches with it."""
    found = {}
    for name, path in modules():
        for attribute, value in vars(importlib.import_module(name)).items():
            several = value.values() if isinstance(value, dict) else (value,)
            for one in several:
                if isinstance(one, re.Pattern):
                    called = uses(path).get(attribute, set())
                    known = found.setdefault(
                        (one.pattern, one.flags), [f"{name}.{attribute}", one, set()]
                    )
                    known[2] |= called
    return [
        (where, one, bool(called) and called <= ANCHORED) for where, one, called in found.values()
    ]


def is_possible(text):
    """Whether a part of a workbook can have a text: others than well-formed ones are refused."""
    for whole in (f"<x>{text}</x>", f"<x {text}/>"):
        try:
            expat.ParserCreate().Parse(whole, True)
        except expat.ExpatError:
            continue
        return True
    return False


def seconds(pattern, text, anchored):
    """Return the least time of three, or of one where it is short or long."""
    least = float("inf")
    for _ in range(3):
        began = time.process_time()
        if anchored:
            pattern.match(text)
            pattern.fullmatch(text)
        else:
            for _ in pattern.finditer(text):
                pass
        least = min(least, time.process_time() - began)
        if least < SUSPICIOUS or least > 1.0:
            break
    return least


def kinds(pattern):
    """Return for each text that is hard for a pattern a function from letters to the text."""
    found = []
    for before, repeated in starts(pattern):
        for kind, short in enumerate(texts(before, repeated, SHORT[0])):
            if isinstance(pattern.pattern, str):
                found.append(lambda n, b=before, r=repeated, k=kind: list(texts(b, r, n))[k])
            elif is_possible(short):
                found.append(
                    lambda n, b=before, r=repeated, k=kind: list(texts(b, r, n))[k].encode(
                        "latin", "replace"
                    )
                )
    return found


def slow_text(pattern, anchored, tried=None, lengths=SHORT):
    """Return a text whose time grows far more than its letters, or None."""
    for of_length in kinds(pattern) if tried is None else tried:
        known = 0, 0.0
        for length in lengths:
            text = of_length(length)
            taken = seconds(pattern, text, anchored)
            if taken > SUSPICIOUS and known[1]:
                grown = length / known[0]
                if taken > known[1] * grown**STEEP:
                    return text[:60]
            known = length, taken
    return None


def worst(pattern, anchored):
    """Return what makes the texts that take longest."""
    return sorted(kinds(pattern), key=lambda made: -seconds(pattern, made(SHORT[-1]), anchored))[
        :WORST
    ]


FOUND = patterns()


def test_there_are_patterns():
    assert len(FOUND) > 100


@pytest.mark.parametrize(("where", "pattern", "anchored"), FOUND, ids=[one[0] for one in FOUND])
def test_twice_the_worst_letters_take_twice_the_time(where, pattern, anchored):
    assert slow_text(pattern, anchored) is None


@pytest.mark.thorough
@pytest.mark.parametrize(("where", "pattern", "anchored"), FOUND, ids=[one[0] for one in FOUND])
def test_two_megabytes_of_the_worst_letters_take_twice_the_time_of_one(where, pattern, anchored):
    assert slow_text(pattern, anchored, worst(pattern, anchored), LONG) is None


def test_a_pattern_that_is_not_linear_is_seen():
    assert slow_text(re.compile(r"<(a)\b[^<>]*>.*?</\1>", re.DOTALL), anchored=False)
    assert slow_text(re.compile(r"\s+x"), anchored=False)
    assert slow_text(re.compile(r"\d*\d*x"), anchored=True)
