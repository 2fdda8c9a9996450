"""People and things to ask the policies about: one contest with one of everything, never stored."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from contest.accounts.models import User
from contest.contests.actor import Actor
from contest.contests.models import (
    Answer,
    Appointment,
    Contest,
    Phase,
    Role,
    Round,
    RoundKind,
    RoundPhase,
)
from contest.core.decisions import ALLOW, deny
from contest.entries.models import Entry, Leave, State
from contest.followup.models import Case, Stage
from contest.followup.policy import Viewer
from contest.judging.models import Assignment, Calibration, Rubric
from contest.organisations.models import Position
from contest.teams.models import Member, Team, TeamInvitation, TeamRole
from contest.undertakings.models import Signature

OPENS = datetime(2030, 6, 1, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=30)
BEFORE, DURING, AFTER = OPENS - timedelta(1), OPENS + timedelta(1), CLOSES + timedelta(1)
LONG_AFTER = CLOSES + timedelta(90)


@dataclass(frozen=True, slots=True)
class Part:
    """What somebody is in the contest: a column of the document."""

    name: str
    role: Role | None = None
    in_team: TeamRole | None = None
    is_admin: bool = False
    is_visitor: bool = False


PARTS = (
    Part("visitor", is_visitor=True),
    Part("signed in"),
    Part("member", in_team=TeamRole.MEMBER),
    Part("lead", in_team=TeamRole.LEAD),
    Part("judge", Role.JUDGE),
    Part("screener", Role.SCREENER),
    Part("chair", Role.CHAIR),
    Part("organiser", Role.ORGANISER),
    Part("observer", Role.OBSERVER),
    Part("sponsor", Role.SPONSOR),
    Part("owner", Role.FOLLOW_UP),
    Part("administrator", is_admin=True),
)


@dataclass
class Scene:
    """What a policy may be asked about by one person, by the names of its parameters."""

    part: Part
    things: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        part, me, other = self.part, _user(), _user()
        me.is_admin = part.is_admin
        user = None if part.is_visitor else me
        contest = Contest(id=uuid.uuid4(), announced_at=BEFORE, team_max=3)
        round_ = Round(contest=contest, opens_at=OPENS, closes_at=CLOSES, grace_seconds=0)
        team = Team(contest=contest, name="Reeds", dissolved_at=None)
        member = Member(user_id=other.id, role=TeamRole.MEMBER)
        lead = Member(user_id=other.id, role=TeamRole.LEAD)
        if part.in_team is not None:
            mine = lead if part.in_team is TeamRole.LEAD else member
            mine.user_id = me.id
        team.members = [lead, member]
        entry = Entry(contest=contest, team=team)
        judge = me if part.role is Role.JUDGE else other
        appointment = Appointment(user_id=judge.id, role=Role.JUDGE, ended_at=None)
        invitation = TeamInvitation(
            team=team, email="", used_at=None, revoked_at=None, expires_at=LONG_AFTER
        )
        owner = me if part.role is Role.FOLLOW_UP else other
        actor = Actor(user, contest.id, frozenset({part.role} if part.role else ()))
        self.things = {
            "actor": actor, "user": user, "contest": contest, "round_": round_, "rounds": [round_],
            "team": team, "entry": entry, "appointment": appointment, "invitation": invitation,
            "viewer": Viewer(actor, is_member=part.in_team is not None),
            "case": Case(contest=contest, entry=entry, sponsor_owner_id=owner.id),
            "assignment": Assignment(appointment=appointment, round=round_, entry=entry),
            "calibration": Calibration(round=round_, closed_at=None),
            "rubric": Rubric(round=round_, frozen_at=None), "own": None, "leave": Leave(),
            "member": Member(user_id=uuid.uuid4(), role=TeamRole.MEMBER), "at": DURING,
            "signature": Signature(user_id=me.id), "position": Position(user_id=me.id),
            "organises": part.role is Role.ORGANISER,
        }  # fmt: skip


def _user() -> User:
    return User(id=uuid.uuid4(), is_admin=False)


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something about a thing that an answer may depend on; `about` are the parameters that show it."""

    name: str
    about: frozenset[str]
    values: Mapping[str, Any]
    put: Callable[[Scene, Any], None]

    def settings(self, scene: Scene) -> Iterator[str]:
        """Set the scene to each value in turn."""
        for word, value in self.values.items():
            self.put(scene, value)
            yield word


def _attribute(thing: str, name: str) -> Callable[[Scene, Any], None]:
    return lambda scene, value: setattr(scene.things[thing], name, value)


def _thing(name: str) -> Callable[[Scene, Any], None]:
    return lambda scene, value: scene.things.__setitem__(name, value)


def _words(kind: Any) -> dict[str, Any]:
    return {one.value.replace("_", " "): one for one in kind}


def _announce(scene: Scene, phase: Phase) -> None:
    contest = scene.things["contest"]
    contest.phase = phase
    contest.announced_at = None if phase is Phase.DRAFT else BEFORE


def _invitation(scene: Scene, facts: Mapping[str, Any]) -> None:
    open_ = {"used_at": None, "revoked_at": None, "expires_at": LONG_AFTER}
    for name, value in {**open_, **facts}.items():
        setattr(scene.things["invitation"], name, value)


YES_NO = {"yes": True, "no": False}
DIMENSIONS = (
    Dimension("contest", frozenset({"contest", "team", "entry", "rounds", "invitation", "round_"}),
              _words(Phase), _announce),
    Dimension("round", frozenset({"round_", "assignment"}), _words(RoundPhase),
              _attribute("round_", "phase")),
    Dimension("kind of round", frozenset({"round_", "assignment"}), _words(RoundKind),
              _attribute("round_", "kind")),
    Dimension("time", frozenset({"at"}),
              {"before the window": BEFORE, "in the window": DURING, "after it": AFTER}, _thing("at")),
    Dimension("entry", frozenset({"entry"}), _words(State), _attribute("entry", "state")),
    Dimension("more time", frozenset({"leave"}),
              {"none": Leave(), "an extension": Leave(extended_until=LONG_AFTER),
               "more was asked for": Leave(requested_until=LONG_AFTER)}, _thing("leave")),
    Dimension("seat in the team", frozenset({"team", "invitation"}), {"free": 9, "none": 2},
              _attribute("contest", "team_max")),
    Dimension("invitation", frozenset({"invitation"}),
              {"open": {}, "used": {"used_at": OPENS}, "taken back": {"revoked_at": OPENS},
               "expired": {"expires_at": BEFORE}}, _invitation),
    Dimension("in another team", frozenset({"own"}), {"no": None, "yes": Team(name="Others")},
              _thing("own")),
    Dimension("appointment", frozenset({"appointment", "assignment"}),
              {**_words(Answer), "unanswered": None}, _attribute("appointment", "answer")),
    Dimension("promises and conflicts", frozenset({"ready"}), {"done": ALLOW, "open": deny("")},
              _thing("ready")),
    Dimension("rubric", frozenset({"rubric"}), {"open": None, "frozen": OPENS},
              _attribute("rubric", "frozen_at")),
    Dimension("calibration", frozenset({"calibration"}), {"open": None, "closed": AFTER},
              _attribute("calibration", "closed_at")),
    Dimension("case", frozenset({"case"}), _words(Stage), _attribute("case", "stage")),
    Dimension("handed in", frozenset({"handed_in"}), YES_NO, _thing("handed_in")),
    Dimension("results out", frozenset({"released"}), YES_NO, _thing("released")),
)  # fmt: skip
