"""S1: what is installed is what was locked, byte by byte."""

import base64
import hashlib
import subprocess
import sys
import uuid
import zipfile
from pathlib import Path

import pytest

from contest.supply import locks

ROOT = Path(__file__).parent.parent.parent
UV = Path(sys.prefix).resolve().parent / ".tools" / "bin" / "uv"  # beside the environment


def wheel(folder: Path, body: str) -> Path:
    """Build a wheel of one module."""
    made = folder / "canary-1.0-py3-none-any.whl"
    about = "canary-1.0.dist-info"
    parts = {
        "canary.py": body,
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: canary\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    listed = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip('=')},"
        for name, text in parts.items()
    ]
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        archive.writestr(f"{about}/RECORD", "\n".join([*listed, f"{about}/RECORD,,"]))
    return made


def install(folder: Path, pinned: str) -> subprocess.CompletedProcess[str]:
    """Install as the Makefile does: hashes are required."""
    (folder / "requirements.txt").write_text(pinned)
    return subprocess.run(
        [UV, "pip", "install", "--require-hashes", "--no-index", "--no-cache", "--find-links", folder,
         "--target", folder / uuid.uuid4().hex, "-r", folder / "requirements.txt"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip


def test_s1_an_altered_wheel_is_refused(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(wheel(tmp_path, "SAFE = True\n").read_bytes()).hexdigest()
    pinned = f"canary==1.0 --hash=sha256:{sha256}\n"

    assert install(tmp_path, pinned).returncode == 0
    wheel(tmp_path, "SAFE = False\n")
    refused = install(tmp_path, pinned)

    assert refused.returncode != 0
    assert "hash" in refused.stderr.lower()


def test_s1_nothing_is_installed_without_its_hash(tmp_path: Path) -> None:
    wheel(tmp_path, "SAFE = True\n")
    assert install(tmp_path, "canary==1.0\n").returncode != 0


def test_s1_every_installation_of_the_makefile_asks_for_hashes() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    installs = [x for x in lines if "pip sync" in x or "pip install" in x]
    assert [line for line in installs if "--require-hashes" not in line] == []
    assert len(installs) >= 3


@pytest.mark.parametrize(
    "line", ["flask>=3 --hash=sha256:" + 64 * "0", "flask==3.1", "git+https://example.org/flask"]
)
def test_what_pins_nothing_is_no_lock(line: str) -> None:
    with pytest.raises(ValueError, match="names no version, or no hash"):
        list(locks.requirements(line, locks.RUN))
