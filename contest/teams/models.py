"""Teams and their members."""

import enum
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from contest.accounts.models import User
from contest.contests.models import Contest, Eligibility, Phase, Round, Track
from contest.core.decisions import ALLOW, Decision, deny
from contest.core.orm import Base, Edited
from contest.core.text import N_
from contest.organisations.models import Organisation


class Kind(enum.StrEnum):
    """Where a team comes from."""

    STARTUP = "startup"
    STUDENT = "student"
    COMPANY = "company"
    OPEN = "open"


class TeamRole(enum.StrEnum):
    """What a member is in the team."""

    LEAD = "lead"
    MEMBER = "member"


LIVE = frozenset({Phase.ANNOUNCED, Phase.RUNNING})


def can_take_teams(contest: Contest, rounds: Sequence[Round], at: datetime) -> Decision:
    """Say whether a team may still be founded: a round must be collecting, now or later."""
    if contest.phase not in LIVE:
        return deny(N_("The contest takes no teams now."))
    collecting = [r for r in rounds if r.closes_at is not None]
    if not collecting:
        return deny(N_("The contest collects no entries yet. Come back when its dates are set."))
    if all(at >= r.closes_at for r in collecting if r.closes_at is not None):
        return deny(N_("The deadline for entries has passed, so no new team can take part."))
    return ALLOW


def can_take_members(contest: Contest) -> Decision:
    """Say whether teams may change who is in them."""
    return ALLOW if contest.phase in LIVE else deny(N_("The contest is not running now."))


def key_of(name: str) -> str:
    """Return what two names that read alike share: capitals, widths and spaces left aside."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Team(Edited, Base):
    """People who take part together; somebody alone is a team of one."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("contest_id", "name_key"),)

    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(480))  # follows the name; the id once dissolved
    kind: Mapped[Kind]
    country: Mapped[str] = mapped_column(String(2))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"))
    track_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tracks.id"))
    founded_at: Mapped[datetime]
    dissolved_at: Mapped[datetime | None]

    contest: Mapped[Contest] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")
    track: Mapped[Track | None] = relationship(lazy="raise_on_sql")
    members: Mapped[list["Member"]] = relationship(
        back_populates="team", order_by="Member.joined_at, Member.id", lazy="raise_on_sql"
    )

    @validates("name")
    def _name_changes(self, _attribute: str, name: str) -> str:
        self.name_key = key_of(name)
        return name

    def present(self) -> list["Member"]:
        return [m for m in self.members if m.left_at is None]

    def has_member(self, user: User | None) -> bool:
        return user is not None and any(m.user_id == user.id for m in self.present())

    def is_led_by(self, user: User | None) -> bool:
        return user is not None and any(
            m.user_id == user.id and m.role is TeamRole.LEAD for m in self.present()
        )

    def can_take_one_more(self, most: int) -> Decision:
        """Say whether there is a seat; `most` is the contest's limit."""
        if self.dissolved_at is not None:
            return deny(N_("This team was dissolved."))
        if len(self.present()) >= most:
            return deny(N_("This team is full: the contest allows %(most)s people."), most=most)
        return ALLOW

    def can_lose(self, member: "Member", *, handed_in: bool) -> Decision:
        """Say whether `member` may go; `handed_in` says whether the team's entry is."""
        others = [m for m in self.present() if m is not member]
        if others and member.role is TeamRole.LEAD:
            return deny(N_("Hand over the lead first: a team always has one."))
        if not others and handed_in:
            return deny(
                N_(
                    "The entry is handed in, and nobody else is left to answer for it. Withdraw it first."
                )
            )
        return ALLOW


class Member(Base):
    """A person in a team; at most one present membership per contest."""

    __tablename__ = "members"
    __table_args__ = (
        Index(
            "uq_members_present",
            "contest_id",
            "user_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"), index=True)
    contest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contests.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[TeamRole]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(back_populates="members", lazy="raise_on_sql")
    user: Mapped[User] = relationship(lazy="raise_on_sql")


class TeamInvitation(Base):
    """A way into a team: mailed to one address, or a link for whoever has it (email is None)."""

    __tablename__ = "team_invitations"

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    invited_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    invited_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(lazy="raise_on_sql")

    def can_use(self, at: datetime) -> Decision:
        """Say whether it still opens the team; a link for whoever has it works more than once."""
        if self.revoked_at is not None:
            return deny(N_("This invitation was taken back by the team."))
        if self.email is not None and self.used_at is not None:
            return deny(N_("This invitation was already used."))
        if at >= self.expires_at:
            return deny(N_("This invitation has expired. Ask the team for a new one."))
        return ALLOW


class EligibilityAnswer(Base):
    """A team's answer to one eligibility question."""

    __tablename__ = "eligibility_answers"
    __table_args__ = (UniqueConstraint("team_id", "question_id"),)

    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id"))
    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("eligibility_questions.id"))
    answer: Mapped[bool]
    answered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime]

    question: Mapped[Eligibility] = relationship(lazy="raise_on_sql")
