"""Workbooks without Excel: their parts, their calculation, and their look."""
