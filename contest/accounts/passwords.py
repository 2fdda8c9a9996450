"""What may be a password. Length counts; what others would guess first does not pass."""

import re
import unicodedata

from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_

SHORTEST, LONGEST = 10, 200
DIFFERENT = 5  # characters that occur at least
_ROWS = ("0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
         "qwertzuiopasdfghjklyxcvbnm")  # fmt: skip
_COMMON = frozenset(
    {"password", "passwort", "passw0rd", "letmein", "welcome", "iloveyou", "contest"}
)


def normalised(password: str) -> str:
    """Return the password as one sequence of characters, however the keyboard composed it."""
    return unicodedata.normalize("NFKC", password)


def can_be_password(password: str, *, name: str, email: str) -> Decision:
    """Say whether this may be the password of the person with this name and address."""
    if len(password) < SHORTEST:
        return deny(
            N_("At least %(least)s characters; these are %(length)s. Three or four words do well."),
            least=SHORTEST,
            length=len(password),
        )
    if len(password) > LONGEST:
        return deny(N_("At most %(most)s characters."), most=LONGEST)
    plain = password.casefold()
    for part in _parts(name, email):
        if part in plain:
            return deny(
                N_("Leave out “%(part)s”: your name and address are tried first."), part=part
            )
    if len(set(plain)) < DIFFERENT or any(_is_row(plain, row) for row in _ROWS):
        return deny(N_("This follows a simple pattern. Three or four unrelated words do better."))
    if re.sub(r"[\W\d_]+", "", plain) in _COMMON:
        return deny(N_("This is one of the most used passwords. Choose words of your own."))
    return ALLOW


def _parts(name: str, email: str) -> list[str]:
    local, _, domain = email.casefold().partition("@")
    words = [*re.split(r"\W+", name.casefold()), local, *re.split(r"[\W_]+", local), domain]
    return [word for word in words if len(word) >= 4]


def _is_row(plain: str, row: str) -> bool:
    return plain in row or plain in row[::-1]
