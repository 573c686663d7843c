"""Which questions does a budget answer once it calculates, beside its own results?

`compare` says which inputs moved a result, `sensitivity` which ones would move it most, `grid` what
two of them do together; `solve` finds the input that gives a wanted result, `minimise` the inputs
that make one least; `simulate` says how uncertain it is where its inputs are. Each takes a
`xlcalc.workbook.Workbook` with named cells and gives data; tables, JSON and sheets are renderings.
"""

from xlcalc.analysis.bridge import Bridge as Bridge
from xlcalc.analysis.bridge import Part as Part
from xlcalc.analysis.bridge import compare as compare
from xlcalc.analysis.bridge import compare_workbooks as compare_workbooks
from xlcalc.analysis.goals import Minimum as Minimum
from xlcalc.analysis.goals import Solution as Solution
from xlcalc.analysis.goals import minimise as minimise
from xlcalc.analysis.goals import solve as solve
from xlcalc.analysis.sensitivities import Grid as Grid
from xlcalc.analysis.sensitivities import Swing as Swing
from xlcalc.analysis.sensitivities import Tornado as Tornado
from xlcalc.analysis.sensitivities import grid as grid
from xlcalc.analysis.sensitivities import sensitivity as sensitivity
from xlcalc.analysis.simulation import Driver as Driver
from xlcalc.analysis.simulation import Percentile as Percentile
from xlcalc.analysis.simulation import Simulation as Simulation
from xlcalc.analysis.simulation import simulate as simulate
