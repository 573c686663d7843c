"""The formulas: a module for each topic, which lists its functions in `FUNCTIONS`."""
