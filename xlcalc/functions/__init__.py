"""The formulas, a module a topic."""
