"""Reads the lock files: every package with its version, its hashes, and what it is for."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PYPI, NPM = "PyPI", "npm"  # as advisories call them
RUN, BUILD, TEST = "run", "build", "test"
LOCKS = (
    ("requirements.txt", RUN),
    ("requirements-node.txt", BUILD),
    ("requirements-uv.txt", BUILD),
    ("requirements-dev.txt", TEST),
)
NPM_LOCK = "package-lock.json"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """One version of one package."""

    ecosystem: str
    name: str
    version: str
    purpose: str = field(compare=False)
    hashes: tuple[tuple[str, str], ...] = field(default=(), compare=False)  # algorithm and hex

    def purl(self) -> str:
        """Return its address among all packages of the world."""
        return f"pkg:{self.ecosystem.lower()}/{self.name.replace('@', '%40')}@{self.version}"


def read(root: Path) -> list[Package]:
    """Return what the lock files in `root` name, each once, with the first purpose it has.

    Raises ValueError for a line that pins nothing, or a package without a hash.
    """
    found: dict[Package, Package] = {}
    for name, purpose in LOCKS:
        for package in requirements((root / name).read_text(), purpose):
            found.setdefault(package, package)
    for package in npm((root / NPM_LOCK).read_text()):
        found.setdefault(package, package)
    return sorted(found)


def requirements(text: str, purpose: str) -> Iterator[Package]:
    """Yield the packages of a requirements file with hashes."""
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pinned, hashes = PINNED.match(line), HASH.findall(line)
        if pinned is None or not hashes:
            raise ValueError(f"“{line[:60]}” names no version, or no hash")
        name = re.sub(r"[-_.]+", "-", pinned[1]).lower()
        told = tuple(("SHA-256", one) for one in sorted(hashes))
        yield Package(PYPI, name, pinned[2], purpose, told)


def npm(text: str) -> Iterator[Package]:
    """Yield the packages of a package-lock.json; what another brings along in itself has no hash."""
    for place, told in json.loads(text)["packages"].items():
        if not place:
            continue
        integrity = told.get("integrity", "")
        if not integrity and not told.get("inBundle"):
            raise ValueError(f"{place} has no hash")
        name = told.get("name") or place.rpartition("node_modules/")[2]
        purpose = TEST if told.get("dev") else BUILD
        yield Package(NPM, name, told["version"], purpose, tuple(_digests(integrity)))


def _digests(integrity: str) -> Iterator[tuple[str, str]]:
    for one in integrity.split():
        algorithm, _, digest = one.partition("-")
        yield f"SHA-{algorithm.removeprefix('sha')}", base64.b64decode(digest).hex()
