"""How does one run at a time write into a folder of an object store, which has no locks?

A run puts a file with its number and a time, which it renews while it lives; a run that died leaves
one that is soon over. The file is put on the condition that there is none, where the store knows
such a condition, as S3 does. Elsewhere, and where a lease is over that two runs take at once, the
run whose file stands after a moment goes on.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from uuid import uuid4

import orjson

from xlcalc.errors import OutputError
from xlcalc.runs.stores import LOCK, Url

LASTS = 120.0
"""How long a lease lasts that nobody renews [s]; the clocks of two machines differ by less."""
_RENEWALS = 3
"""How often a lease is renewed while it lasts."""
SETTLES = 2.0
"""How long two runs may take to put their files at the same moment [s]."""


@contextlib.contextmanager
def lease(store: Url) -> Iterator[None]:
    """Let no other run write into the same folder.

    Raises
    ------
    OutputError
        If one does, or did so until it was killed a moment ago.
    """
    own = uuid4().hex
    if not _take(store, own):
        raise OutputError(
            f"another run is writing into {store.url}, or was killed less than {LASTS:.0f} s ago; "
            "wait for it, or give another folder"
        )
    done = threading.Event()
    renewing = threading.Thread(target=_renew, args=(store, own, done), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        done.set()
        renewing.join()
        with contextlib.suppress(OutputError):
            if _holder(store)[0] == own:
                store.remove(LOCK)


def _take(store: Url, own: str) -> bool:
    """Put the file of a lease, and return whether it is ours."""
    if store.create(LOCK, _record(own)):
        return True
    holder, until = _holder(store)
    if holder != own:
        if until > time.time():
            return False
        store.write(LOCK, _record(own))
    time.sleep(SETTLES)
    return _holder(store)[0] == own


def _renew(store: Url, own: str, done: threading.Event) -> None:
    while not done.wait(LASTS / _RENEWALS):
        with contextlib.suppress(OutputError):  # the next renewal may come through
            if _holder(store)[0] != own:
                return
            store.write(LOCK, _record(own))


def _record(own: str) -> bytes:
    return orjson.dumps({"run": own, "until": time.time() + LASTS})


def _holder(store: Url) -> tuple[str, float]:
    """Return which run has the lease, and until when; none where the file is damaged or gone."""
    try:
        known = orjson.loads(store.read(LOCK) or b"")
        return str(known["run"]), float(known["until"])
    except (ValueError, KeyError, TypeError):
        return "", 0.0
