"""What does Excel on Windows need, so that it calls our functions in Python?

A workbook with macros: xlwings' own module, which starts Python, a module of ours with a VBA
function for each worksheet function, and a sheet that says which Python it is. No step of xlwings'
add-in is left to the user. `workbook.py` puts them into a template or a person's own workbook.
"""
