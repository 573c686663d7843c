"""What does a workbook of ours look like?

Finance conventions: inputs blue on pale yellow, formulas black, links to other sheets green,
negative numbers in brackets. Every template and report takes its looks from here.
"""

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

FAMILY = "Arial"
NAVY = "1F3864"
TEAL = "2A7F8E"
AMBER = "D98E04"
RED = "B54747"
GREY = "6B7280"
LINE = "D0D5DD"
BAND = "EEF2F7"
INPUT_BLUE = "0000FF"
INPUT_YELLOW = "FFF9DB"
LINK_GREEN = "00733B"
GOOD = "FFD8F0DF"
BAD = "FFF9D6D5"
FAIR = "FFFDEBC8"

TEXT = Font(name=FAMILY, size=10)
BOLD = Font(name=FAMILY, size=10, bold=True)
TITLE = Font(name=FAMILY, size=18, bold=True, color=NAVY)
SUBTITLE = Font(name=FAMILY, size=10, color=GREY)
SECTION = Font(name=FAMILY, size=11, bold=True, color=NAVY)
HEADING = Font(name=FAMILY, size=10, bold=True, color="FFFFFF")
RUN_LINK = Font(name=FAMILY, size=10, color="0563C1", underline="single")
NOTE = Font(name=FAMILY, size=9, color=GREY)
NAME = Font(name="Courier New", size=9, color=GREY)
INPUT = Font(name=FAMILY, size=10, color=INPUT_BLUE)
LINK = Font(name=FAMILY, size=10, color=LINK_GREEN)
BOLD_LINK = Font(name=FAMILY, size=10, bold=True, color=LINK_GREEN)
URL = Font(name=FAMILY, size=9, color="0563C1", underline="single")
FIGURE = Font(name=FAMILY, size=20, bold=True, color=NAVY)
FIGURE_LABEL = Font(name=FAMILY, size=9, bold=True, color=GREY)
CHART_SIZE = 9.0
"""Size of what a chart writes at its axes, in points."""
LARGER = {
    id(font): Font(
        name=font.name, size=10, bold=font.bold, color=font.color, underline=font.underline
    )
    for font in (NOTE, NAME, URL, FIGURE_LABEL)
}
"""Small letters as a sheet has them that is wide, and therefore printed smaller."""

HEADING_FILL = PatternFill("solid", fgColor=NAVY)
BAND_FILL = PatternFill("solid", fgColor=BAND)
INPUT_FILL = PatternFill("solid", fgColor=INPUT_YELLOW)
GOOD_FILL = PatternFill("solid", bgColor=GOOD, fgColor=GOOD)
BAD_FILL = PatternFill("solid", bgColor=BAD, fgColor=BAD)
FAIR_FILL = PatternFill("solid", bgColor=FAIR, fgColor=FAIR)

HAIRLINE = Border(bottom=Side(style="hair", color=LINE))
UNDERLINE = Border(bottom=Side(style="medium", color=NAVY))
BOX = Border(*(Side(style="thin", color=LINE) for _ in range(4)))
TOTAL = Border(top=Side(style="thin", color=NAVY), bottom=Side(style="double", color=NAVY))

LEFT = Alignment(horizontal="left", vertical="center")
RIGHT = Alignment(horizontal="right", vertical="center")
SHRUNK_RIGHT = Alignment(horizontal="right", vertical="center", shrink_to_fit=True)
INDENTED = Alignment(horizontal="left", vertical="center", indent=1)
CENTER = Alignment(horizontal="center", vertical="center")
WRAPPED = Alignment(horizontal="left", vertical="center", wrap_text=True)
WRAPPED_INDENTED = Alignment(horizontal="left", vertical="center", indent=1, wrap_text=True)
WRAPPED_RIGHT = Alignment(horizontal="right", vertical="center", wrap_text=True)
SHRUNK = Alignment(horizontal="left", vertical="center", shrink_to_fit=True)

UNLOCKED = Protection(locked=False)

LIGHT_TEAL = "8CC5CE"
LIGHT_AMBER = "F3CF8E"
PLUM = "8E5A8A"
OLIVE = "7A8F3A"
ROSE = "D98C95"
BROWN = "7A5C43"
SERIES_COLORS = (
    *(TEAL, AMBER, NAVY, GREY, LIGHT_TEAL, LIGHT_AMBER),
    *(PLUM, OLIVE, ROSE, BROWN),
)
"""As many as a chart has series, so that no two look alike."""


def accounting(number_format: str) -> str:
    """Return a format that shows negative numbers in brackets, aligned with positive ones."""
    return f"{number_format}_);({number_format})" if "#" in number_format else number_format


def padded(number_format: str) -> str:
    """Return a format that aligns figures and words with those of an accounting format."""
    if number_format == "General":
        return "General_);-General_);General_);@_)"
    sections = number_format.split(";")
    return ";".join(s if s.endswith(")") else f"{s}_)" for s in sections)
