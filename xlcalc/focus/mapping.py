"""What of a plan does a row of a bill belong to: which model, accelerator, purpose and cost line?

A mapping is a CSV file of rules: a column of the bill, a value in it, and what rows with that value
are. Behind the rules stand the columns that our own rows have, and usual tags. A row for which
nothing of all that speaks belongs to no plan.

An example of a mapping file:

    column,value,model,accelerator,purpose,line,gpus
    SkuId,*p5.48xlarge*,,H100 SXM5 80GB,,rental,8
    Tags.team,research,,,training,,
    ServiceName,Amazon Bedrock,llama-70b,,inference,rental,
"""

import fnmatch
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from xlcalc.catalogue import catalogues
from xlcalc.errors import BillError, NotFoundError, suggestion
from xlcalc.files import iterate_csv
from xlcalc.focus.values import LINES, PURPOSES, TRAINING, decimal

TAGS = "tags"
"""The column of tags, a JSON object."""
_TAG = "tags."
_OWN = {"model": "x_model", "accelerator": "x_accelerator", "purpose": "x_purpose"}
"""Columns that speak by themselves."""
_TAGGED = {
    "model": ("model",),
    "accelerator": ("accelerator", "gpu"),
    "purpose": ("purpose", "workload"),
}
"""Tags that speak by themselves, without a prefix as `user:`."""
_NAMING = ("resourcetype", "skuid")
"""Columns in which the catalogue's name of an accelerator may stand."""
BY_THEMSELVES = frozenset({*_OWN.values(), *_NAMING, "x_costline", TAGS})
"""Columns that are read without a rule, in small letters."""
_MODEL_NAME = re.compile(r"\A(?=.*[A-Za-z]).*\d")
"""What the name of an accelerator has: the catalogue knows a part of one too, as an 8."""
_HEADER = ("column", "value", "model", "accelerator", "purpose", "line", "gpus")
_KNOWN_ROWS = 65_536
"""Different rows whose targets are kept; then they are found anew, so that memory stays small."""


class Target(NamedTuple):
    """What a row of a bill belongs to; a part that nothing names is empty."""

    model: str = ""
    accelerator: str = ""
    purpose: str = ""
    line: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, self))


NOTHING = Target()


@dataclass(frozen=True)
class Rule:
    """A line of a mapping file: rows with a value in a column, and what they are."""

    column: str
    pattern: re.Pattern[str]
    target: Target
    gpus: Decimal | None
    line: int


@dataclass(frozen=True)
class Rules:
    """The rules of a mapping file, in their order; what the first one says holds."""

    rules: tuple[Rule, ...] = ()
    source: str = ""

    def columns(self) -> set[str]:
        """Return the columns of a bill that rules read, tags by the column that holds them."""
        return {TAGS if rule.column.startswith(_TAG) else rule.column for rule in self.rules}


NO_RULES = Rules()


def read_mapping(path: Path) -> Rules:
    """Read a mapping file.

    Raises
    ------
    BillError
        If it has no rule, a column that is unknown, or a value that is not of its kind.
    """
    rows = iterate_csv(path, BillError)
    number, header = next(rows, (1, []))
    names = [name.strip().lower() for name in header]
    for name in names:
        if name not in _HEADER or names.count(name) > 1:
            what = f'the column "{name}" twice' if name in _HEADER else f'a column "{name}"'
            raise BillError(f"{path} has {what}; it takes {', '.join(_HEADER)}")
    if not {"column", "value"} <= set(names):
        raise BillError(f"{path} needs the columns column and value, and what rows with it are")
    rules = []
    for number, cells in rows:
        if len(cells) > len(names):
            raise BillError(f"{path}, line {number}: {len(cells)} values for {len(names)} columns")
        given = dict.fromkeys(_HEADER, "") | {
            name: cell.strip() for name, cell in zip(names, cells, strict=False)
        }
        if any(given.values()):
            rules.append(_rule(f"{path}, line {number}", number, given))
    if not rules:
        raise BillError(f"{path} has no rule")
    return Rules(tuple(rules), str(path))


def _rule(place: str, number: int, given: Mapping[str, str]) -> Rule:
    column, value = given["column"].lower(), given["value"]
    if not column or not value:
        raise BillError(f"{place}: a rule needs a column of the bill and a value in it")
    if column == _TAG:
        raise BillError(f"{place}: a tag is written as Tags.team")
    purpose = PURPOSES.get(given["purpose"].lower(), "")
    if given["purpose"] and not purpose:
        known = ("training", "inference", "unused")
        hint = suggestion(given["purpose"], known)
        raise BillError(f'{place}, column purpose: "{given["purpose"]}" is none{hint}')
    line = given["line"].lower()
    if line and line not in LINES:
        raise BillError(
            f'{place}, column line: "{line}" is none of {", ".join(LINES)}{suggestion(line, LINES)}'
        )
    gpus = decimal(given["gpus"]) if given["gpus"] else None
    if given["gpus"] and (gpus is None or gpus <= 0):
        raise BillError(f'{place}, column gpus: "{given["gpus"]}" is no number above 0')
    target = Target(given["model"], _accelerator(given["accelerator"]), purpose, line)
    if target == NOTHING and gpus is None:
        raise BillError(f"{place}: a rule needs a model, an accelerator, a purpose or a line")
    pattern = re.compile(fnmatch.translate(value), re.IGNORECASE)
    return Rule(column, pattern, target, gpus, number)


