"""Measures promises on one database, and tells of each in a line: `python -m tests.attack` reads them."""

import gc
import json
import logging
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

import click

from tests import attack
from tests.attack.promise import Promise, Unknown
from tests.conftest import settings  # noqa: F401 -- it sets what must be set before numpy

MARK = "\x1e"  # before a line that is no remark
ALONE, CALM, BESIDE = "alone", "calm", "beside others"


class Row(NamedTuple):
    """A promise as it was measured. A figure of None is unknown: that is not nothing found."""

    database: str
    id: str
    name: str
    figure: float | None
    target: float
    seconds: float
    cpu: float  # seconds of processors

    @property
    def holds(self) -> bool:
        return self.figure is not None and self.figure <= self.target


def areas() -> Iterator[tuple[str, list[Promise]]]:
    for found in sorted(iter_modules(attack.__path__), key=lambda module: module.name):
        if found.name != "__main__":
            area = import_module(f"tests.attack.{found.name}")
            if hasattr(area, "promises"):
                yield found.name, list(area.promises())


def measure(words: list[str]) -> None:
    """Tell in which areas there is what, then measure what is asked for, a line at a time.

    A line says how, and of which area.
    """
    database = os.environ["CONTEST_TEST_DATABASE"]
    logging.getLogger().addHandler(
        logging.NullHandler()
    )  # what is refused is noted by the thousand
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started ends with us
    chosen: dict[tuple[str, str], list[Promise]] = {}
    for area, promises in areas():
        for promise in promises:
            if not words or any(w in (promise.id, area) or w in promise.name for w in words):
                how = ALONE if promise.alone else CALM if promise.calm else BESIDE
                chosen.setdefault((how, area), []).append(promise)
    gc.collect()
    gc.freeze()  # what is imported stays, and need not be swept again and again
    gc.set_threshold(20_000)
    _say(list(chosen))
    for line in sys.stdin:
        how, area = json.loads(line)
        for promise in chosen[how, area]:
            _say(_measured(database, promise))
        _say(None)


def _say(told: object) -> None:
    click.echo(MARK + json.dumps(told))


def _measured(database: str, promise: Promise) -> Row:
    began, worked = time.monotonic(), _cpu()
    figure = _figure(promise)
    return Row(
        database, promise.id, promise.name, figure, promise.target,
        time.monotonic() - began, _cpu() - worked,
    )  # fmt: skip


def _figure(promise: Promise) -> float | None:
    try:
        return promise.measure()
    except Unknown as reason:
        click.echo(f"    unknown: {reason}")
    except Exception:  # noqa: BLE001 -- the other promises are still to be measured
        click.echo(traceback.format_exc())
    return None


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    measure(sys.argv[1:])
