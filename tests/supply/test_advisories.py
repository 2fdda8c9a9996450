"""S2: the gate is green only when it looked, and says UNKNOWN when it could not."""

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contest.core import clock
from contest.supply import advisories
from contest.supply.__main__ import supply
from contest.supply.advisories import Verdict, audit, is_affected
from contest.supply.locks import NPM, PYPI, RUN, Package

NOW = datetime(2030, 6, 1, tzinfo=UTC)
FLASK = Package(PYPI, "flask", "3.1.3", RUN)
VITE = Package(NPM, "vite", "7.1.0", RUN)
OURS = [FLASK, VITE]


def osv(
    number: str, ecosystem: str, name: str, *events: dict[str, str], **more: Any
) -> dict[str, Any]:
    kind = "SEMVER" if ecosystem == NPM else "ECOSYSTEM"
    return {
        "id": number, "modified": "2030-05-30T08:00:00Z", "summary": f"{name} does something",
        "affected": [{"package": {"ecosystem": ecosystem, "name": name},
                      "ranges": [{"type": kind, "events": list(events)}]}],
        **more,
    }  # fmt: skip


OLD_FLASK = osv("PYSEC-1", PYPI, "Flask", {"introduced": "0"}, {"fixed": "2.2.5"})
OLD_VITE = osv("GHSA-1", NPM, "vite", {"introduced": "0"}, {"fixed": "6.0.1"})


def snapshot(folder: Path, *records: dict[str, Any]) -> Path:
    for record in records:
        (folder / f"{record['id']}.json").write_text(json.dumps(record))
    return folder


def test_s2_nothing_known_is_clean_and_says_how_much_was_looked_at(tmp_path: Path) -> None:
    found = audit(OURS, snapshot(tmp_path, OLD_FLASK, OLD_VITE), at=NOW)
    assert (found.verdict(), found.packages, found.advisories) == (Verdict.CLEAN, 2, 2)
    assert found.newest == datetime(2030, 5, 30, 8, tzinfo=UTC)


def test_s2_what_is_known_is_found_with_its_mend(tmp_path: Path) -> None:
    bad = osv("GHSA-2", PYPI, "FLASK", {"introduced": "3.1"}, {"fixed": "3.1.4"})
    found = audit(OURS, snapshot(tmp_path, OLD_FLASK, OLD_VITE, bad), at=NOW)
    assert found.verdict() is Verdict.FOUND
    [one] = found.findings
    assert (one.package, one.number, one.fixed) == (FLASK, "GHSA-2", ("3.1.4",))


def test_s2_a_zip_is_read_like_a_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for record in (OLD_FLASK, OLD_VITE):
            archive.writestr(f"{record['id']}.json", json.dumps(record))
    assert audit(OURS, tmp_path / "all.zip", at=NOW).verdict() is Verdict.CLEAN
    assert audit(OURS, tmp_path, at=NOW).verdict() is Verdict.CLEAN


def _none(_folder: Path) -> Path | None:
    return None


def _absent(folder: Path) -> Path:
    return folder / "absent"


def _empty(folder: Path) -> Path:
    return folder


def _one_sided(folder: Path) -> Path:
    return snapshot(folder, OLD_FLASK)


def _old(folder: Path) -> Path:
    day = {"modified": "2030-04-30T00:00:00Z"}
    return snapshot(folder, {**OLD_FLASK, **day}, {**OLD_VITE, **day})


def _broken(folder: Path) -> Path:
    (folder / "half.json").write_text('{"id": "GHSA-')
    return snapshot(folder, OLD_FLASK, OLD_VITE)


def _no_zip(folder: Path) -> Path:
    (folder / "all.zip").write_text("404 not found")
    return folder / "all.zip"


