"""Spreadsheet engines behind one interface, each in a process whose death is survived."""
