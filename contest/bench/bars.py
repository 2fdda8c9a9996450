"""What a bench reports: a bar, the figure that was measured, and whether it is met."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

import click


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that was promised (`name`), what must hold (`bar`), what was seen (`figure`)."""

    name: str
    bar: str
    figure: str
    met: bool
    timed: bool = False  # depends on the machine: the bench shows it, no test asserts it


def at_least(
    name: str, figure: float, bar: float, form: str = ".3f", error: float | None = None
) -> Bar:
    """`error` is the standard error of the figure, shown beside it."""
    shown = f"{figure:{form}}" if error is None else f"{figure:{form}} ± {error:{form}}"
    return Bar(name, f"≥ {bar:{form}}", shown, figure >= bar)


def at_most(name: str, figure: float, bar: float, form: str = ".3f", unit: str = "") -> Bar:
    unit = unit and f" {unit}"
    met, timed = figure <= bar, unit in {" s", " ms"}
    return Bar(name, f"≤ {bar:{form}}{unit}", f"{figure:{form}}{unit}", met, timed)


def between(name: str, figure: float, low: float, high: float, form: str = ".3f") -> Bar:
    return Bar(name, f"{low:{form}} to {high:{form}}", f"{figure:{form}}", low <= figure <= high)


def show(bars: Iterable[Bar]) -> bool:
    """Print a line per bar as it is measured, and at the end how many are met; True if all are."""
    met = total = 0
    for bar in bars:
        met, total = met + bar.met, total + 1
        mark = "met " if bar.met else "MISS"
        click.echo(f"{mark}  {bar.name:<84} {bar.figure:>16}   {bar.bar}")
        sys.stdout.flush()
    click.echo(f"\n{met} of {total} bars met.")
    return met == total