def _strange_version(folder: Path) -> Path:
    strange = osv("GHSA-3", NPM, "vite", {"introduced": "0"}, {"fixed": "the next one"})
    return snapshot(folder, OLD_FLASK, OLD_VITE, strange)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (_none, "there is no snapshot of advisories"),
        (_absent, "there is no snapshot of advisories"),
        (_empty, "the snapshot has no advisory about PyPI"),
        (_one_sided, "the snapshot has no advisory about npm"),
        (_old, "the newest advisory is 32 days old"),
        (_broken, "half.json is no advisory that can be read"),
        (_no_zip, "all.zip is no advisory that can be read"),
        (_strange_version, "GHSA-3: a version of vite cannot be compared"),
    ],
)
def test_s2_without_good_data_it_is_unknown_never_green(
    tmp_path: Path, given: Any, told: str
) -> None:
    found = audit(OURS, given(tmp_path), at=NOW)
    assert found.verdict() is Verdict.UNKNOWN
    assert told in found.doubts


def test_s2_a_withdrawn_advisory_finds_nothing(tmp_path: Path) -> None:
    gone = osv("GHSA-4", PYPI, "flask", {"introduced": "0"}, withdrawn="2030-05-01T00:00:00Z")
    assert audit(OURS, snapshot(tmp_path, gone, OLD_VITE), at=NOW).verdict() is Verdict.CLEAN


@pytest.mark.parametrize(
    ("ecosystem", "version", "events", "hit"),
    [
        (PYPI, "3.1.3", [{"introduced": "0"}, {"fixed": "3.1.3"}], False),
        (PYPI, "3.1.3", [{"introduced": "0"}, {"fixed": "3.1.10"}], True),
        (PYPI, "3.1.3rc1", [{"introduced": "0"}, {"fixed": "3.1.3"}], True),
        (PYPI, "3.1.3", [{"introduced": "0"}, {"last_affected": "3.1.3"}], True),
        (PYPI, "3.1.4", [{"introduced": "0"}, {"last_affected": "3.1.3"}], False),
        (PYPI, "2.5", [{"introduced": "0"}, {"fixed": "2"}, {"introduced": "2.4"}, {"fixed": "3"}], True),
        (PYPI, "2.2", [{"introduced": "0"}, {"fixed": "2"}, {"introduced": "2.4"}, {"fixed": "3"}], False),
        (NPM, "7.1.0", [{"introduced": "7.0.0"}, {"fixed": "7.1.0"}], False),
        (NPM, "7.1.0-beta.2", [{"introduced": "7.0.0"}, {"fixed": "7.1.0"}], True),
        (NPM, "7.1.0-beta.10", [{"introduced": "7.1.0-beta.9"}], True),
        (NPM, "7.1.0-beta.2", [{"introduced": "7.1.0-beta.a"}], False),
        (NPM, "10.0.0", [{"introduced": "9.0.0"}, {"fixed": "11.0.0"}], True),
    ],
)  # fmt: skip
def test_versions_are_in_a_range_as_osv_has_it(
    ecosystem: str, version: str, events: list[dict[str, str]], hit: bool
) -> None:
    affected = {"ranges": [{"type": "ECOSYSTEM", "events": events}]}
    assert is_affected(Package(ecosystem, "x", version, RUN), affected) is hit


def test_a_version_that_is_listed_is_affected_without_a_range() -> None:
    assert is_affected(FLASK, {"versions": ["3.1.2", "3.1.3"]})
    assert not is_affected(
        FLASK, {"versions": ["3.1.2"], "ranges": [{"type": "GIT", "events": []}]}
    )


def test_the_command_exits_by_its_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    run = CliRunner().invoke
    monkeypatch.delenv("CONTEST_ADVISORIES", raising=False)
    assert run(supply, ["audit"]).exit_code == 2
    snapshot(tmp_path, OLD_FLASK, OLD_VITE)
    clean = run(supply, ["audit", str(tmp_path)])
    assert (clean.exit_code, clean.output.splitlines()[-1]) == (0, "CLEAN")
    assert "packages audited against 2 advisories, newest: 2030-05-30" in clean.output
    snapshot(tmp_path, osv("GHSA-5", PYPI, "flask", {"introduced": "0"}))
    monkeypatch.setenv("CONTEST_ADVISORIES", str(tmp_path))
    found = run(supply, ["audit"])
    assert found.exit_code == 1
    assert "GHSA-5  fixed in nowhere" in found.output


def test_s2_the_fresh_limit_is_thirty_days() -> None:
    assert timedelta(days=30) == advisories.FRESH
