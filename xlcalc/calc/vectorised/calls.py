"""How do operators and functions run on vectors, and when is the engine asked instead?

Each holds the same part of the formula as a question to the engine, for values that vectors do not
know what to do with: they raise `NeedsEngine`.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from xlcalc.calc.vectorised import vectors
from xlcalc.calc.vectorised.fallback import FallbackNode
from xlcalc.calc.vectorised.nodes import EvalNode, Table, Values
from xlcalc.calc.vectorised.vectors import NeedsEngine, Operand, Vector, vector
from xlcalc.catalogue import portable_lookups
from xlcalc.cells import CellError, CellValue, call_function
from xlcalc.lambdas import LOOKUPS
from xlcalc.quantities import Quantity
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import spec_of


@dataclass(frozen=True)
class OperationNode(EvalNode):
    """An operator with one or two operands."""

    operator: str
    parts: list[EvalNode]
    ask: FallbackNode

    def run(self, values: Values, count: int) -> Operand:
        """Return its values."""
        try:
            operands = [part.run(values, count) for part in self.parts]
            if len(operands) == 1:
                return vectors.spread(vectors.unary(self.operator, operands[0]), count)
            return vectors.spread(vectors.binary(self.operator, *operands), count)
        except NeedsEngine:
            return self.ask.run(values, count)


class OurNode(EvalNode):
    """One of our functions, which take vectors by themselves."""

    LIMIT = 2_000

    def __init__(
        self, name: str, *, portable: bool, parts: list[EvalNode], ask: FallbackNode
    ) -> None:
        self._name = name
        self._function = BY_NAME[name]
        self._lookup = portable and name in LOOKUPS
        self._parts, self._ask = parts, ask
        self._known: dict[tuple[Any, ...], CellValue] = {}

    def run(self, values: Values, count: int) -> Operand:
        """Return its values."""
        if any(isinstance(part, Table) for part in self._parts):
            return self._ask.run(values, count)
        try:
            operands = [part.run(values, count) for part in self._parts]
        except NeedsEngine:
            return self._ask.run(values, count)
        with portable_lookups() if self._lookup else contextlib.nullcontext():
            found = self._all_at_once(operands) or self._one_by_one(operands, count)
        return vectors.spread(found, count)

    def _all_at_once(self, operands: list[Operand]) -> Vector | None:
        arguments = spec_of(self._function).arguments
        if len(operands) > len(arguments):
            return None
        taken: dict[str, Any] = {}
        codes = None
        for argument, operand in zip(arguments, operands, strict=False):
            if isinstance(operand, Vector):
                if not operand.numeric or not isinstance(argument.kind, Quantity):
                    return None
                codes = vectors.merged(codes, operand.codes)
                taken[argument.name] = operand.data
            elif operand is None:
                continue
            elif isinstance(operand, CellError):
                return None
            else:
                taken[argument.name] = operand
        good = None if codes is None else codes == vectors.NO_ERROR
        if good is not None:
            taken = {k: v[good] if isinstance(v, np.ndarray) else v for k, v in taken.items()}
        try:
            result = np.asarray(self._function(**taken), dtype=np.float64)
        except Exception:  # noqa: BLE001  a function of others may raise anything
            return None
        if good is None:
            return vectors.checked(result, None)
        data = np.zeros(good.shape)
        data[good] = result
        return vectors.checked(data, codes)

    def _one_by_one(self, operands: list[Operand], count: int) -> Vector:
        columns = [o.cells() if isinstance(o, Vector) else [o] * count for o in operands]
        if len(self._known) > self.LIMIT:
            self._known.clear()
        found = []
        for row in zip(*columns, strict=True):
            key = tuple((type(value), value) for value in row)
            if key not in self._known:
                value = call_function(self._function, row)
                assert not isinstance(value, list)  # noqa: S101  single values give one
                self._known[key] = value
            found.append(self._known[key])
        return vector(found)


@dataclass(frozen=True)
class KnownNode(EvalNode):
    """An Excel function on vectors."""

    function: Callable[[list[EvalNode], Values, int], Operand]
    parts: list[EvalNode]
    ask: FallbackNode

    def run(self, values: Values, count: int) -> Operand:
        """Return its values."""
        try:
            return vectors.spread(self.function(self.parts, values, count), count)
        except NeedsEngine:
            return self.ask.run(values, count)
