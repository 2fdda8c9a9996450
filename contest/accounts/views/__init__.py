"""The pages of signing in, signing up and of one's own account."""

from contest.accounts.views import (
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
