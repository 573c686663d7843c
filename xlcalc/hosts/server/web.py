"""Which pages does a server have besides those of xlwings Server?

A health check that calculates, the descriptions that the task pane shows, and a page of help for
each function, to which Excel's function wizard links.
"""

import platform
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse, JSONResponse

from xlcalc._version import __version__
from xlcalc.cells import call_function
from xlcalc.hosts.server.descriptions import descriptions
from xlcalc.hosts.server.help_pages import help_page, index_page
from xlcalc.registry import BY_NAME

_HEALTHY = 5.88e22
"""The FLOP of 7 billion parameters and 1.4 trillion tokens, 6·N·D."""


def pages(prefix: str, namespace: str) -> APIRouter:
    """Return the routes.

    Parameters
    ----------
    prefix : str
        Path below which the server lies, as "/xlcalc"; nothing for the root.
    namespace : str
        What stands before the names of the functions in Excel.

    Returns
    -------
    APIRouter
        Routes of `/health`, `/functions.json` and `/help`.
    """
    router = APIRouter(prefix=prefix)
    found = descriptions()
    by_name = {description["name"]: description for description in found}

    @router.api_route("/health", methods=["GET", "HEAD"])
    def health() -> JSONResponse:
        calculated = call_function(BY_NAME["TRAIN_FLOPS"], [7e9, 1.4e12])
        well = calculated == _HEALTHY
        body: dict[str, Any] = {
            "status": "ok" if well else "wrong",
            "functions": len(BY_NAME),
            "namespace": namespace,
            "xlcalc": __version__,
            "xlwings-server": version("xlwings-server"),
            "python": platform.python_version(),
        }
        return JSONResponse(body, 200 if well else 500)

    @router.get("/functions.json")
    def functions() -> JSONResponse:
        return JSONResponse({"namespace": namespace, "functions": found})

    @router.get("/help")
    def index() -> HTMLResponse:
        return HTMLResponse(index_page(found, namespace))

    @router.get("/help/{name}")
    def function_help(name: str) -> HTMLResponse:
        if name.upper() not in by_name:
            raise HTTPException(404, f"there is no function {name}")
        return HTMLResponse(help_page(by_name[name.upper()], namespace))

    return router
