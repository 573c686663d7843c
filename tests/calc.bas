' What a person does in LibreOffice Calc with our functions, one procedure a deed. Those that ask
' something print one line.

Sub TypeInto(book, cell, typed)
  book.Sheets(0).getCellRangeByName(cell).Formula = typed
End Sub

Sub TypeArray(book, cells, typed)
  book.Sheets(0).getCellRangeByName(cells).ArrayFormula = typed
End Sub

' Type a formula into a row of cells below each other; # in it is the number of the row.
Sub FillDown(book, column, count, typed)
  Dim row
  Dim lines(count - 1)
  For row = 1 To count
    lines(row - 1) = Array(Join(Split(typed, "#"), CStr(row)))
  Next
  book.Sheets(0).getCellRangeByName(column & "1:" & column & count).setFormulaArray(lines)
End Sub

' Print what a cell shows, its number, the code of its error, and its formula.
Sub Show(book, cell)
  With book.Sheets(0).getCellRangeByName(cell)
    Print #1, .String & Chr(9) & .Value & Chr(9) & .getError() & Chr(9) & .Formula
  End With
End Sub

' Print what each cell of an area has, row by row: n and a number, t and a text, e and an error.
Sub Values(book, area)
  Dim cells, cell, row, column, line
  cells = book.Sheets(0).getCellRangeByName(area)
  line = ""
  For row = 0 To cells.Rows.Count - 1
    For column = 0 To cells.Columns.Count - 1
      cell = cells.getCellByPosition(column, row)
      If line <> "" Then line = line & Chr(9)
      If cell.getError() <> 0 Then
        line = line & "e" & cell.String
      ElseIf cell.FormulaResultType2 = com.sun.star.sheet.FormulaResult.STRING Then
        line = line & "t" & cell.String
      Else
        line = line & "n" & cell.Value
      End If
    Next
  Next
  Print #1, line
End Sub

' Print the seconds that it takes to calculate every cell, the least of five.
Sub Measure(book)
  Dim best, begun, attempt
  best = 1e9
  For attempt = 1 To 5
    begun = GetSystemTicks()
    book.calculateAll()
    If GetSystemTicks() - begun < best Then best = GetSystemTicks() - begun
  Next
  Print #1, best / 1000
End Sub

' Print what the function wizard shows of a function: its help, then its arguments with theirs.
Sub Describe(book, wanted)
  Dim all, known, at, field, argument, line
  all = createUnoService("com.sun.star.sheet.FunctionDescriptions")
  For at = 0 To all.Count - 1
    known = all.getByIndex(at)
    line = ""
    For Each field In known
      If field.Name = "Name" Then line = field.Value
    Next
    If line = wanted Then
      For Each field In known
        If field.Name = "Description" Then line = field.Value
      Next
      For Each field In known
        If field.Name = "Arguments" Then line = line & DescribedArguments(field.Value)
      Next
      Print #1, line
      Exit Sub
    End If
  Next
  Print #1, "unknown"
End Sub

Function DescribedArguments(arguments)
  Dim argument
  DescribedArguments = ""
  If Not IsArray(arguments) Then Exit Function  ' there are none
  For Each argument In arguments
    DescribedArguments = DescribedArguments & Chr(9) & argument.Name & Chr(9) & argument.Description
  Next
End Function

Function Saved(book, url, filter)
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName" : how(0).Value = filter
  book.storeToURL(url, how())
  book.close(True)
  Saved = Opened(url)
End Function

Function Opened(url)
  Dim how(0) As New com.sun.star.beans.PropertyValue
  how(0).Name = "Hidden" : how(0).Value = True
  Opened = StarDesktop.loadComponentFromURL(url, "_blank", 0, how())
End Function
