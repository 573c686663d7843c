"""The functions that return cards."""

import pytest

from xlcalc.cells import CellError
from xlcalc.office_cards import CARDS, call_card
from xlcalc.office_values import from_office
from xlcalc.registry import BY_NAME

BY_CARD = {card.name: card for card in CARDS}


def card(name, *cells, **options):
    return call_card(BY_CARD[name], cells, **options)


def field(made, name):
    return made["properties"][name]["basicValue"]


def test_a_gpu_is_a_card_with_its_name_on_the_face():
    [[made]] = card("GPU", "h100 sxm")
    assert ("Entity", "H100 SXM5 80GB") == (made["type"], made["text"])
    assert 989.4 == field(made, "peak_tflops")
    assert 700.0 == field(made, "tdp_w")
    assert field(made, "source_url").startswith("https://resources.nvidia.com/")
    assert "high" == field(made, "confidence")
    assert "2026-11-22" == field(made, "as_of")
    assert {"property": "name"} == made["layouts"]["card"]["title"]
    shown = {key for part in made["layouts"]["card"]["sections"] for key in part["properties"]}
    assert {"xlcalc"} == set(made["properties"]) - shown


def test_a_model_is_a_card_and_a_figure_that_nobody_published_is_left_out():
    [[made]] = card("MODEL", "Llama 3.1 405B")
    assert ("Entity", "Llama 3.1 405B") == (made["type"], made["text"])
    assert "n_experts" not in made["properties"]
    total = {"type": "FormattedNumber", "basicValue": 405.85e9, "numberFormat": "#,##0"}
    assert total == made["properties"]["total_params"]
    assert all(value["basicValue"] not in ("", None) for value in made["properties"].values())


def test_a_price_is_a_number_with_a_card_behind_it():
    [[made]] = card("PRICE", "H100", None, "Median", None, None, None)
    assert ("Double", "#,##0.00") == (made["type"], made["numberFormat"])
    assert BY_NAME["RENTAL_PRICE"]("H100") == made["basicValue"]
    assert "USD" == field(made, "currency")
    assert field(made, "summary").startswith("median of ")
    assert field(made, "source_url").startswith("https://")
    assert field(made, "date")


def test_a_price_is_asked_for_on_a_day_by_the_number_of_a_date_cell():
    by_text = card("PRICE", "H100", None, None, None, None, "2025-06-30")
    assert by_text == card("PRICE", "H100", None, None, None, None, 45838.0)
    assert by_text != card("PRICE", "H100")


def test_a_range_gives_a_card_or_an_error_for_each_cell():
    made = card("GPU", [["A100 SXM 80GB"], ["no such thing"], [None]], sentences=True)
    assert "A100 SXM 80GB" == made[0][0]["text"]
    assert "NotAvailable" == made[1][0]["errorType"]
    assert made[1][0]["message"].startswith('the catalogue has no GPU "no such thing"')
    assert ("Value", "gpu [GPU] is missing") == (made[2][0]["errorType"], made[2][0]["message"])


@pytest.mark.parametrize(
    ("code", "sentence", "cells"),
    [
        ("Value", "gpu must be a text (GPU), got 7.0", (7.0,)),
        ("NotAvailable", "said before", (CellError("#N/A", "said before"),)),
        ("Value", 'basis must be one of "median"', ("H100", None, "mean")),
        ("Value", "a card takes a range in its first", ("H100", None, [["low"], ["high"]])),
        ("NotAvailable", "", ("H100", "no such provider")),
    ],
)
def test_what_is_wrong_with_a_price_is_an_error_with_its_sentence(code, sentence, cells):
    [[made]] = card("PRICE", *cells, sentences=True)
    assert code == made["errorType"]
    assert sentence in made["message"]


def test_a_card_given_to_a_function_counts_as_what_it_shows():
    assert "h100-sxm" == from_office(card("GPU", "H100")[0][0])
    price = card("PRICE", "H100")[0][0]
    assert [[price["basicValue"]]] == from_office([[price]])
    # As the client sends a card that stands in a range.
    sent = {"type": "DataType", "text": "H100", "properties": {"xlcalc": {"basicValue": "h100"}}}
    assert "h100" == from_office(sent)


def test_the_arguments_of_a_card_are_those_of_the_worksheet_function():
    assert ["gpu"] == [argument.name for argument in BY_CARD["GPU"].arguments]
    names = ["gpu", "provider", "basis", "terms", "currency", "as_of"]
    assert names == [argument.name for argument in BY_CARD["PRICE"].arguments]
