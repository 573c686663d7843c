"""The look of the workbooks that we make: their sheets, styles, charts and number formats."""
