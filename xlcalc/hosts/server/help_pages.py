"""What does the page of help of a function look like?

`help_page` and `index_page` return HTML without scripts, made of the descriptions of functions.
"""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

_STYLE = """
body { font: 15px/1.5 "Segoe UI", system-ui, sans-serif; color: #1f2328; background: #fff;
       max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 1.8rem; }
code { font-family: Consolas, "Cascadia Mono", monospace; background: #f3f5f4; padding: 0 .25rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border: 1px solid #d5dbd8; }
th { background: #e9f2ed; } a { color: #0b6a3a; }
"""


def help_page(described: Mapping[str, Any], namespace: str) -> str:
    """Return the page of a function as HTML."""
    name = f"{namespace}.{described['name']}"
    example = str(described["example"]).replace("=", f"={namespace}.", 1)
    rows = [
        (
            f"<code>{escape(argument['name'])}</code>",
            escape(argument["unit"]),
            _bounds(argument),
            escape(argument["default"] or ("nothing" if argument["optional"] else "must be given")),
            escape(argument["help"]),
        )
        for argument in described["arguments"]
    ]
    errors = [(escape(error["code"]), escape(error["when"])) for error in described["errors"]]
    parts = [
        f"<h1>{escape(name)}</h1>",
        f"<p>{escape(described['summary'])} <b>[{escape(described['unit'])}]</b></p>",
        f"<p><code>{escape(namespace)}.{escape(described['syntax'])}</code></p>",
        *(f"<p>{escape(part)}</p>" for part in described["details"].split("\n\n") if part),
        "<h2>Arguments</h2>",
        _table(("Name", "Unit", "Bounds", "If left out", "Meaning"), rows),
        "<h2>Example</h2>",
        f"<p><code>{escape(example)}</code></p>",
        "<h2>Errors</h2>",
        _table(("Cell", "When"), errors),
        "<h2>Source</h2>",
        f"<p>{escape(described['source'])}</p>",
        '<p><a href="../help">All functions</a></p>',
    ]
    return _page(name, parts)


def index_page(found: Sequence[Mapping[str, Any]], namespace: str) -> str:
    """Return the page that lists all functions as HTML."""
    parts = [f"<h1>Functions of {escape(namespace)}</h1>"]
    for topic, group in groupby(found, lambda described: described["topic"]):
        rows = [
            (
                f'<a href="help/{escape(one["name"])}">{escape(one["name"])}</a>',
                escape(one["summary"]),
                escape(one["unit"]),
            )
            for one in group
        ]
        parts += [f"<h2>{escape(topic)}</h2>", _table(("Function", "", "Unit"), rows)]
    return _page(f"Functions of {namespace}", parts)


def _bounds(argument: Mapping[str, Any]) -> str:
    if not argument["choices"]:
        return escape(argument["bounds"])
    return "<br>".join(
        f"<code>&quot;{escape(choice['value'])}&quot;</code> {escape(choice['note'])}"
        for choice in argument["choices"]
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>{lines}</table>"


def _page(title: str, parts: Sequence[str]) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(parts)}</body></html>"
    )
