"""Budget of one training run: compute, time, energy, carbon and money."""

from xlcalc.templates.training_budget.book import build

__all__ = ["build"]
