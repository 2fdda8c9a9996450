"""The repository installs the same everywhere and tells nothing about anybody's machine."""

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
PRIVATE = re.compile(
    r"(py[p]i|python[h]osted|npm[j]s|yarnpkg|npmmirror)\.(org|com|io)"  # where packages come from
    r"|(?<![\w.>}/])/(root|work|home|Users)/[\w.-]+/"  # where somebody works
)
DECISIONS = (ROOT / "docs" / "decisions" / "0001-libraries.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGE = json.loads((ROOT / "package.json").read_text())
NPM_LOCK: dict[str, dict[str, Any]] = json.loads((ROOT / "package-lock.json").read_text())[
    "packages"
]


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = listing.stdout.decode().split("\0")
    return [path for name in names if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_registry_or_somebodys_machine() -> None:
    texts = {path: path.read_bytes().decode(errors="ignore") for path in tracked()}
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path, text in texts.items()
        if (match := PRIVATE.search(text)) or (match := re.search(re.escape(f"{ROOT}/"), text))
    }
    assert texts
    assert found == {}


def test_what_runs_is_what_was_tested() -> None:
    run, dev = (
        set(re.findall(r"^([\w.-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert run - dev == set()
    assert run


def test_the_npm_lock_serves_every_platform() -> None:
    """A lock written where one platform's package could not be seen fails on the others."""
    missing = {
        (name, wanted)
        for name, package in NPM_LOCK.items()
        for wanted in package.get("optionalDependencies", {})
        if not _found(name, wanted)
    }
    assert missing == set()


def _found(name: str, wanted: str) -> bool:
    """Look where node would: in the package's own modules, then in those of each folder above."""
    folders = [name, *(name[: m.start()] for m in re.finditer(r"/?node_modules/", name))]
    return any(f"{f}/node_modules/{wanted}".lstrip("/") in NPM_LOCK for f in folders)


def test_npm_packages_are_pinned_by_hash_and_by_no_address() -> None:
    packages = {name: package for name, package in NPM_LOCK.items() if name}
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [
        name
        for name, package in packages.items()
        if not package.get("inBundle") and "integrity" not in package
    ] == []
    asked = PACKAGE["dependencies"] | PACKAGE["devDependencies"]
    assert [name for name, version in asked.items() if not re.match(r"\d", version)] == []


def _python_dependencies() -> list[str]:
    groups = PROJECT["dependency-groups"]
    lines = (
        PROJECT["project"]["dependencies"] + groups["frontend"] + groups["test"] + groups["lint"]
    )
    return [re.split(r"[\[<>=]", line)[0] for line in lines]


@pytest.mark.parametrize(
    "name", [*_python_dependencies(), *PACKAGE["dependencies"], *PACKAGE["devDependencies"]]
)
def test_every_dependency_has_its_reason(name: str) -> None:
    word = name.removesuffix(".org").removeprefix("@hotwired/")
    assert re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", DECISIONS)


def test_every_link_in_the_documents_leads_to_a_file() -> None:
    dead = {
        (str(page.relative_to(ROOT)), target)
        for page in tracked()
        if page.suffix == ".md"
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())
        if not (page.parent / target).exists()
    }
    assert dead == set()
