"""Plain worksheet formulas in the place of calls, for programs without LET, LAMBDA and add-ins."""
