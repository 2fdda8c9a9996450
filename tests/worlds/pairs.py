"""The secrets, who may know each, and how a second world is made that differs in nothing else."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import SignIn, User
from contest.contests.actions import edition
from contest.contests.models import Appointment, Role, Round
from contest.core import clock
from contest.core.words import Words
from contest.demo import cast, ending, scoring
from contest.demo.build import run_promised
from contest.demo.play import Play, found
from contest.demo.script import united_states
from contest.entries import queries as entries
from contest.entries.actions.submit import extend
from contest.entries.models import Entry
from contest.judging.actions import conflicts
from contest.judging.models import Assignment, ConflictKind, Scorecard
from contest.results.actions import sets
from contest.results.queries import sets as result_sets
from contest.teams.models import Kind, Team
from tests import make

SCRIPT = united_states()
ASKED, NAMED = SCRIPT.judges[3], SCRIPT.judges[1]  # the judge who asks; the judge a secret is about
NEIGHBOUR, OWN, OTHER = (
    SCRIPT.teams[n] for n in (0, 1, 2)
)  # the team that asks; the teams of secrets
ELSEWHERE = cast.Person("Noor de Vries", "noor@elsewhere.example")  # organises another contest
OBSERVER = cast.Person("Oona Lehtinen", "oona@observer.example")  # is there to see that all is fair
STRANGER = cast.Person("Ida Lindqvist", "ida@stranger.example")
OTHER_SLUG = "elsewhere-2018"
COMMITMENT = (
    "0" * 64
)  # instead of the public hash of a result, which its secret salt makes a chance
NOBODY = uuid.UUID(int=1)  # a team without an entry

# Everybody who asks. A visitor is nobody.
ROLES: dict[str, cast.Person | None] = {
    "visitor": None,
    "stranger": STRANGER,
    "organiser": cast.ORGANISER,
    "screener": cast.SCREENER,
    "chair": cast.CHAIR,
    "judge": ASKED.person,
    "team lead": NEIGHBOUR.people[0],
    "team member": NEIGHBOUR.people[1],
    "sponsor": cast.SPONSOR,
    "follow-up owner": cast.FOLLOW_UP,
    "administrator": cast.ADMINISTRATOR,
    "organiser elsewhere": ELSEWHERE,
    "observer": OBSERVER,
}
# Who may know what. Whoever does not stand here gets the same bytes in both worlds.
MAY_KNOW: dict[str, frozenset[str]] = {
    "the winner and the scores": frozenset({"organiser", "chair", "administrator", "sponsor"}),
    "a judge's name": frozenset({"organiser", "chair", "administrator", "screener"}),
    "whose entry it is": frozenset({"organiser", "chair", "administrator", "screener"}),
    "a conflict": frozenset({"organiser", "chair", "administrator"}),
    "one team's extension": frozenset({"organiser", "chair", "administrator"}),
}


@dataclass(frozen=True, slots=True)
class Secret:
    """A fact that holds in one world and not in the other.

    `given` happens in both worlds, `change` only in the second, `then` in both again. `words` are
    what somebody who looks for it would search for.
    """

    name: str
    moment: str
    change: Callable[[Play], None]
    given: Callable[[Play], None] = field(default=lambda _play: None)
    then: Callable[[Play], None] = field(default=lambda _play: None)
    words: tuple[str, ...] = ()

    @property
    def outsiders(self) -> list[str]:
        """Who may not know it."""
        return [role for role in ROLES if role not in MAY_KNOW[self.name]]


def playing(session: Session, at_moment: str) -> Play:
    """Take the demonstration up where it stands."""
    clock.stop(SCRIPT.moment(at_moment))
    return Play(
        session, SCRIPT, store=current_app.extensions["files"],
        key=Ed25519PrivateKey.from_private_bytes(b"a key of worlds that never differs"[:32]),
        run_promised=lambda: run_promised(session),
    )  # fmt: skip


def session_of(user: User) -> dict[str, object]:
    """Return what the cookie of somebody whom `settle` signed in holds."""
    number = uuid.uuid5(uuid.NAMESPACE_URL, user.email)
    return {"_user_id": user.fs_uniquifier, "_fresh": True, "sign_in": number.hex}


def settle(play: Play) -> None:
    """Let there be a second contest with an organiser of its own, an observer, and somebody without any part.

    Everybody is signed in.
    """
    at = clock.now()
    play.person(STRANGER, at)
    make.appointment(play.session, play.contest, play.person(OBSERVER, at), Role.OBSERVER)
    edition.create(
        play.session,
        edition.Founding(
            series=None, series_name=Words(en="Elsewhere"), slug=OTHER_SLUG, edition="2018",
            country="NL", zone="Europe/Amsterdam", languages=["en"], title=Words(en="Elsewhere"),
        ),
        by=play.person(ELSEWHERE, at), at=at,
    )  # fmt: skip
    play.session.flush()
    for user in play.session.scalars(select(User)):
        number = uuid.UUID(hex=str(session_of(user)["sign_in"]))
        play.session.add(
            SignIn(
                id=number,
                user_id=user.id,
                how="link",
                began_at=at,
                passed_at=at,
                seen_at=at,
                proved_at=at,
            )
        )


# The winner and the scores: the judges but one saw it the other way round; then all is certified.


def _swap_scores(play: Play) -> None:
    cards = list(_scorecards(play, play.pitch))
    judged = {card.assignment.entry_id for card in cards}
    best, *_, worst = sorted(judged, key=lambda e: _total(cards, e))
    for judge in SCRIPT.judges:
        if judge is ASKED:
            continue
        seat = play.appointment(judge).id
        mine = {c.assignment.entry_id: c for c in cards if c.assignment.appointment_id == seat}
        if best in mine and worst in mine:
            for one, other in zip(mine[best].scores, mine[worst].scores, strict=True):
                one.points, other.points = other.points, one.points


def _scorecards(play: Play, round_: Round) -> Iterator[Scorecard]:
    for card in play.session.scalars(
        select(Scorecard)
        .join(Assignment, Assignment.id == Scorecard.assignment_id)
        .where(Assignment.round_id == round_.id)
        .order_by(Scorecard.id)
    ):
        play.session.refresh(card, ["assignment", "scores"])
        yield card


def _total(cards: list[Scorecard], entry_id: uuid.UUID) -> int:
    return sum(
        score.points or 0
        for card in cards
        if card.assignment.entry_id == entry_id
        for score in card.scores
    )


def certify(play: Play) -> None:
    """The round closes, the winners are decided, two officers sign; the publication is tomorrow."""
    s = play.session
    scoring.close(play, play.pitch, play.at(SCRIPT.pitch + timedelta(hours=5)))
    play.renew()
    ending.decide(play, play.pitch, play.at(SCRIPT.pitch + timedelta(hours=6)))
    play.renew()
    at = play.at(SCRIPT.published - timedelta(hours=40))
    made = sets.compute(s, play.contest, by=play.organiser, at=at).id
    for role, officer in ((Role.ORGANISER, play.organiser), (Role.CHAIR, play.chair)):
        known = found(result_sets.by_id(s, made))
        sets.sign(s, known, code=known.sha256[:8], role=role, by=officer, at=at)
    known = found(result_sets.by_id(s, made))
    sets.embargo(s, known, publish_at=SCRIPT.published, by=play.organiser, at=at)
    known.sha256 = COMMITMENT
    run_promised(s)


# A judge's name: somebody who does not stand on the public page.


def _hide_judge(play: Play) -> None:
    for appointment in play.session.scalars(
        select(Appointment).where(Appointment.user_id == play.user(NAMED.person).id)
    ):
        appointment.public = False


def _rename_judge(play: Play) -> None:
    judge = play.user(NAMED.person)
    judge.name, judge.email = "Beatrix Unterberger", "beatrix@unterberger.example"


# Whose entry it is, under blind judging: two teams change places.


def _go_blind(play: Play) -> None:
    play.desk.blind = play.pitch.blind = True
    nobody = Team(
        id=NOBODY, contest_id=play.contest.id, name="Nobody", kind=Kind.STUDENT, country="US",
        founded_at=clock.now(), dissolved_at=clock.now(),
    )  # fmt: skip
    play.session.add(nobody)


def _swap_teams(play: Play) -> None:
    one, other = (_entry(play, team.name) for team in (OWN, OTHER))
    mine, theirs = one.team_id, other.team_id
    for entry, team_id in ((one, NOBODY), (other, mine), (one, theirs)):  # a team has one entry
        entry.team_id = team_id
        play.session.flush()


# A conflict that the chair knows of.


def _add_conflict(play: Play) -> None:
    conflicts.add(
        play.session, play.appointment(NAMED), _entry(play, OWN.name).id, ConflictKind.INVESTMENT,
        by=play.chair, at=clock.now(),
    )  # fmt: skip


# More time for one team.


def _extend(play: Play) -> None:
    team = found(entries.team(play.session, play.teams[OWN.name]))
    extend(
        play.session, play.desk, team, SCRIPT.closes + timedelta(days=3), "The power was out.",
        by=play.organiser, at=clock.now(),
    )  # fmt: skip


def _entry(play: Play, team: str) -> Entry:
    return next(entry for entry in play.entries() if entry.team.name == team)


SECRETS = (
    Secret("the winner and the scores", "pitch-day", _swap_scores, then=certify,
           words=(OWN.name, OWN.title)),
    Secret("a judge's name", "judging", _rename_judge, given=_hide_judge,
           words=(NAMED.person.name, "Beatrix", NAMED.person.email)),
    Secret("whose entry it is", "judging", _swap_teams, given=_go_blind,
           words=(OWN.name, OWN.people[0].name, OWN.title)),
    Secret("a conflict", "judging", _add_conflict, words=(OWN.name, "investment")),
    Secret("one team's extension", "collecting", _extend, words=(OWN.name,)),
)  # fmt: skip
