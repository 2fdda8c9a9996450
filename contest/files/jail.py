"""Starts what opens strangers' files, in the strongest jail that this system gives.

Limits of time, memory and output, no network and no other programs: that holds everywhere on Linux.
Where bubblewrap is installed and works, the file system is gone as well, but for the interpreter, its
libraries and the one file.
"""

import enum
import json
import logging
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
JAILED = Path(__file__).with_name("jailed.py")
SECONDS = {"probe": 10, "look": 20, "render": 60, "plain": 60}
MOST_SAID = 1024 * 1024  # bytes of an answer
INSIDE = Path("/jail")
SYSTEM = ("/usr", "/lib", "/lib64")


class Jail(enum.StrEnum):
    """What keeps a parser from doing harm."""

    BUBBLEWRAP = "bubblewrap"
    LIMITS = "limits only"


@cache
def kind() -> Jail:
    """Return which jail works here, found out by trying."""
    program = shutil.which("bwrap")
    if program is None:
        return Jail.LIMITS
    if probe(Jail.BUBBLEWRAP).get("files") is False:
        return Jail.BUBBLEWRAP
    log.warning("bubblewrap is there and does not work: parsers run in limits only")
    return Jail.LIMITS


def probe(jail: Jail) -> dict[str, Any]:
    """Return what is still within reach in such a jail; nothing when it does not work."""
    return _run(jail, "probe", JAILED, None) or {}


def run(verb: str, given: Path, folder: Path | None = None) -> dict[str, Any] | None:
    """Return what the jailed reader says of the given file, and let it write into the folder.

    None when it came to no answer. The answer is a stranger's word: nothing in it is checked.
    """
    return _run(kind(), verb, given, folder)


def written(folder: Path, name: str) -> Path | None:
    """Return the file of that name if the jailed reader wrote one; a link is none."""
    path = folder / name
    try:
        return path if path.parent == folder and stat.S_ISREG(path.lstat().st_mode) else None
    except OSError:
        return None


def _run(jail: Jail, verb: str, given: Path, folder: Path | None) -> dict[str, Any] | None:
    with tempfile.TemporaryFile() as answer:
        try:
            subprocess.run(  # noqa: S603 -- our own script, and paths that we made
                _command(jail, verb, given, folder),
                stdin=subprocess.DEVNULL,
                stdout=answer,  # a file, so that the limit of what is written holds for it too
                stderr=subprocess.DEVNULL,
                timeout=SECONDS[verb],
                env={},
                check=True,
            )
            answer.seek(0)
            told = json.loads(answer.read(MOST_SAID))
        except (subprocess.SubprocessError, OSError, ValueError, RecursionError):
            return None
    return told if isinstance(told, dict) else None


def _command(jail: Jail, verb: str, given: Path, folder: Path | None) -> list[str]:
    script, paths = JAILED, [given, *([folder] if folder else [])]
    walls: list[str] = []
    if jail is Jail.BUBBLEWRAP:
        walls = [str(shutil.which("bwrap")), *_walls(given, folder)]
        script, paths = INSIDE / "jailed.py", [INSIDE / str(n) for n in range(len(paths))]
    python = [sys.executable, "-I", "-B", str(script), verb, *map(str, paths)]
    return [*walls, *python]


def _walls(given: Path, folder: Path | None) -> list[str]:
    """Return what bubblewrap is told: everything of one's own, nothing of the file system but these."""
    shown = [(path, path) for path in (*SYSTEM, sys.base_prefix)]
    shown.append((os.path.realpath(sys.prefix), sys.prefix))
    return [
        "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL",
        *(word for source, place in dict.fromkeys(shown) for word in ("--ro-bind-try", source, place)),
        "--ro-bind", str(JAILED), f"{INSIDE}/jailed.py",
        "--ro-bind", str(given.resolve()), f"{INSIDE}/0",
        *(["--bind", str(folder.resolve()), f"{INSIDE}/1"] if folder else []),
        "--dev", "/dev", "--remount-ro", "/", "--chdir", "/",
    ]  # fmt: skip
