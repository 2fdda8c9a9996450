"""Bytes by their hash, on local disk or in S3. Written once, flushed before anybody relies on them.

A file arrives in three steps: `take` streams it to a temporary place while hashing and counting, the
caller looks at it there, `keep` gives it its name. What is not kept leaves nothing behind.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.store import LocalStore, S3Store

from contest.core.errors import DomainError
from contest.core.text import N_

CHUNK = 256 * 1024
SPARED_BYTES = 64 * 1024 * 1024
NO_ROOM = N_(
    "There is no room for files at the moment; texts can still be written. Try again in some minutes."
)


class NoRoom(DomainError):
    """The disk of the files is nearly full."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class Readable(Protocol):
    """What an upload, an open file and BytesIO have in common."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Incoming:
    """A file that has arrived whole at `path` and is on disk, but has no name yet."""

    path: Path
    sha256: str
    size_bytes: int
    kept: bool = False


class Store:
    """Files under the hash of their bytes. `root` is None where the objects are not on this disk."""

    def __init__(self, objects: LocalStore | S3Store, root: Path | None) -> None:
        self.root = root
        self._objects = objects

    @contextmanager
    def take(self, stream: Readable, limit_bytes: int) -> Iterator[Incoming]:
        """Read the stream to its end into a temporary file, which is gone afterwards unless kept.

        Raises DomainError when it is empty or longer than the limit (no more than that is read), and
        when the disk is nearly full: what is left of it is for texts.
        """
        folder = self.root / "tmp" if self.root else None
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(folder).free < SPARED_BYTES:
                raise NoRoom(NO_ROOM)
        handle, name = tempfile.mkstemp(dir=folder)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                sha256, size = _copy(stream, target, limit_bytes)
                target.flush()
                os.fsync(target.fileno())
            yield Incoming(path, sha256, size)
        finally:
            path.unlink(missing_ok=True)

    def keep(self, incoming: Incoming) -> None:
        """Give the bytes their name; when this returns, they survive a crash."""
        key = _key(incoming.sha256)
        if self.root is None:
            with incoming.path.open("rb") as source:
                obstore.put(self._objects, key, source)
            if obstore.head(self._objects, key)["size"] != incoming.size_bytes:
                raise OSError(f"{key} arrived incomplete in the object store")
        else:
            _rename(incoming.path, self.root / key, self.root)
        incoming.kept = True

    def put(self, data: IO[bytes], limit_bytes: int) -> Incoming:
        """Take and keep in one step, for what we made ourselves."""
        with self.take(data, limit_bytes) as incoming:
            self.keep(incoming)
        return incoming

    def has(self, sha256: str) -> bool:
        with suppress(FileNotFoundError):
            obstore.head(self._objects, _key(sha256))
            return True
        return False

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """Yield the bytes piece by piece; FileNotFoundError at once when they are not there."""
        found = obstore.get(self._objects, _key(sha256))
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))

    def remove(self, sha256: str) -> None:
        """Delete the bytes, if they are there. For whoever made sure that nothing refers to them."""
        with suppress(FileNotFoundError):
            obstore.delete(self._objects, _key(sha256))

    def all(self) -> Iterator[tuple[str, float]]:
        """Yield the hash of everything that is kept, and when it came, in seconds since 1970."""
        for page in obstore.list(self._objects):
            for found in page:
                if not found["path"].startswith("tmp/"):
                    yield found["path"].rpartition("/")[2], found["last_modified"].timestamp()

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """Give a path on this machine for programs that read files. Not to be written to."""
        if self.root is not None:
            yield self.root / _key(sha256)
            return
        with tempfile.NamedTemporaryFile() as copy:
            for chunk in self.chunks(sha256):
                copy.write(chunk)
            copy.flush()
            yield Path(copy.name)


def from_url(url: str) -> Store:
    """Return the store that `url` names: file:///folder or s3://bucket/prefix.

    Raises ValueError as `objects` does.
    """
    found = objects(url)
    return Store(found, Path(str(found.prefix)) if isinstance(found, LocalStore) else None)


def objects(url: str) -> LocalStore | S3Store:
    """Return the objects at `url`.

    Raises ValueError for another scheme, and for a folder that is not named from the root: two
    slashes too few would otherwise quietly make a folder somewhere else.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        if parts.netloc or not parts.path.startswith("/"):
            raise ValueError(
                f"{url}: name the folder from the root, as in file:///srv/contest/files"
            )
        root = Path(unquote(parts.path))
        root.mkdir(parents=True, exist_ok=True)
        return LocalStore(prefix=root)
    if parts.scheme == "s3":
        return S3Store(parts.netloc, prefix=parts.path.strip("/") or None)
    raise ValueError(f"no store for {parts.scheme}: files; use file:// or s3://")


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _copy(source: Readable, target: IO[bytes], limit_bytes: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > limit_bytes:
            raise DomainError(
                N_("The file is larger than %(limit)s MB. Make it smaller and try again."),
                {"limit": limit_bytes // (1024 * 1024)},
            )
        digest.update(chunk)
        target.write(chunk)
    if size == 0:
        raise DomainError(N_("The file is empty. Choose another one."))
    return digest.hexdigest(), size


def _rename(source: Path, target: Path, root: Path) -> None:
    """Move within one file system, then flush every folder whose list of names has changed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)
    folder = target.parent
    while True:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if folder == root:
            return
        folder = folder.parent
