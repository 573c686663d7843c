"""What do the task pane and the help pages say of each function?

`descriptions` returns it as plain data, from the registry alone: syntax, units, bounds, defaults,
choices, errors and source.
"""

import inspect
from itertools import zip_longest
from typing import Any

from xlcalc.cells import cell_errors
from xlcalc.formula_text import Call, replace_calls
from xlcalc.office_cards import CARDS, Card
from xlcalc.quantities import Choice, Text
from xlcalc.registry import BY_NAME, specs
from xlcalc.worksheet import Argument, Spec, spec_of


def descriptions() -> list[dict[str, Any]]:
    """Return what there is to say of every function, in the order of the function reference."""
    return [*(_function(spec) for spec in specs()), *(_card(card) for card in CARDS)]


def number_formats() -> dict[str, str]:
    """Return the number format of each function's result, for those that have one."""
    found = {name: spec_of(function).returns.number_format for name, function in BY_NAME.items()}
    return {name: text for name, text in found.items() if text != "General"}


def _function(spec: Spec) -> dict[str, Any]:
    example = _typed(spec.example)
    return {
        "name": spec.name,
        "topic": spec.topic,
        "summary": spec.summary,
        "syntax": spec.syntax,
        "unit": spec.returns.unit,
        "details": _paragraphs(spec),
        "source": " ".join(spec.sections.get("References", "").split()),
        "example": spec.example,
        "arguments": [
            _argument(argument, example[place] if place < len(example) else "")
            for place, argument in enumerate(spec.arguments)
        ],
        "errors": [{"code": code, "when": when} for code, _, when in cell_errors(spec)],
    }


def _card(card: Card) -> dict[str, Any]:
    listed = ", ".join(f"[{a.name}]" if a.optional else a.name for a in card.arguments)
    example = '"DeepSeek-V3"' if card.name == "MODEL" else '"H100 SXM5 80GB"'
    return {
        "name": card.name,
        "topic": "Cards",
        "summary": card.summary,
        "syntax": f"{card.name}({listed})",
        "unit": "card",
        "details": "",
        "source": "The catalogue; each card has the source and the date of its row.",
        "example": f"={card.name}({example})",
        "arguments": [
            _argument(argument, "" if place else example)
            for place, argument in enumerate(card.arguments)
        ],
        "errors": [{"code": "#N/A", "when": "If nothing in the catalogue has this name."}],
    }


def _argument(argument: Argument, example: str) -> dict[str, Any]:
    kind = argument.kind
    choices = kind.options if isinstance(kind, Choice) else ()
    notes = kind.notes if isinstance(kind, Choice) else ()
    return {
        "name": argument.name,
        "unit": kind.unit,
        "bounds": "" if isinstance(kind, Choice | Text) else kind.domain,
        "help": argument.help,
        "optional": argument.optional,
        "default": "" if argument.default == "" else argument.default_text,
        "example": example,
        "choices": [
            {"value": choice, "note": note}
            for choice, note in zip_longest(choices, notes, fillvalue="")
        ],
    }


def _typed(example: str) -> list[str]:
    """Return the arguments of an example as they are typed into a cell."""
    found: list[str] = []

    def keep(_: Call, arguments: list[str]) -> None:
        found.extend(argument.strip() for argument in arguments)

    replace_calls(example, keep)
    return found


def _paragraphs(spec: Spec) -> str:
    """Return what the docstring says between its first sentence and its sections."""
    document = inspect.cleandoc(spec.formula.__doc__ or "")
    _, _, behind = document.partition("\n\n")
    text, _, _ = behind.partition("\nParameters\n---")
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n") if part.strip())