@dataclass
class Finder:
    """Finds what rows belong to.

    Parameters
    ----------
    mapping : Rules
        The rules.
    columns : mapping of str to int
        The place of each column of the bill, by its name in small letters.
    runs : collection of str
        Names of training runs of the plan: a model of that name is trained.

    Raises
    ------
    BillError
        If a rule reads a column that the bill does not have.
    """

    mapping: Rules
    columns: Mapping[str, int]
    runs: frozenset[str] = frozenset()
    places: tuple[int, ...] = ()
    _known: dict[tuple[str, ...], tuple[Target, Decimal | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rule in self.mapping.rules:
            name = TAGS if rule.column.startswith(_TAG) else rule.column
            if name not in self.columns:
                hint = suggestion(name, self.columns)
                raise BillError(
                    f'{self.mapping.source}, line {rule.line}: the bill has no column "{name}"'
                    f"{hint}"
                )
        wanted = {*self.mapping.columns(), *BY_THEMSELVES}
        self._names = sorted(wanted & set(self.columns))
        self.places = tuple(self.columns[name] for name in self._names)

    def find(self, values: Sequence[str]) -> tuple[Target, Decimal | None]:
        """Return what a row belongs to, and the GPUs of an instance if a rule says how many.

        Parameters
        ----------
        values : sequence of str
            What the row has at `places`.

        Raises
        ------
        ValueError
            If the tags are no JSON object.
        """
        key = tuple(values)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _KNOWN_ROWS:
                self._known.clear()
            found = self._known[key] = self._found(dict(zip(self._names, key, strict=True)))
        return found

    def _found(self, row: Mapping[str, str]) -> tuple[Target, Decimal | None]:
        tags = read_tags(row.get(TAGS, ""))
        said: dict[str, str] = {}
        gpus: Decimal | None = None
        for rule in self.mapping.rules:
            key = rule.column.removeprefix(_TAG)
            value = tags.get(key) if rule.column.startswith(_TAG) else row[rule.column]
            if value is None or not rule.pattern.fullmatch(value.strip()):
                continue
            for part, text in rule.target._asdict().items():
                if text:
                    said.setdefault(part, text)
            gpus = rule.gpus if gpus is None else gpus
        for part, column in _OWN.items():
            texts = [row.get(column, ""), *(tags.get(key, "") for key in _TAGGED[part])]
            text = next((text.strip() for text in texts if text.strip()), "")
            read = _READ[part](text)
            if read:
                said.setdefault(part, read)
        line = row.get("x_costline", "").strip().lower()
        if line in LINES:
            said.setdefault("line", line)
        for column in _NAMING:
            name = row.get(column, "").strip()
            if "accelerator" not in said and _MODEL_NAME.search(name):
                full = _catalogued(name)
                if full:
                    said["accelerator"] = full
        if said.get("model", "").lower() in self.runs:
            said.setdefault("purpose", TRAINING)
        return Target(**said), gpus


def read_tags(text: str) -> dict[str, str]:
    """Return tags by their keys in small letters, both whole and without a prefix as `user:`.

    Raises
    ------
    ValueError
        If the text is no JSON object.
    """
    text = text.strip()
    if not text or text in {"{}", "null"}:
        return {}
    try:
        read = json.loads(text)
    except RecursionError:
        read = None
    if isinstance(read, list):  # Google's: [{"key": "team", "value": "research"}]
        read = {tag["key"]: tag["value"] for tag in read if _is_pair(tag)}
    if not isinstance(read, dict):
        raise ValueError(text)  # noqa: TRY004  the text is wrong, whatever its kind
    whole = {
        key.strip().lower(): value if isinstance(value, str) else json.dumps(value)
        for key, value in read.items()
        if value is not None
    }
    return {re.split("[:/]", key)[-1]: value for key, value in whole.items()} | whole


def _is_pair(tag: object) -> bool:
    return isinstance(tag, dict) and isinstance(tag.get("key"), str) and "value" in tag


def _catalogued(name: str) -> str:
    """Return the catalogue's name of an accelerator, or nothing where it knows none."""
    try:
        return str(catalogues().gpu(name)["name"])
    except NotFoundError:
        return ""


def _accelerator(name: str) -> str:
    return (_catalogued(name) or name) if name else ""


_READ: Mapping[str, Callable[[str], str]] = {
    "model": str,
    "accelerator": _accelerator,
    "purpose": lambda text: PURPOSES.get(text.lower(), ""),
}
"""How the text of a column or a tag is read."""
