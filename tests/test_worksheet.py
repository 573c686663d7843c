"""How `@worksheet` reads a function, and what it puts around its formula."""

from typing import Annotated

import numpy as np
import pytest

from xlcalc.errors import DivisionByZeroError, DomainError
from xlcalc.quantities import LookupResult, Number, Quantity
from xlcalc.worksheet import spec_of, worksheet

COUNT = Quantity("things", at_least=0.0)
Count = Annotated[Number, COUNT]


@worksheet("Tests")
def share(part: Count, whole: Count = 4.0) -> Count:
    """Return a share.

    Of something.

    Parameters
    ----------
    part : array_like [things]
        The part,
        over two lines.
    whole : array_like [things]
        The whole.

    Returns
    -------
    numpy.float64 [things]
        The share.
    """
    return part / whole


def test_the_spec_holds_what_hosts_need():
    spec = spec_of(share)
    assert "SHARE(part, [whole=4])" == spec.syntax
    assert "Returns a share." == spec.summary
    assert ["The part, over two lines.", "The whole."] == [a.help for a in spec.arguments]
    assert [False, True] == [a.optional for a in spec.arguments]
    assert spec.required == 1
    assert spec.returns is COUNT


def test_the_signature_and_help_stay_visible():
    assert "share" == share.__name__
    assert share.__doc__.startswith("Return a share.")


def test_a_division_by_zero_is_told_from_an_overflow():
    with pytest.raises(DivisionByZeroError, match="SHARE divides by zero for part=1, whole=0"):
        share(1, 0)
    with pytest.raises(DivisionByZeroError, match="part=2, whole=0"):
        share([0.0, 2.0], [1.0, 0.0])
    with pytest.raises(DomainError, match="no finite result"):
        share(1e300, 1e-300)


def test_no_warning_leaves_a_formula():
    with np.errstate(all="raise"):
        assert 0.0 == share(1e-300, 1e300)


def test_a_formula_that_ignores_an_argument_still_has_the_shape_of_all():
    @worksheet("Tests")
    def first(part: Count, whole: Count) -> Count:
        """Return the first."""
        return part

    np.testing.assert_array_equal([[2.0, 2.0]], first(2.0, [[1.0, 1.0]]))


def test_an_argument_without_a_quantity_is_refused_at_the_decoration():
    with pytest.raises(TypeError, match="quantity"):

        @worksheet("Tests")
        def wrong(part: float) -> Annotated[float, LookupResult()]:
            """Return nothing."""
            return part


@pytest.mark.parametrize(
    ("expected", "quantity"),
    [
        ("above 0 parameters", Quantity("parameters", above=0.0)),
        ("above 0 and at most 1 ratio", Quantity("ratio", above=0.0, at_most=1.0)),
        ("at least 1 ratio", Quantity("ratio", at_least=1.0)),
        ("a finite number of things", Quantity("things")),
    ],
)
def test_a_domain_in_words(expected, quantity):
    assert expected == quantity.domain
