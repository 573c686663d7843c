"""What does each spreadsheet program need, so that it knows our functions?

A module a host: it writes a workbook, an add-in or a project from the registry and the UDF module,
and never from a list of functions of its own.
"""
