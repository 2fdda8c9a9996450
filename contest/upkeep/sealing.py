"""Seals a backup by a passphrase, piece by piece, so that its size does not matter.

Each piece has its number and whether it is the last inside what is authenticated: a piece that is
changed, missing, twice or in another place is found, and so is an end that was cut off.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

HEAD = b"contest-sealed-backup-v1\n"
PIECE = 64 * 1024
TAG = 16
SALT = 16
COST = 2**17  # 128 MiB and a third of a second for each guess


class NotOpened(Exception):
    """The passphrase is another one, or the file was changed."""


def seal(source: Path, target: Path, passphrase: bytes) -> None:
    """Write what only the passphrase opens; the file is whole or not there."""
    salt = os.urandom(SALT)
    box = _box(passphrase, salt)
    part = target.with_name(f".{target.name}.part")
    try:
        with source.open("rb") as plain, part.open("wb") as sealed:
            sealed.write(HEAD + salt)
            for number, piece, is_last in _pieces(plain, PIECE):
                sealed.write(box.encrypt(_nonce(number, is_last), piece, None))
            sealed.flush()
            os.fsync(sealed.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def unseal(source: Path, target: Path, passphrase: bytes) -> None:
    """Undo `seal`; raise NotOpened when that is not what it is, or by another passphrase."""
    with source.open("rb") as sealed, target.open("wb") as plain:
        if sealed.read(len(HEAD)) != HEAD:
            raise NotOpened("it is not sealed")
        box = _box(passphrase, sealed.read(SALT))
        for number, piece, is_last in _pieces(sealed, PIECE + TAG):
            try:
                plain.write(box.decrypt(_nonce(number, is_last), piece, None))
            except InvalidTag:
                raise NotOpened("the passphrase is another one, or it was changed") from None


def is_sealed(file: Path) -> bool:
    with file.open("rb") as source:
        return source.read(len(HEAD)) == HEAD


def _pieces(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    number, piece = 0, file.read(size)
    while True:
        following = file.read(size)
        yield number, piece, not following
        if not following:
            return
        number, piece = number + 1, following


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _box(passphrase: bytes, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(passphrase))
