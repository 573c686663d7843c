"""How does a text of somebody else's stand in a line, and in a table of Markdown?"""


def in_a_line(text: str) -> str:
    """Return a text without what moves a terminal's cursor, breaks XML or cannot be written."""
    if text.isprintable():
        return text
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean.encode(errors="replace").decode()


def shortened(text: str, most: int = 1_000) -> str:
    """Return a text that is short enough to be read, with its end in place."""
    if len(text) <= most:
        return text
    begun, ended = text[: most * 3 // 4], text[-(most // 4) :]
    return f"{begun} … {len(text) - most:,} characters … {ended}"


def inert(text: str) -> str:
    """Return a text that stays one cell of a Markdown table, and does nothing there."""
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}")
    return " ".join(in_a_line(text).split())
