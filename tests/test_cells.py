"""Cells in, cells out: the table of errors, and ranges with bad rows."""

import pytest

import xlcalc
from xlcalc.cell_values import LAST_COLUMN, LAST_ROW
from xlcalc.cells import CellError, call_function, cell_error
from xlcalc.errors import (
    ArgumentError,
    ChoiceError,
    DivisionByZeroError,
    DomainError,
    NotFoundError,
    ShapeError,
)


def code(value):
    return value.code if isinstance(value, CellError) else value


def codes(rows):
    return [[code(value) for value in row] for row in rows]


@pytest.mark.parametrize(
    ("expected", "failure"),
    [
        ("#VALUE!", ArgumentError),
        ("#VALUE!", ShapeError),
        ("#VALUE!", ChoiceError),
        ("#NUM!", DomainError),
        ("#DIV/0!", DivisionByZeroError),
        ("#N/A", NotFoundError),
    ],
)
def test_each_failure_has_its_error(expected, failure):
    assert CellError(expected, "why") == cell_error(failure("why"))


@pytest.mark.parametrize(
    ("expected", "cells"),
    [
        (5.88e22, [7e9, 1.4e12]),
        (5.88e22, [7e9, 1.4e12, None]),
        (5.88e22, [[[7e9]], [[1.4e12]]]),
        ("#VALUE!", []),
        ("#VALUE!", [7e9]),
        ("#VALUE!", [None, 1.4e12]),
        ("#VALUE!", ["7e9", 1.4e12]),
        ("#VALUE!", ["", 1.4e12]),
        ("#VALUE!", [True, 1.4e12]),
        ("#VALUE!", [7e9, 1.4e12, 6.0, 1.0]),
        ("#NUM!", [-7e9, 1.4e12]),
        ("#NUM!", [7e9, 1e300]),
        ("#REF!", [CellError("#REF!"), "text"]),
        ("#REF!", ["text", CellError("#REF!")]),
        ("#DIV/0!", [7e9, CellError("#DIV/0!")]),
    ],
)
def test_a_single_value(expected, cells):
    assert expected == code(call_function(xlcalc.train_flops, cells))


def test_every_error_of_ours_carries_a_sentence():
    for cells in ([7e9], ["x", 1.0], [-1.0, 1.0], [1.0, 1.0, 1.0, 1.0], [[[1.0], ["x"]], [[1.0]]]):
        value = call_function(xlcalc.train_flops, cells)
        wrong = value[-1][0] if isinstance(value, list) else value
        assert wrong.message


def test_one_bad_row_is_one_bad_row_and_the_leftmost_error_shows():
    rows = [[1.0], [-1.0], ["x"], [None], [True], [CellError("#N/A")], [1e308], [2.0]]
    result = call_function(xlcalc.train_flops, [rows, [[1.0]]])
    assert [
        [6.0], ["#NUM!"], ["#VALUE!"], ["#VALUE!"], ["#VALUE!"], ["#N/A"], ["#NUM!"], [12.0],
    ] == codes(result)  # fmt: skip
    both = call_function(
        xlcalc.train_flops, [[[CellError("#N/A")], [-1.0]], [["x"], [CellError("#REF!")]]]
    )
    assert [["#N/A"], ["#REF!"]] == codes(both)


def test_an_empty_cell_of_an_optional_range_takes_the_default():
    result = call_function(xlcalc.train_flops, [1.0, 1.0, [[None], [3.0]]])
    assert [[6.0], [3.0]] == result


def test_a_column_and_a_row_make_a_table():
    result = call_function(xlcalc.train_flops, [[[1.0], [2.0]], [[1.0, 10.0, 100.0]]])
    assert [[6.0, 60.0, 600.0], [12.0, 120.0, 1200.0]] == result


