"""`python -m contest.supply sbom | audit`: needs no settings and no database."""

import json
import os
import sys
import tomllib
from pathlib import Path

import click

from contest.core import clock
from contest.supply import advisories, locks
from contest.supply import sbom as cyclonedx

ROOT = Path(__file__).parent.parent.parent
SETTING = "CONTEST_ADVISORIES"


@click.group()
def supply() -> None:
    """Tell what this program is made of."""


@supply.command()
def sbom() -> None:
    """Print the list of ingredients as CycloneDX."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    made = cyclonedx.bom(locks.read(ROOT), version=project["version"])
    click.echo(json.dumps(made, indent=1))


@supply.command()
@click.argument("snapshot", required=False, type=click.Path(path_type=Path))
def audit(snapshot: Path | None) -> None:
    """Hold the packages against SNAPSHOT, a folder or ZIP of OSV records (else CONTEST_ADVISORIES).

    Exit 0: nothing known. 1: something found. 2: UNKNOWN, and why.
    """
    named = os.environ.get(SETTING, "")
    found = advisories.audit(
        locks.read(ROOT), snapshot or (Path(named) if named else None), at=clock.now()
    )
    newest = f"{found.newest:%Y-%m-%d}" if found.newest else "none"
    click.echo(
        f"{found.packages} packages audited against {found.advisories} advisories, newest: {newest}"
    )
    for one in found.findings:
        mended = ", ".join(one.fixed) or "nowhere"
        click.echo(
            f"{one.package.name} {one.package.version}  {one.number}  fixed in {mended}  {one.summary}"
        )
    for doubt in found.doubts:
        click.echo(f"doubt: {doubt}")
    click.echo(found.verdict().name)
    sys.exit(found.verdict())


if __name__ == "__main__":
    supply(prog_name="python -m contest.supply")
