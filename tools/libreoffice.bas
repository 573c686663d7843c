' What an analyst does to a workbook in LibreOffice, one procedure a deed.

Sub Unprotect(book)
  Dim sheet
  For Each sheet In book.Sheets
    sheet.unprotect("")
  Next
End Sub

Sub InsertRows(book, sheet, row, count)
  book.Sheets.getByName(sheet).Rows.insertByIndex(row - 1, count)
End Sub

Sub RenameSheet(book, sheet, new_name)
  book.Sheets.getByName(sheet).Name = new_name
End Sub

Sub AddSheet(book, sheet)
  book.Sheets.insertNewByName(sheet, book.Sheets.Count)
End Sub

' Type into a cell, as =A1*2, 0.5 or a text; arguments of functions stand between semicolons.
Sub TypeInto(book, sheet, cell, typed)
  book.Sheets.getByName(sheet).getCellRangeByName(cell).Formula = typed
End Sub

' Type into a cell that has a name of the whole book.
Sub TypeIntoName(book, cell_name, typed)
  book.NamedRanges.getByName(cell_name).ReferredCells.Formula = typed
End Sub

Sub NameCell(book, cell_name, sheet, cell)
  With book.Sheets.getByName(sheet).getCellRangeByName(cell)
    book.NamedRanges.addNewByName(cell_name, .AbsoluteName, .CellAddress, 0)
  End With
End Sub

Sub Comment(book, sheet, cell, text)
  With book.Sheets.getByName(sheet)
    .Annotations.insertNew(.getCellRangeByName(cell).CellAddress, text)
  End With
End Sub

Sub Colour(book, sheet, cell, rgb)
  book.Sheets.getByName(sheet).getCellRangeByName(cell).CellBackColor = rgb
End Sub

Sub Chart(book, sheet, cells, title)
  Dim place As New com.sun.star.awt.Rectangle
  Dim ranges(0) As New com.sun.star.table.CellRangeAddress
  place.X = 8000 : place.Y = 1000 : place.Width = 9000 : place.Height = 6000
  With book.Sheets.getByName(sheet)
    ranges(0) = .getCellRangeByName(cells).RangeAddress
    .Charts.addNewByName(title, place, ranges(), False, True)
    With .Charts.getByName(title).EmbeddedObject
      .HasMainTitle = True
      .Title.String = title
    End With
  End With
End Sub

' One formula for several cells, as Ctrl+Shift+Enter types it.
Sub TypeArray(book, sheet, cells, typed)
  book.Sheets.getByName(sheet).getCellRangeByName(cells).ArrayFormula = typed
End Sub

' Calculate every cell anew, as Ctrl+Shift+F9 does.
Sub CalculateAll(book)
  book.calculateAll()
End Sub

Function OpenBook(url)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  OpenBook = StarDesktop.loadComponentFromURL(url, "_blank", 0, hidden())
End Function

Sub SaveBook(book, url)
  Dim how(1) As New com.sun.star.beans.PropertyValue
  how(0).Name = "FilterName" : how(0).Value = "Calc MS Excel 2007 XML"
  If Right(url, 4) = ".csv" Then
    ' UTF-8, texts in quotes, every digit of a number, and a file for each sheet.
    how(0).Value = "Text - txt - csv (StarCalc)"
    how(1).Name = "FilterOptions" : how(1).Value = "44,34,76,1,,0,true,false,false,false,false,-1"
  End If
  book.storeToURL(url, how())
  book.close(True)
End Sub
