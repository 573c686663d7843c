"""What does a machine have to calculate with, and what does a workbook need of its reader?

`machine` looks for Excel, LibreOffice, the xlwings add-in and a server's project; `workbook` reads
the formulas of a file. Both return data; `report` writes it as text.
"""
