"""Decisions from bytes: a fuzzer changes the bytes, and so the input that is made of them."""


class Source:
    """Bytes that are read as decisions; all decisions behind their end are the first choice.

    Parameters
    ----------
    data : bytes
        The bytes.
    """

    def __init__(self, data):
        self._data, self._place = data, 0

    def below(self, limit):
        """Return a whole number from 0 that is below a limit."""
        size = max(1, (limit.bit_length() + 7) // 8)
        taken = self._data[self._place : self._place + size]
        self._place += size
        return int.from_bytes(taken, "little") % limit

    def one(self, choices):
        """Return one of some choices."""
        return choices[self.below(len(choices))]

    def chance(self, of):
        """Whether one of so many cases is there."""
        return self.below(of) == of - 1

    def some(self, most):
        """Yield as many numbers as are decided on."""
        return range(self.below(most + 1))
