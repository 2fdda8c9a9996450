"""Who is asking, as far as one contest is concerned."""

import uuid
from dataclasses import dataclass

from contest.accounts.models import User
from contest.contests.models import STAFF, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (None: a visitor) and the roles they hold in the contest now."""

    user: User | None
    contest_id: uuid.UUID | None = None
    roles: frozenset[Role] = frozenset()

    def has(self, *roles: Role) -> bool:
        return bool(self.roles.intersection(roles))

    def runs(self) -> bool:
        """Say whether they run the contest: its organiser, or the site's administrator."""
        return self.has(Role.ORGANISER) or bool(self.user and self.user.is_admin)

    def is_staff(self) -> bool:
        return self.runs() or bool(self.roles & STAFF)
