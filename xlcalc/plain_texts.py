"""How does a text of somebody else's stand in a line, and in a table of Markdown?"""


def in_a_line(text: str) -> str:
    """Return a text without what moves a terminal's cursor, breaks XML or cannot be written."""
    if text.isprintable():
        return text
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean.encode(errors="replace").decode()


def inert(text: str) -> str:
    """Return a text that stays one cell of a Markdown table, and does nothing there."""
    for character in "\\`*_[]<>|":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())
