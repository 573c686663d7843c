"""What is a file that is no xlsx workbook, and what can the person who gave it do?"""

from collections.abc import Collection

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a compound file begins, which Office wrote before 2007 and puts encrypted packages into."""
_SAVE = "open it in Excel or LibreOffice, and save it as .xlsx"
_BEGINNINGS = {
    b"%PDF-": "it is a PDF file; give the workbook that it was printed from",
    b"{\\rtf": f"it is a text in the format RTF; {_SAVE}",
    b"\x1f\x8b": "it is compressed by gzip; unpack it first",
}
_TEXT = bytes({*range(32, 256), *b"\t\n\r"})


def other_format(data: bytes) -> str:
    """Return what a file is that is no zip archive, with what to do; or an empty text."""
    if not data:
        return "it is empty"
    if data.startswith(_COMPOUND):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return (
                "it is protected by a password; open it in Excel with the password, take that off "
                "(File, Info, Protect Workbook, Encrypt with Password), and save it"
            )
        return f"it is in the old .xls format; {_SAVE}"
    for beginning, reason in _BEGINNINGS.items():
        if data.startswith(beginning):
            return reason
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] == b"<":
        return f"it is a page of HTML or XML under the name of a workbook; {_SAVE}"
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or not data[:4096].translate(None, _TEXT):
        return f"it is a text, as a CSV file; {_SAVE}"
    return ""


def other_archive(parts: Collection[str]) -> str:
    """Return what a zip archive is that has no workbook, with what to do; or an empty text."""
    if "xl/workbook.bin" in parts:
        return f"it is a binary workbook (.xlsb); {_SAVE}"
    if "content.xml" in parts and "mimetype" in parts:
        return f"it is a file of OpenDocument, as .ods; {_SAVE}"
    if any(part.startswith("Index/") and part.endswith(".iwa") for part in parts):
        return "it is a file of Apple Numbers; export it as .xlsx there"
    if any(part.startswith(("word/", "ppt/")) for part in parts):
        return "it is a document of another program of Office"
    return ""
