"""What the domain raises when a rule says no."""

from collections.abc import Mapping
from http import HTTPStatus

from contest.core.text import Plural


class DomainError(Exception):
    """A rule was broken. `message` is a msgid whose %(name)s places `facts` fill when shown."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(
        self, message: str, facts: Mapping[str, object] | None = None, *, field: str | None = None
    ) -> None:
        self.message, self.facts, self.field = message, facts or {}, field
        plain = message.of(self.facts["count"]) if isinstance(message, Plural) else message
        super().__init__(plain % self.facts if self.facts else plain)


class NotAllowed(DomainError):
    """The actor may not do this."""

    status = HTTPStatus.FORBIDDEN


class NotFound(DomainError):
    """No such thing, or the actor may not know of it."""

    status = HTTPStatus.NOT_FOUND


class Hidden(NotFound):
    """There is such a thing, and the actor may not know of it."""


class Conflict(DomainError):
    """Somebody changed this meanwhile; `mine` and `theirs` are what the page shows."""

    status = HTTPStatus.CONFLICT


class Gone(DomainError):
    """A link that was used or has expired."""

    status = HTTPStatus.GONE
