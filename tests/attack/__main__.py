"""Prints a row per promise: `python -m tests.attack`, or `make attack`.

Words on the command line choose promises by their id, area or name.
"""

import os
import sys
import time
import traceback
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

import click

from tests import attack
from tests.attack.promise import Promise, Unknown
from tests.conftest import settings  # noqa: F401 -- it sets what must be set before numpy

ROW = "{:<5} {:<64} {:>9} {:>7}  {:<4} {:>5.0f} s"
HEAD = "{:<5} {:<64} {:>9} {:>7}  {}"


def areas() -> Iterator[tuple[str, list[Promise]]]:
    for found in sorted(iter_modules(attack.__path__), key=lambda module: module.name):
        if found.name != "__main__":
            area = import_module(f"tests.attack.{found.name}")
            if hasattr(area, "promises"):
                yield found.name, list(area.promises())


def figure_of(promise: Promise) -> float | None:
    """Measure it; None where that was not possible, which is not the same as nothing found."""
    try:
        return promise.measure()
    except Unknown as reason:
        click.echo(f"    unknown: {reason}")
    except Exception:  # noqa: BLE001 -- the other promises are still to be measured
        click.echo(traceback.format_exc())
    return None


def main(words: list[str]) -> int:
    """Measure; return how many promises do not hold."""
    broken = 0
    click.echo(f"On {os.environ.get('CONTEST_TEST_DATABASE', 'sqlite')}")
    click.echo(HEAD.format("id", "promise", "figure", "target", "pass"))
    for area, promises in areas():
        for promise in promises:
            if words and not any(
                word in (promise.id, area) or word in promise.name for word in words
            ):
                continue
            began = time.monotonic()
            figure = figure_of(promise)
            holds = figure is not None and figure <= promise.target
            broken += not holds
            shown = "unknown" if figure is None else f"{figure:.3g}"
            click.echo(ROW.format(promise.id, promise.name, shown, f"{promise.target:g}",
                                  "yes" if holds else "NO", time.monotonic() - began))  # fmt: skip
    return broken


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))
