"""How do bills and plans meet in FOCUS, the FinOps Open Cost and Usage Specification?

A bill in the form of FOCUS becomes the actuals of a compute plan, and a plan becomes rows of FOCUS.
"""
