"""What is a run called, and where does its file lie?"""

import re
import unicodedata
from collections.abc import Mapping

MAX_STEM_BYTES = 180
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])(\..*)?", re.I)


def named(template: str, words: Mapping[str, object], name: str) -> tuple[str, str]:
    """Return the name of a run by a template, and the path of its file without the ending.

    What stands between slashes of the template is a folder, made safe by itself: no value leads
    out of the place where the files go.
    """
    parts = [printable(part.format_map(words).strip()) for part in template.split("/")]
    *folders, last = [part for part in parts[:-1] if part] + [parts[-1] or name]
    return "/".join((*folders, last)), "/".join(map(file_stem, (*folders, last)))


def file_stem(name: str) -> str:
    """Return a name as a file may be called on Windows, macOS and Linux, without its ending."""
    stem = _UNSAFE.sub("-", unicodedata.normalize("NFC", name))
    cut = stem.strip(" .").encode()[:MAX_STEM_BYTES].decode(errors="ignore")
    stem = cut.strip(" .")
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return stem or "scenario"


def printable(text: str) -> str:
    """Return a text without halves of characters, which no file can hold."""
    return text.encode(errors="replace").decode()
