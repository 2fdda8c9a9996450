"""The pages of signing in, signing up and of one's own account."""

from contest.accounts.views import (
    addresses,
    arriving,
    factors,
    links,
    passkeys,
    people,
    profile,
    proving,
    security,
    sso,
)
from contest.accounts.views.blueprint import bp

__all__ = [
    "addresses",
    "arriving",
    "bp",
    "factors",
    "links",
    "passkeys",
    "people",
    "profile",
    "proving",
    "security",
    "sso",
]
