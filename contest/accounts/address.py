"""Mail addresses, written in one way so that one person has one account."""

from email_validator import EmailNotValidError, validate_email

from contest.core.errors import DomainError
from contest.core.text import N_

LONGEST = 254


def normalised(typed: str) -> str:
    """Return the address in lower case with the domain as DNS knows it.

    Raises DomainError at the field `email` for what is no address.
    """
    try:
        address = validate_email(typed.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise DomainError(
            N_("This is not a mail address. It looks like name@example.org."), field="email"
        ) from None
    result = f"{address.local_part}@{address.ascii_domain}".lower()
    if len(result) > LONGEST:
        raise DomainError(N_("This address is too long."), field="email")
    return result
