"""Holds the packages against a snapshot of advisories (OSV), and says so when that cannot be done.

No data is not the same as nothing found: the verdict is UNKNOWN without a snapshot, with one that is
old, broken or lacks an ecosystem, and with a version that cannot be compared.
"""

import enum
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion
from packaging.version import Version as PythonVersion

from contest.supply.locks import NPM, PYPI, Package

FRESH = timedelta(days=30)
SEMVER = re.compile(
    r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]{1,100})?"
)
RANGES = {"ECOSYSTEM", "SEMVER"}


class Verdict(enum.IntEnum):
    """What the audit says; the number is the exit code."""

    CLEAN = 0
    FOUND = 1
    UNKNOWN = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """An advisory that is about a package of ours."""

    package: Package
    number: str
    summary: str
    fixed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at, in what, and what came of it."""

    packages: int
    advisories: int
    newest: datetime | None
    findings: tuple[Finding, ...]
    doubts: tuple[str, ...]

    def verdict(self) -> Verdict:
        if self.findings:
            return Verdict.FOUND
        return Verdict.UNKNOWN if self.doubts else Verdict.CLEAN


def audit(packages: Sequence[Package], snapshot: Path | None, *, at: datetime) -> Audit:
    """Hold every package against every advisory of the snapshot, a folder or a ZIP of OSV records."""
    if snapshot is None or not snapshot.exists():
        return Audit(len(packages), 0, None, (), ("there is no snapshot of advisories",))
    ours: dict[tuple[str, str], list[Package]] = defaultdict(list)
    for package in packages:
        ours[package.ecosystem, package.name].append(package)
    count, newest, findings, doubts = 0, None, list[Finding](), list[str]()
    seen: set[str] = set()
    for name, text in _records(snapshot):
        try:
            told = json.loads(text)
            changed = datetime.fromisoformat(told["modified"]).astimezone(UTC)
            affected = list(told.get("affected", ()))
            seen |= {_ecosystem(one) for one in affected}
        except (ValueError, KeyError, TypeError, AttributeError):
            doubts.append(f"{name} is no advisory that can be read")
            continue
        count += 1
        newest = changed if newest is None else max(newest, changed)
        if not told.get("withdrawn"):
            found, unsure = _held(told, affected, ours)
            findings += found
            doubts += unsure
    doubts += _gaps({package.ecosystem for package in packages} - seen, newest, at)
    return Audit(len(packages), count, newest, tuple(findings), tuple(doubts))


def _gaps(lacking: set[str], newest: datetime | None, at: datetime) -> Iterator[str]:
    for ecosystem in sorted(lacking):
        yield f"the snapshot has no advisory about {ecosystem}"
    if newest is not None and at - newest > FRESH:
        yield f"the newest advisory is {(at - newest).days} days old"


def _records(snapshot: Path) -> Iterator[tuple[str, str]]:
    if snapshot.is_dir():
        for path in sorted(snapshot.rglob("*.json")):
            yield path.name, path.read_text(errors="replace")
        for path in sorted(snapshot.glob("*.zip")):
            yield from _records(path)
        return
    try:
        with zipfile.ZipFile(snapshot) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".json"):
                    yield name, archive.read(name).decode(errors="replace")
    except zipfile.BadZipFile:
        yield snapshot.name, ""


def _ecosystem(affected: Mapping[str, Any]) -> str:
    return str(affected.get("package", {}).get("ecosystem", "")).partition(":")[0]


def _held(
    told: Mapping[str, Any],
    affected: Iterable[Mapping[str, Any]],
    ours: Mapping[tuple[str, str], list[Package]],
) -> tuple[list[Finding], list[str]]:
    findings, doubts = [], []
    for one in affected:
        ecosystem, name = _ecosystem(one), str(one.get("package", {}).get("name", ""))
        if ecosystem == PYPI:
            name = re.sub(r"[-_.]+", "-", name).lower()
        for package in ours.get((ecosystem, name), ()):
            try:
                hit = is_affected(package, one)
            except ValueError:
                doubts.append(f"{told['id']}: a version of {name} cannot be compared")
                continue
            if hit:
                fixed = tuple(e["fixed"] for r in _ranges(one) for e in r["events"] if "fixed" in e)
                summary = str(told.get("summary") or told.get("details") or "").splitlines()
                line = summary[0] if summary else ""
                findings.append(Finding(package, str(told["id"]), line, fixed))
    return findings, doubts


def _ranges(affected: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [r for r in affected.get("ranges", ()) if r.get("type") in RANGES]


def is_affected(package: Package, affected: Mapping[str, Any]) -> bool:
    """Say whether the version is one of those listed or lies in one of the ranges.

    Raises ValueError for a version that does not sort.
    """
    if package.version in affected.get("versions", ()):
        return True
    return any(_lies_in(package, found["events"]) for found in _ranges(affected))


def _lies_in(package: Package, events: Sequence[Mapping[str, str]]) -> bool:
    """Go through introduced, fixed and last affected in the order of versions, as OSV has it."""
    own = key(package.ecosystem, package.version)
    steps = sorted(
        (key(package.ecosystem, version), kind)
        for event in events
        for kind, version in event.items()
        if kind in {"introduced", "fixed", "last_affected"}
    )
    inside = False
    for version, kind in steps:
        if kind == "introduced" and own >= version:
            inside = True
        elif (kind == "fixed" and own >= version) or (kind == "last_affected" and own > version):
            inside = False
    return inside


def key(ecosystem: str, version: str) -> Any:
    """Return what versions of an ecosystem sort by; `0` is before all of them."""
    if ecosystem == PYPI:
        try:
            return PythonVersion(version if version != "0" else "0.dev0")
        except InvalidVersion as error:
            raise ValueError(version) from error
    if ecosystem != NPM:
        raise ValueError(ecosystem)
    if version == "0":
        return (0, 0, 0), (0,), ()
    found = SEMVER.fullmatch(version)
    if found is None:
        raise ValueError(version)
    numbers = tuple(int(found[i]) for i in (1, 2, 3))
    if found[4] is None:
        return numbers, (1,), ()
    parts = found[4].split(".")
    return numbers, (0,), tuple((0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts)
