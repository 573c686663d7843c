"""A workbook calculated for many scenarios at once."""