def test_ranges_that_do_not_broadcast_are_one_error():
    result = call_function(xlcalc.train_flops, [[[1.0], [2.0]], [[1.0], [2.0], [3.0]]])
    assert "#VALUE!" == code(result)
    assert "params 2 × 1, tokens 3 × 1" in result.message


def test_ranges_of_names_flags_and_choices():
    figures = call_function(
        xlcalc.gpu_spec, [[["H100"], ["nothing"], [None], [5.0]], [["tdp_w", "name"]]]
    )
    assert [
        [700.0, "H100 SXM5 80GB"], ["#N/A", "#N/A"], ["#VALUE!", "#VALUE!"], ["#VALUE!", "#VALUE!"],
    ] == codes(figures)  # fmt: skip
    flops = call_function(
        xlcalc.iteration_flops, [1.0, 2.0, 3.0, 4.0, 5.0, [["full"], ["odd"], [None]]]
    )
    assert ["#VALUE!"] == codes(flops)[1]
    assert flops[2][0] == xlcalc.iteration_flops(1.0, 2.0, 3.0, 4.0, 5.0)
    shape = [2.0, 8.0, 32.0, 2.0, 2.0, 4.0, 100.0, 3.0]
    params = call_function(xlcalc.model_params, [*shape, [[True], [False], ["x"]]])
    assert [800.0] == [params[1][0] - params[0][0]]
    assert "#VALUE!" == code(params[2][0])


def test_results_are_plain_python_values():
    for value in (
        call_function(xlcalc.train_flops, [1.0, 1.0]),
        *call_function(xlcalc.gpu_spec, [[["H100"], ["h20"]], [["tdp_w"], ["name"]]])[0],
        *call_function(xlcalc.gpu_spec, [[["H100"], ["h20"], ["x"]], "tdp_w"])[1],
    ):
        assert type(value) in {float, str}


def test_many_bad_rows_among_many_good_ones():
    rows = [[float(n)] if n % 1000 else [1e308] for n in range(1, 5001)]
    result = call_function(xlcalc.train_flops, [rows, [[1.0]]])
    assert 5 == sum(isinstance(value, CellError) for [value] in result)
    assert 6.0 * 4999 == result[4998][0]


def test_empty_and_ragged_ranges_are_one_error():
    for cells in ([[], 1.0], [[[]], 1.0], [[[1.0], [2.0, 3.0]], 1.0], [[[10**400], [1.0]], 1.0]):
        assert "#VALUE!" == code(call_function(xlcalc.train_flops, cells))


def test_a_column_of_half_wrong_names_is_no_slower_than_each_name_once():
    names = [["H100" if n % 2 else f"unknown {n % 50}"] for n in range(2000)]
    result = call_function(xlcalc.gpu_spec, [names, "tdp_w"])
    assert 1000 == sum(value == 700.0 for [value] in result)
    assert 1000 == sum(code(value) == "#N/A" for [value] in result)


def test_whole_columns_and_rows_end_where_the_longest_is_used():
    empty = [None]
    params = [[1.0], [2.0], *([empty] * (LAST_ROW - 2))]
    tokens = [[3.0], empty, [5.0], *([empty] * (LAST_ROW - 3))]
    column = call_function(xlcalc.train_flops, [params, tokens, 6.0])
    assert [[18.0], ["#VALUE!"], ["#VALUE!"]] == codes(column)
    assert [[18.0], [36.0]] == call_function(xlcalc.train_flops, [params, 3.0])
    row = [[1.0, 2.0, *([None] * (LAST_COLUMN - 2))]]
    assert [[18.0, 36.0]] == call_function(xlcalc.train_flops, [row, 3.0])
    assert "#VALUE!" == code(call_function(xlcalc.train_flops, [[empty] * LAST_ROW, 3.0]))


def test_a_range_that_is_no_whole_column_keeps_its_empty_end():
    assert [[18.0], ["#VALUE!"]] == codes(call_function(xlcalc.train_flops, [[[1.0], [None]], 3.0]))
