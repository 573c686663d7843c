"""How is a workbook calculated for many scenarios at once?

Each formula that follows from the varied inputs runs once for all scenarios, on numpy vectors with
one value a scenario. `compiled.VectorisedWorkbook` is the way in.

What follows from the scenario
    A cell is *live* if it is a varied input, or if its formula reads a live cell, straight or
    through others (`calculation_order`). Every other cell is constant, and so is every part of a
    live formula that reads no live cell: the engine calculates them once. Formulas are read from
    text into trees that hold cells, ranges and constants only (`reading`): names, LET, ROW and
    COLUMN, OFFSET and INDIRECT by constants, SUBTOTAL, and whole columns, of which the cells that
    exist count, are settled there. TODAY and NOW are one moment, `WorkbookModel.now`.

When a formula is asked of the engine
    Where vectors do not know a function (VLOOKUP), or do not know it for these values (a text that
    looks like a number in an addition), they raise `NeedsEngine`, and the engine computes that part
    of the formula for all scenarios together (`fallback`). What takes a part of several values is
    asked for as a whole.

When a workbook is not vectorised
    `NotVectorised` says why it is calculated scenario by scenario instead: the value of a live
    formula does not follow from the values of cells alone (RAND, OFFSET by a live number, CELL), it
    fills several cells, it has a wrong number of arguments, or cells follow from each other in a
    circle. A single scenario is left to the engine where a part of a formula is beyond what a cell
    holds (`VectorisedWorkbook.needs_engine`).

One formula, from text to values. A1 is varied, C1 is 3, C2 is 4, A5:B5 is 1 and 10, A6 holds
`=A1*2` and B6 20; B1 holds::

    =IF(A1>C1,A1/SUM(C1:C2),VLOOKUP(A1,A5:B6,2,FALSE))

    tree   Call IF
             Call >        Cell A1, Cell C1
             Call /        Cell A1, Call SUM (Range C1:C2)
             Call VLOOKUP  Cell A1, Range A5:B6, Literal 2, Literal FALSE

    nodes  KnownNode IF
             OperationNode >      Link A1, Constant 3
             OperationNode /      Link A1, Constant 7
             FallbackNode VLOOKUP(□,□,2.0,FALSE)     gaps A1 and A5:B6

    values of A1      data [1, 14, 2]           no codes
    of A6             data [2, 28, 4]           no codes
    of A1>C1          data [F, T, F]            no codes
    of A1/7           data [1/7, 2, 2/7]        no codes
    of the VLOOKUP    data [10, 0, 0]           codes [0, #N/A, #N/A]
    of B1             data [10, 2, 0]           codes [0, 0, #N/A]

The scratch sheet of that VLOOKUP. Each copy of the formula takes as many rows as its highest gap,
gaps stand side by side from column C on, and TRUE beside and below a formula keeps an array from
spilling. Equal combinations of values are asked for once, and answers are kept::

          A                           B     C   D   E
      1   =VLOOKUP(C1,D1:E2,2,FALSE)  TRUE  1   1   10    A1, and the first row of A5:B6
      2   TRUE                                  2   20    its second row
      3   =VLOOKUP(C3,D3:E4,2,FALSE)  TRUE  14  1   10    the second scenario
      4   TRUE                                  28  20
      5   =VLOOKUP(C5,D5:E6,2,FALSE)  TRUE  2   1   10    the third
      6   TRUE                                  4   20

What holds of every vector (`vectors.Vector`; a test looks at all that are made)
    - `data` is of dtype float64 if all values that are no errors are numbers, of bool if all are
      TRUE or FALSE, and else of object: str, float, bool, or None for an empty cell.
    - Numbers are finite. What is not is #NUM!, as Excel has no infinity.
    - `codes` is None if no value is an error; else uint8, in the shape of `data`, 0 where there is
      no error. `data` has 0, FALSE or an empty text where there is one, whatever was calculated.
    - The shape is `(count,)`, the number of scenarios. Within an operator it may be `()`, one value
      for all; what a node gives never is. A node may give a plain cell value instead of a vector,
      which is the same in each scenario.
    - Vectors may be views of each other, and are never changed.

Vectors follow Excel. Where the engine gives something else, the tests list it
(`tests/test_vectorised_functions.py`), and a batch that meets it ends with a sentence,
because the first scenario of each block is calculated on both roads and compared.
"""
