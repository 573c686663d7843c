"""Which texts cost a regular expression most time?

For each repeat of a pattern: a text that leads to it, what it repeats many times, and then nothing
that the pattern goes on with. What makes a search begin anew at each letter is tried as well.
"""

import re
from re import _constants as ops
from re import _parser as parser

_SETS = {
    ops.CATEGORY_SPACE: " ",
    ops.CATEGORY_NOT_SPACE: "a",
    ops.CATEGORY_DIGIT: "1",
    ops.CATEGORY_NOT_DIGIT: "a",
    ops.CATEGORY_WORD: "a",
    ops.CATEGORY_NOT_WORD: "-",
}
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)
_LOOKS = (ops.ASSERT, ops.ASSERT_NOT)
_MANY = 50
"""Repeats from which on one counts as without an end."""


def starts(pattern):
    """Return pairs of a text before a repeat and what is repeated."""
    flags = pattern.flags
    source = (
        pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin")
    )
    found = []
    _walk(parser.parse(source, flags & ~re.UNICODE & ~re.ASCII), "", found, {})
    return list(dict.fromkeys(found))


def texts(before, repeated, length):
    """Return texts of about a length that are hard for a pattern."""
    number = max(1, length // max(1, len(repeated)))
    yield before + repeated * number
    yield before + repeated * number + "\x01"
    both = before + repeated
    if before:
        yield both * max(1, length // len(both))
        yield before * max(1, length // len(before))


def _walk(tree, before, found, groups):
    """Note the repeats of a tree, and return a text that it matches."""
    made = ""
    for kind, value in tree:
        made += _node(kind, value, before + made, found, groups)
    return made


def _node(kind, value, before, found, groups):
    if kind in _REPEATS:
        least, most, inside = value
        once = _walk(inside, before, found, groups)
        if most > _MANY and once:
            found.append((before, once))
            for other in _others(inside):
                found.append((before, other))
        return once * min(least, 4)
    if kind is ops.SUBPATTERN:
        text = _walk(value[-1], before, found, groups)
        groups[value[0]] = text
        return text
    if kind is ops.ATOMIC_GROUP:
        return _walk(value, before, found, groups)
    if kind is ops.BRANCH:
        first, *_ = [_walk(branch, before, found, groups) for branch in value[1]]
        return first
    if kind in _LOOKS:
        _walk(value[1], before, found, groups)
        return ""
    if kind is ops.GROUPREF:
        return groups.get(value, "")
    if kind is ops.GROUPREF_EXISTS:
        return _walk(value[1], before, found, groups)
    return _letter(kind, value)


def _letter(kind, value):
    if kind is ops.LITERAL:
        return chr(value)
    if kind is ops.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is ops.ANY:
        return "a"
    if kind is ops.IN:
        return _of_set(value)
    return ""


def _of_set(items):
    if items[0][0] is ops.NEGATE:
        shut = re.compile(_set_text(items))
        return next(letter for letter in "a1 -,<'\"\0" if shut.fullmatch(letter))
    kind, value = items[0]
    if kind is ops.RANGE:
        return chr(value[0])
    return _SETS[value] if kind is ops.CATEGORY else chr(value)


def _others(tree):
    """Return other letters that a repeated set or branch takes: blanks and signs of markup."""
    if len(tree) == 1 and tree[0][0] is ops.IN:
        shut = re.compile(_set_text(tree[0][1]))
        return [letter for letter in " <\"'=a1" if shut.fullmatch(letter)]
    if len(tree) == 1 and tree[0][0] is ops.ANY:
        return [" ", "<"]
    return []


_CLASSES = {
    ops.CATEGORY_SPACE: r"\s",
    ops.CATEGORY_NOT_SPACE: r"\S",
    ops.CATEGORY_DIGIT: r"\d",
    ops.CATEGORY_NOT_DIGIT: r"\D",
    ops.CATEGORY_WORD: r"\w",
    ops.CATEGORY_NOT_WORD: r"\W",
}


def _set_text(items):
    text = ""
    for kind, value in items:
        if kind is ops.NEGATE:
            text += "^"
        elif kind is ops.LITERAL:
            text += re.escape(chr(value))
        elif kind is ops.RANGE:
            text += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        else:
            text += _CLASSES[value]
    return f"[{text}]"
