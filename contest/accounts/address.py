"""Mail addresses, written in one way so that one person has one account."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from contest.core.errors import DomainError
from contest.core.text import N_

LONGEST = 254
ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"})
NOT_ONE = N_("This is not a mail address. It looks like name@example.org.")


def normalised(typed: str) -> str:
    """Return the address in lower case, in plain letters where wide ones stand, the domain as DNS knows it.

    Raises DomainError at the field `email` for what is no address, and for one that looks like another.
    """
    if len(typed) > 2 * LONGEST:
        raise DomainError(N_("This address is too long."), field="email")
    try:
        plain = unicodedata.normalize("NFKC", typed).strip()
        address = validate_email(plain, check_deliverability=False)
    except EmailNotValidError:
        raise DomainError(NOT_ONE, field="email") from None
    result = f"{address.local_part}@{address.ascii_domain}".lower()
    if len(result) > LONGEST:
        raise DomainError(N_("This address is too long."), field="email")
    if _mixes_alphabets(address.local_part):
        raise DomainError(NOT_ONE, field="email")
    return result


def _mixes_alphabets(text: str) -> bool:
    """Say whether letters stand side by side that look alike in several alphabets."""
    return len({word for c in text if (word := unicodedata.name(c, "").split(" ")[0]) in ALIKE}) > 1
