"""What may be a password. Length counts; what others would guess first does not pass."""

import re
import unicodedata
from functools import cache

from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_

SHORTEST, LONGEST = 10, 200
DIFFERENT = 5  # characters that occur at least
_ROWS = ("0123456789012345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
         "qwertzuiopasdfghjklyxcvbnm")  # fmt: skip
_OURS = ("passwort", "contest")  # guessed here before others
_LOOKS = str.maketrans("013457@$!", "oieastasi")  # what people write for a letter
SHORTEST_WORD = 4


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
    if _is_common(plain):
        return deny(N_("This is one of the most used passwords. Choose words of your own."))
    return ALLOW


def _parts(name: str, email: str) -> list[str]:
    local, _, domain = email.casefold().partition("@")
    words = [*re.split(r"\W+", name.casefold()), local, *re.split(r"[\W_]+", local), domain]
    return [word for word in words if len(word) >= 4]


def _is_row(plain: str, row: str) -> bool:
    return plain in row or plain in row[::-1]


@cache
def common() -> frozenset[str]:
    """Return what is tried first: the 30 000 commonest passwords that leaked, and single English words."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS as LISTS  # noqa: PLC0415 -- large, seldom needed

    return frozenset(_OURS).union(
        LISTS["passwords"], LISTS["english_wikipedia"], LISTS["us_tv_and_film"]
    )


def _is_common(plain: str) -> bool:
    """Say whether it is a common password, as it is, twice, or with a little before or behind it."""
    word = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    tried = {plain, plain.translate(_LOOKS)}
    if len(word) >= SHORTEST_WORD and 2 * len(word) >= len(plain):
        tried |= {word, word.translate(_LOOKS)}
    return not common().isdisjoint(tried | {_once(text) for text in tried})


def _once(text: str) -> str:
    """Return what is repeated, else the whole."""
    return text[: (text + text).index(text, 1)]
