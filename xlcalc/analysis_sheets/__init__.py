"""How does the answer to a question become a sheet of the workbook that was asked?

`to_workbook` takes a workbook and what `xlcalc.analysis` found, and returns the file of the
workbook with one sheet more: figures, a native chart, a few sentences, and where they come from.
Everything else is as it was. The same question about the same workbook gives the same bytes.
"""

from typing import TypeAlias

from xlcalc.analysis import Bridge, Grid, Minimum, Simulation, Solution, Tornado
from xlcalc.analysis_sheets import bridge, goal, heat_map, histogram, least, tornado
from xlcalc.analysis_sheets.origin import Asked as Asked
from xlcalc.errors import AnalysisError
from xlcalc.ooxml.tabs import free_tab
from xlcalc.ooxml.transplants import transplant_sheet
from xlcalc.workbook import Workbook

Answer: TypeAlias = Bridge | Tornado | Grid | Solution | Minimum | Simulation


def to_workbook(book: Workbook, found: Answer, asked: Asked | str = "") -> tuple[bytes, str]:
    """Return a workbook with the answer to a question on a sheet of its own.

    Parameters
    ----------
    book : Workbook
        The workbook that was asked; of two that were compared, the new one.
    found : Bridge, Tornado, Grid, Solution, Minimum or Simulation
        What a function of `xlcalc.analysis` returned for it.
    asked : Asked or str, optional
        How the question was asked, which the sheet repeats.

    Returns
    -------
    (bytes, str)
        The file, and the name of the new sheet: Bridge, Tornado, Grid, Goal or Simulation, with a
        number where the workbook has one already.

    Raises
    ------
    WorkbookError
        If the workbook is in the strict form of the file format.

    Examples
    --------
    >>> import xlcalc
    >>> from xlcalc.analysis import sensitivity
    >>> budget = xlcalc.load("training_budget")
    >>> data, tab = to_workbook(budget, sensitivity(budget, "total_cost"))
    >>> tab
    'Tornado'
    """
    if isinstance(asked, str):
        asked = Asked(asked)
    package = book.fresh_package()
    match found:
        case Bridge():
            tab = free_tab(package, bridge.TAB)
            made = bridge.bridge_sheet(book, tab, found, asked)
        case Tornado():
            tab = free_tab(package, tornado.TAB)
            made = tornado.tornado_sheet(book, tab, found, asked)
        case Grid():
            tab = free_tab(package, heat_map.TAB)
            made = heat_map.grid_sheet(book, tab, found, asked)
        case Solution():
            if not found.values:
                raise AnalysisError(f"{found.output} is never {found.target:.6g}: no goal to show")
            tab = free_tab(package, goal.TAB)
            made = goal.goal_sheet(book, tab, found, asked)
        case Minimum():
            tab = free_tab(package, goal.TAB)
            made = least.least_sheet(book, tab, found, asked)
        case Simulation():
            tab = free_tab(package, histogram.TAB)
            made = histogram.simulation_sheet(book, tab, found, asked)
    transplant_sheet(package, made, tab)
    package.drop_calculation_chain()  # the sheet has formulas, which the list would lack
    return package.to_bytes(), tab
