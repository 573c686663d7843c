"""Inputs that are nearly right: formulas by a grammar, texts, and bytes with faults."""

from xlcalc.registry import BY_NAME

OWN = sorted(BY_NAME)
EXCELS = (
    *("SUM", "IF", "LEN", "REPT", "SUBSTITUTE", "LEFT", "MID", "TEXT", "VALUE", "DATE", "ROUND"),
    *("INDEX", "MATCH", "VLOOKUP", "OFFSET", "INDIRECT", "SUMPRODUCT", "IFERROR", "LET", "LAMBDA"),
    *("_xlfn.XLOOKUP", "CHOOSE", "COUNTIF", "SEQUENCE", "_xlfn._xlws.FILTER", "XLC.GPU_DAYS"),
)
OPERATORS = ("+", "-", "*", "/", "^", "&", "=", "<>", "<", ">", "<=", ">=", ":", ",", " ")
LEAVES = (
    *("1", "0", "-1", "1E308", "1e-320", "0.1", ".5", "12345678901234567890", "TRUE", "FALSE"),
    *('"a"', '""', '"a""b"', '"é\u200b"', "#N/A", "#DIV/0!", "#SPILL!", "A1", "$A$1", "A1:B9"),
    *("A:A", "1:1", "XFD1048576", "XFE1", "A0", "Sheet1!A1", "'a''b'!A1", "[1]Sheet1!A1", "size"),
    *("Table1[a]", "Table1[[#This Row],[a]]", "{1,2;3,4}", "{1,2;3}", "@A1:A3", "A1#", "nothing"),
)
LETTERS = (
    *("a", "1", " ", "=", "+", "-", "@", '"', "'", ",", ";", "\t", "\n", "\r", "|", "<", ">", "&"),
    *(
        "\x00",
        "\x07",
        "\x1b[31m",
        "\x7f",
        "\x9b",
        "\ud800",
        "\uffff",
        "\ufeff",
        "\u202e",
        "é",
        "字",
    ),
    *("\uff1d", "`", "[", "]", "(", "{", "}", "%", "\\", "_x0007_", "1" * 40, "../", "/", ":", "."),
)
NUMBERS = (
    *("1", "0", "-1", "1e308", "1e999", "-0.0", "nan", "inf", "1_000", "0x10", "1,5", "1.234,5"),
    *("2026-03-01", "9999-12-31", "10000-01-01", "31.12.2026", "TRUE", "#N/A", "9" * 400, "", " "),
)


def formula(source, depth=4):
    """Return a formula, seldom one that a spreadsheet program takes."""
    kind = source.below(8) if depth else 0
    if kind < 3:
        return source.one(LEAVES)
    if kind < 5:
        one, other = formula(source, depth - 1), formula(source, depth - 1)
        return f"{one}{source.one(OPERATORS)}{other}"
    if kind == 5:
        return f"({formula(source, depth - 1)}{'%' if source.chance(4) else ''})"
    name = source.one(OWN if kind == 6 else EXCELS)
    arguments = [formula(source, depth - 1) for _ in source.some(4)]
    text = f"{name}({','.join(arguments)})"
    return damaged(source, text) if source.chance(12) else text


def damaged(source, text):
    """Return a text with some letters more or fewer."""
    for _ in source.some(3):
        place = source.below(len(text) + 1)
        gone = source.below(4)
        text = text[:place] + source.one(LETTERS) * source.below(3) + text[place + gone :]
    return text


def text(source, most=6):
    """Return a text of letters that are something to somebody."""
    return "".join(source.one(LETTERS) for _ in source.some(most))


def damaged_bytes(source, data, pieces=()):
    """Return bytes with some of them changed, cut, doubled or replaced by pieces."""
    made = bytearray(data)
    for _ in source.some(4):
        place = source.below(len(made) + 1)
        kind = source.below(5)
        if kind == 0 and place < len(made):
            made[place] ^= 1 << source.below(8)
        elif kind == 1:
            del made[place : place + 1 + source.below(64)]
        elif kind == 2:
            made[place:place] = made[place : place + 1 + source.below(64)]
        elif kind == 3 and pieces:
            made[place:place] = source.one(pieces)
        else:
            made[place:place] = bytes([source.below(256)])
    return bytes(made)
