"""S3: the list of ingredients is the locks, no more and no less."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contest.supply.__main__ import supply

ROOT = Path(__file__).parent.parent.parent
KINDS = {"type", "bom-ref", "name", "version", "purl", "scope", "properties", "hashes"}


@pytest.fixture(scope="module")
def bom() -> dict[str, Any]:
    result = CliRunner().invoke(supply, ["sbom"])
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.output))


def pinned(name: str) -> set[str]:
    """Read a requirements file in another way than the program does."""
    found = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)
    return {f"pkg:pypi/{n.lower().replace('_', '-').replace('.', '-')}@{v}" for n, v in found}


def npm() -> set[str]:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {
        f"pkg:npm/{told.get('name', place.split('node_modules/')[-1]).replace('@', '%40')}@{told['version']}"
        for place, told in packages.items()
        if place
    }


def test_s3_it_lists_what_is_locked_and_nothing_else(bom: dict[str, Any]) -> None:
    listed = [component["purl"] for component in bom["components"]]
    every = [f"requirements{which}.txt" for which in ("", "-dev", "-node", "-uv")]
    assert len(listed) == len(set(listed)) >= 200
    assert set(listed) == npm().union(*map(pinned, every))


def test_s3_what_runs_is_told_from_what_builds_and_tests(bom: dict[str, Any]) -> None:
    runs = {c["purl"] for c in bom["components"] if c["scope"] == "required"}
    assert runs == pinned("requirements.txt")
    assert set(bom["dependencies"][0]["dependsOn"]) == runs


def test_s3_it_has_the_form_of_cyclonedx(bom: dict[str, Any]) -> None:
    assert (bom["bomFormat"], bom["specVersion"], bom["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bom["serialNumber"])
    assert bom["metadata"]["component"]["name"] == "contest"
    for component in bom["components"]:
        assert component.keys() <= KINDS
        assert component["type"] == "library"
        assert component["bom-ref"] == component["purl"]
        for one in component.get("hashes", ()):
            assert re.fullmatch(
                {"SHA-512": "[0-9a-f]{128}", "SHA-1": "[0-9a-f]{40}"}[one["alg"]], one["content"]
            )


def test_s3_the_same_locks_give_the_same_list(bom: dict[str, Any]) -> None:
    assert json.loads(CliRunner().invoke(supply, ["sbom"]).output) == bom
