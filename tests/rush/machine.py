"""What only root can do to a machine: small disks, disks that fill, disks that are pulled."""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.attack.promise import Unknown


def require_root(*programs: str) -> None:
    """Raise Unknown where this cannot be done."""
    if os.geteuid():
        raise Unknown("only root may mount a disk")
    for program in programs:
        if shutil.which(program) is None:
            raise Unknown(f"there is no {program}")


def folder() -> Path:
    """Make a folder that is gone when we are."""
    made = Path(tempfile.mkdtemp(prefix="contest-attack-"))
    made.chmod(0o755)  # PostgreSQL runs as somebody else
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def run(*words: str | Path) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unknown(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Put a small disk in memory where the folder is."""
    folder.mkdir(parents=True, exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder)
    try:
        yield folder
    finally:
        run("umount", "--lazy", folder)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """Leave not one byte of room on the disk of the folder."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while file.write(b"x" * size):
                        pass
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nothing be written to the disk that is mounted at the folder."""
    run("mount", "-o", "remount,ro", folder)
    try:
        yield
    finally:
        run("mount", "-o", "remount,rw", folder)


def image(path: Path, megabytes: int) -> None:
    """Make the image of an empty disk."""
    with path.open("wb") as file:
        file.truncate(megabytes << 20)
    run("mkfs.ext4", "-q", "-F", path)


@contextmanager
def mounted(path: Path, folder: Path) -> Iterator[Path]:
    """Mount the image of a disk; its journal is played back as after a power cut."""
    folder.mkdir(parents=True, exist_ok=True)
    run("mount", "-o", "loop", path, folder)
    try:
        yield folder
    finally:
        run("umount", "--lazy", folder)
