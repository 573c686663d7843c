"""Which VBA makes our functions functions of Excel?

One module: a function for each worksheet function, which hands its arguments to Python in the way
that xlwings' own generated code does; what turns the texts of errors into errors; and `Auto_Open`,
which gives Excel the help of every function each time that a person opens the workbook. It needs
no preprocessor, and nothing but the function `XLPy` of xlwings' module or add-in.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from xlcalc._version import __version__
from xlcalc.hosts.windows.vba_texts import call
from xlcalc.vba_words import usable
from xlcalc.worksheet import Spec, argument_help, function_help, help_link

MODULE = "xlwings_udfs"
"""The name that xlwings gives to its own generated module: who clicks Import Functions replaces
ours, and has no function twice."""
OTHER_MODULE = "xlcalc_udfs"
"""Our module where a workbook has another one of that name."""
PYTHON_MODULE = "xlcalc_udfs"
CATEGORY = "xlcalc"
STATUS = "XLCALC_STATUS"
"""The worksheet function that tells whether Python answers."""
ERROR_NUMBERS = {
    "#NULL!": 2000,
    "#DIV/0!": 2007,
    "#VALUE!": 2015,
    "#REF!": 2023,
    "#NAME?": 2029,
    "#NUM!": 2036,
    "#N/A": 2042,
}
"""The errors of a cell, and the numbers by which VBA's `CVErr` makes them."""

_HEAD = """\
' The functions of xlcalc {version}, for xlwings {xlwings}. Made by: xlcalc excel windows
' Each function calls Python by XLPy, which xlwings brings. Whether Python answers, a cell with
' =XLCALC_STATUS() tells.
Option Explicit

Private lastFailure As String
"""

# xlwings' own code has the same call. Outside of a cell, as in other VBA, a failure is raised.
_FUNCTION = """
Public Function {name}({parameters})
    If TypeOf Application.Caller Is Range Then On Error GoTo xlcalcFailed
    {name} = XlcalcResult(XLPy.CallUDF("{module}", "{name}", \
Array({arguments}), ThisWorkbook, Application.Caller))
    Exit Function
xlcalcFailed:
    {name} = XlcalcFailure(Err.Description)
End Function
"""

_STATUS = """
' Whether Python answers, and what the last call failed of that did not reach it.
Public Function {status}() As String
    Dim found As Object
    On Error GoTo xlcalcFailed
    Set found = XLPy.Module("{module}")
    {status} = "Python answers."
    If lastFailure <> "" Then {status} = {status} & " The last failure: " & lastFailure
    Exit Function
xlcalcFailed:
    {status} = Err.Description
End Function
"""

_RESULT = """
' A call that did not reach Python.
Private Function XlcalcFailure(ByVal description As String) As Variant
    lastFailure = description
    XlcalcFailure = CVErr(2015)
End Function

' A result with errors in the place of their texts. Python gives rows even for one cell.
Private Function XlcalcResult(ByVal found As Variant) As Variant
    Dim shown() As Variant
    Dim i As Long
    Dim j As Long
    If Not IsArray(found) Then
        XlcalcResult = XlcalcCell(found)
        Exit Function
    End If
    If LBound(found, 1) = UBound(found, 1) And LBound(found, 2) = UBound(found, 2) Then
        XlcalcResult = XlcalcCell(found(LBound(found, 1), LBound(found, 2)))
        Exit Function
    End If
    ReDim shown(LBound(found, 1) To UBound(found, 1), LBound(found, 2) To UBound(found, 2))
    For i = LBound(found, 1) To UBound(found, 1)
        For j = LBound(found, 2) To UBound(found, 2)
            shown(i, j) = XlcalcCell(found(i, j))
        Next j
    Next i
    XlcalcResult = shown
End Function

Private Function XlcalcCell(ByVal content As Variant) As Variant
    XlcalcCell = content
    If VarType(content) <> vbString Then Exit Function
    Select Case content
{cases}
    End Select
End Function
"""

# Excel keeps no help of a function of VBA for good. Whoever closes the workbook is not asked to
# save what nobody changed.
_OPEN = """
' Runs when a person opens the workbook.
Public Sub Auto_Open()
    Dim unchanged As Boolean
    unchanged = ThisWorkbook.Saved
{calls}
    ThisWorkbook.Saved = unchanged
End Sub
"""

# A function without help still calculates.
_DESCRIBE = """
Private Sub XlcalcDescribe(ByVal callee As String, ByVal link As String, ByVal help As String, \
ParamArray arguments() As Variant)
    Dim place As String
    Dim texts As Variant
    On Error Resume Next
    place = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & callee
    texts = arguments
    If link = "" Then
        Application.MacroOptions Macro:=place, Description:=help, Category:="{category}", \
ArgumentDescriptions:=texts
    Else
        Application.MacroOptions Macro:=place, Description:=help, Category:="{category}", \
HelpFile:=link, ArgumentDescriptions:=texts
    End If
End Sub
"""


def module_text(specs: Sequence[Spec], xlwings: str, name: str = MODULE) -> str:
    """Return the module as a file that the Visual Basic Editor imports.

    Parameters
    ----------
    specs : sequence of Spec
        The functions.
    xlwings : str
        Version of xlwings that the module is for.
    name : str, optional
        Name of the module.

    Returns
    -------
    str
        ASCII, with the line ends of Windows.
    """
    return (f'Attribute VB_Name = "{name}"\n' + module_body(specs, xlwings)).replace("\n", "\r\n")


def module_body(specs: Sequence[Spec], xlwings: str) -> str:
    """Return the module without its name, its lines divided by line feeds."""
    topics = [(topic, list(group)) for topic, group in groupby(specs, key=lambda spec: spec.topic)]
    calls = "\n".join(f"    XlcalcHelp{number}" for number in range(1, len(topics) + 1))
    cases = "\n".join(
        f'        Case "{code}": XlcalcCell = CVErr({number})'
        for code, number in ERROR_NUMBERS.items()
    )
    return "".join(
        (
            _HEAD.format(version=__version__, xlwings=xlwings),
            *map(_function, specs),
            _STATUS.format(status=STATUS, module=PYTHON_MODULE),
            _RESULT.format(cases=cases),
            _OPEN.format(calls=calls),
            *_topics(topics),
            _DESCRIBE.format(category=CATEGORY),
        )
    )


def _function(spec: Spec) -> str:
    names = [usable(argument.name, spec.name) for argument in spec.arguments]
    declared = (
        f"Optional {name}" if argument.optional else name
        for name, argument in zip(names, spec.arguments, strict=True)
    )
    return _FUNCTION.format(
        name=spec.name,
        module=PYTHON_MODULE,
        parameters=", ".join(declared),
        arguments=", ".join(names),
    )


def _topics(topics: list[tuple[str, list[Spec]]]) -> Iterator[str]:
    """Yield a procedure for each topic; VBA compiles none of more than 64 KB."""
    for number, (topic, specs) in enumerate(topics, start=1):
        lines = "\n".join(
            call(
                "XlcalcDescribe",
                [
                    spec.name,
                    help_link(spec),
                    function_help(spec),
                    *(argument_help(argument) for argument in spec.arguments),
                ],
                "    ",
            )
            for spec in specs
        )
        yield f"\n' {topic}\nPrivate Sub XlcalcHelp{number}()\n{lines}\nEnd Sub\n"
