"""A server of a written project on loopback, and its task pane in headless Chromium."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.marks import CHROMIUM

STUB = Path(__file__).parent / "office" / "office_stub.js"
FLAGS = [  # Chromium asks nobody in the net
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
LICENSED = {"XLWINGS_LICENSE_KEY": "noncommercial"}


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


class Server:
    """A process that serves a project; it ends with `stop`, by its own process id."""

    def __init__(
        self, project: Path, prefix: str = "", options: tuple[str, ...] = ("--http",)
    ) -> None:
        self.project = project
        self.prefix = prefix
        self.options = options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}{prefix}"
        self.start()

    def start(self) -> None:
        self.log = (self.project / "server.log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, "main.py", *self.options, "--port", str(self.port)],
            cwd=self.project,
            env=os.environ | LICENSED,
            stdout=self.log,
            stderr=self.log,
        )
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                if self.get(f"{self.prefix}/health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError((self.project / "server.log").read_text())

    def stop(self) -> None:
        """End the process; a second time does nothing."""
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def get(self, path: str) -> tuple[int, bytes]:
        connection: http.client.HTTPConnection
        if "--http" in self.options:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        else:
            trusting = ssl._create_unverified_context()  # noqa: S323 it signs itself
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=30, context=trusting
            )
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[1])

    def call(self, name: str, *arguments: Any) -> Any:
        """Post a call as xlwings' client does: the status, and the result or what went wrong."""
        body = {
            "client": "Office.js",
            "func_name": name,
            "args": arguments,
            "caller_address": "[Book1.xlsx]Sheet1!A1",
            "session_id": "tests",
            "culture_info_name": "en-US",
            "date_format": "m/d/yyyy",
            "version": "0",
            "runtime": "1.4",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(
                "POST",
                "/xlwings/custom-functions-call",
                json.dumps(body),
                {"Content-Type": "application/json"},
            )
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        return json.loads(text)["result"] if answer.status == 200 else (answer.status, text)


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the system's Chromium without a window; Playwright allows one at a time."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def task_pane(browser: Any, server: Server, *, own_clock: bool = False) -> Any:
    """Open the task pane as Excel does, with the stand-in for Office.js, and return the page.

    With a clock of its own the page waits only while `page.clock` runs.
    """
    stub = STUB.read_text(encoding="utf-8")
    page = browser.new_page(viewport={"width": 350, "height": 760})
    page.set_default_timeout(60_000)
    page.route(
        "**/office.js", lambda route: route.fulfill(content_type="text/javascript", body=stub)
    )
    if own_clock:
        page.clock.install()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.goto(f"{server.url}/taskpane.html")
    page.wait_for_function("globalThis.excelFunctions?.().length > 0", polling=100)
    return page
