"""What stands in the place of a call of a LAMBDA?

A LET, whose names have the number of the call. Which arguments are left out is decided on the way:
with `MYTAX = LAMBDA(x,[r],x*IF(ISOMITTED(r),0.2,r))`, the third call of a formula, `MYTAX(A1)`, is
`LET(x_3,A1,x_3*(0.2))`.
"""

import functools
from collections.abc import Mapping, Sequence

from xlcalc.formula_text import Call, bare_name, calls, replace_calls, replace_words, scanner
from xlcalc.lambdas import lambda_text
from xlcalc.registry import BY_NAME
from xlcalc.terms import NoLambdaFormError
from xlcalc.worksheet import spec_of

_VARIABLE = scanner(r"_xl(?:pm|op)\.([\w.]+)")
_AT_NUMBER = "\ue000"
"""Where the number of a call comes into the names of a body; no formula has it."""


class Lambda:
    """A LAMBDA whose call becomes a LET.

    Parameters
    ----------
    parameters : tuple of (str, bool)
        Each parameter, and whether it may be left out.
    body : str
        What it calculates.
    maps : bool
        Whether it has to be calculated for each of several values, which engines do not all do.
    """

    def __init__(self, parameters: tuple[tuple[str, bool], ...], body: str, maps: bool) -> None:
        self.parameters = parameters
        self.body = body
        self.maps = maps
        self._forms: dict[tuple[bool, ...], tuple[list[tuple[int, str]], str] | None] = {}

    def in_place(self, arguments: Sequence[str], number: int) -> str | None:
        """Return what stands in the place of a call; None if it lacks an argument or has one more.

        Parameters
        ----------
        arguments : sequence of str
            The texts of the arguments; an empty one counts as left out.
        number : int
            The number of the call, which no other one of the formula has.
        """
        texts = [argument.strip() for argument in arguments]
        texts += [""] * (len(self.parameters) - len(texts))
        given = tuple(map(bool, texts))
        if given not in self._forms:
            self._forms[given] = self._form(given)
        form = self._forms[given]
        if form is None:
            return None
        bound, body = form
        pieces = [f"{name}{number},{texts[index]}," for index, name in bound]
        body = body.replace(_AT_NUMBER, str(number))
        return f"_xlfn.LET({''.join(pieces)}{body})" if pieces else f"({body})"

    def _form(self, given: tuple[bool, ...]) -> tuple[list[tuple[int, str]], str] | None:
        """Return which arguments get which name, up to its number, and the body."""
        if len(given) != len(self.parameters):
            return None
        omitted = {}
        for (name, optional), has in zip(self.parameters, given, strict=True):
            if not has and not optional:
                return None
            omitted[name.lower()] = not has
        body = _decided(self.body, omitted)
        used = {name.lower() for name in _VARIABLE.findall(body)}
        if any(omitted[name] for name in omitted.keys() & used):
            return None
        bound = [
            (index, f"_xlpm.{name}_")
            for index, (name, _) in enumerate(self.parameters)
            if name.lower() in used
        ]
        numbered = _VARIABLE.sub(
            lambda found: f"_xlpm.{found[1]}_{_AT_NUMBER}" if found[1] else found[0], body
        )
        return bound, numbered


def _decided(body: str, omitted: Mapping[str, bool]) -> str:
    """Return a body in which it is known which parameters are left out."""

    def decide(call: Call, arguments: list[str]) -> str | None:
        name = bare_name(call.name)
        if name == "ISOMITTED" and len(arguments) == 1:
            parameter = arguments[0].strip().lower().rpartition(".")[2]
            return str(omitted[parameter]).upper() if parameter in omitted else None
        if name != "IF" or len(arguments) < 2 or arguments[0] not in {"TRUE", "FALSE"}:
            return None
        chosen = (*arguments, "FALSE")[1 if arguments[0] == "TRUE" else 2].strip() or "0"
        alone = body[call.start - 1] in ",(" and body[call.end : call.end + 1] in {",", ")"}
        return chosen if alone and call.start else f"({chosen})"

    return replace_calls(body, decide)


@functools.lru_cache(1024)
def read_lambda(text: str) -> tuple[tuple[tuple[str, bool], ...], str] | None:
    """Return the parameters of a LAMBDA and its body; None if a text is not one."""
    text = text.strip().removeprefix("=")
    whole: Call | None = None
    for whole in calls(text):  # noqa: B007  the last one stands around the others
        pass
    if whole is None or (whole.start, whole.end) != (0, len(text)):
        return None
    if bare_name(whole.name) != "LAMBDA" or not whole.arguments:
        return None
    *declared, body = (text[start:end].strip() for start, end in whole.arguments)
    parameters: list[tuple[str, bool]] = []
    bare: set[str] = set()
    for name in declared:
        prefix, _, plain = name.strip("[]").rpartition(".")
        optional = prefix.lower() == "_xlop" or name.startswith("[")
        parameters.append((plain, optional))
        if not prefix:
            bare.add(plain.lower())
    if bare:  # Excel stores variables with a prefix, other programs without one
        body = replace_words(body, lambda word: f"_xlpm.{word}" if word.lower() in bare else word)
    return tuple(parameters), body


make_lambda = functools.lru_cache(1024)(Lambda)
"""Makes a LAMBDA once, whose forms are then known to all workbooks that have it."""


@functools.cache
def lambda_of_function(name: str) -> Lambda | None:
    """Return one of our functions; None if it has no LAMBDA."""
    try:
        read = read_lambda(lambda_text(spec_of(BY_NAME[name]), stored=True))
    except NoLambdaFormError:
        return None
    return make_lambda(*read, maps=True) if read else None
