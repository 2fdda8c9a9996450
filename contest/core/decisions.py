"""The answer to "can it?" and "may I?": yes, or no and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contest.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Decision:
    """Truthy when allowed; otherwise `reason` is a msgid whose %(name)s places `facts` fill."""

    allowed: bool
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.allowed


ALLOW = Decision(allowed=True)


def deny(reason: str, **facts: object) -> Decision:
    return Decision(allowed=False, reason=reason, facts=facts)


def require(decision: Decision) -> None:
    """Raise DomainError with the reason unless `decision` allows."""
    if not decision:
        raise DomainError(decision.reason, decision.facts)


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that keeps an irreversible step from being taken, and the page that mends it.

    `place` is an endpoint and `where` its arguments besides the contest's slug.
    """

    reason: str
    place: str
    facts: Mapping[str, object] = field(default_factory=dict)
    where: Mapping[str, object] = field(default_factory=dict)
