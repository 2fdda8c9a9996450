"""A contest of any size in an empty database, written at once and not through the actions."""

import hashlib
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from contest.accounts.models import SignIn, User
from contest.contests.models import (
    Answer,
    Appointment,
    Contest,
    IpTerms,
    Phase,
    Prize,
    Role,
    Round,
    RoundPhase,
    Series,
)
from contest.core.words import Words
from contest.entries.models import Entry, Lateness, Question, QuestionForm, QuestionKind, Version
from contest.entries.models import State as EntryState
from contest.events.log import FIRST, SITE
from contest.events.models import ChainHead
from contest.judging.models import Assignment, AssignmentState, Criterion, Declaration, Rubric
from contest.results import snapshot
from contest.results.models import ResultSet, ResultState
from contest.teams.models import Kind, Member, Team, TeamRole

SLUG = "bench"
DAY = timedelta(days=1)
WORDS = (
    "water",
    "reed",
    "filter",
    "sensor",
    "valve",
    "battery",
    "harbour",
    "grain",
    "bridge",
    "leaf",
)
ENTRIES, JUDGES, EACH = 200, 20, 30


@dataclass(frozen=True, slots=True)
class Filled:
    """Whom to sign in as (`fs_uniquifier`s), and what each judge scores."""

    judges: tuple[str, ...]
    assignments: tuple[tuple[uuid.UUID, ...], ...]
    criterion: uuid.UUID


def fill(session: Session, at: datetime, seed: int = 1) -> Filled:
    """Write a contest with a gallery, a panel that judges, and published results."""
    chance = random.Random(seed)  # noqa: S311 -- not for secrets
    contest = Contest(
        series=Series(slug=SLUG, name=Words(en="Bench")), slug=SLUG, edition="1", country="CN",
        zone="Asia/Shanghai", languages=["en"], phase=Phase.RUNNING, title=Words(en="A contest"),
        tagline=Words(en=_text(chance, 12)), brief=Words(en=_text(chance, 200)),
        ip_terms=IpTerms.TEAM_KEEPS, announced_at=at - 40 * DAY, gallery_opens_at=at - DAY,
    )  # fmt: skip
    round_ = Round(
        contest=contest, number=1, title=Words(en="Ideas"), phase=RoundPhase.JUDGING,
        opens_at=at - 30 * DAY, closes_at=at - 10 * DAY, judging_opens_at=at - 9 * DAY,
        judging_closes_at=at + 9 * DAY,
    )  # fmt: skip
    question = Question(position=1, kind=QuestionKind.TEXT, title=Words(en="Your pitch"),
                        help=Words(), limit=900, public=True)  # fmt: skip
    form = QuestionForm(round=round_, questions=[question])
    rubric = Rubric(round=round_, criteria=[
        Criterion(position=i, title=Words(en=word.title()), help=Words(), weight=25, levels=[])
        for i, word in enumerate(WORDS[:4])
    ])  # fmt: skip
    people = [
        User(name=f"Judge {n}", email=f"judge{n}@example.org", confirmed_at=at - 50 * DAY)
        for n in range(JUDGES + 1)
    ]
    head = ChainHead(chain=SITE, sequence=0, hash=FIRST, public=0)
    session.add_all([contest, round_, form, rubric, head, *people])
    session.flush()
    session.add_all(
        SignIn(id=uuid.UUID(person.fs_uniquifier), user_id=person.id, how="link", began_at=at,
               passed_at=at, seen_at=at, proved_at=at)
        for person in people
    )  # fmt: skip
    prize = Prize(contest_id=contest.id, title=Words(en="Winner"), benefits=Words(), places=50)
    session.add(prize)
    entries = [
        _entry(chance, contest, form, question, people[-1], number, at) for number in range(ENTRIES)
    ]
    session.add_all(thing for made in entries for thing in made)
    session.flush()
    session.add(_results(contest, prize, [made[1] for made in entries[:50]], people[-1], at))

    assignments = []
    for person in people[:JUDGES]:
        appointment = Appointment(
            contest=contest, user=person, role=Role.JUDGE, invited_at=at - 20 * DAY,
            expires_at=at + DAY, answered_at=at - 19 * DAY, answer=Answer.ACCEPTED,
        )  # fmt: skip
        drawn = [made[1] for made in chance.sample(entries, EACH)]
        own = [
            Assignment(round=round_, appointment=appointment, entry=entry, changed_at=at - DAY,
                       state=AssignmentState.ACTIVE, position=position)
            for position, entry in enumerate(drawn)
        ]  # fmt: skip
        session.add_all([appointment, *own])
        session.flush()
        ids = sorted(str(made[1].id) for made in entries)
        session.add(Declaration(appointment_id=appointment.id, entry_ids=ids, at=at))
        assignments.append(tuple(one.id for one in own))
    session.flush()
    return Filled(
        tuple(person.fs_uniquifier for person in people[:JUDGES]),
        tuple(assignments),
        rubric.criteria[0].id,
    )


def _text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words)).capitalize() + "."


def _entry(
    chance: random.Random, contest: Contest, form: QuestionForm, question: Question, lead: User,
    number: int, at: datetime,
) -> tuple[Team, Entry, Version]:  # fmt: skip
    team = Team(
        name=f"Team {number}", contest=contest, kind=Kind.STARTUP, country="CN", founded_at=at - 20 * DAY,
        members=[] if number else [Member(user=lead, contest_id=contest.id, role=TeamRole.LEAD,
                                          joined_at=at - 20 * DAY)],
    )  # fmt: skip
    entry = Entry(title=_text(chance, 4), contest=contest, team=team, state=EntryState.ELIGIBLE,
                  code=f"{number:06}", gallery_consent_at=at - DAY)  # fmt: skip
    pitch = _text(chance, 100)
    answer = {
        "question": str(question.id),
        "title": {"en": "Your pitch"},
        "kind": "text",
        "value": pitch,
    }
    version = Version(
        entry=entry, round=form.round, form_id=form.id, number=1, submitted_at=at - 12 * DAY,
        submitted_by=lead.id, lateness=Lateness.ON_TIME, answers=[answer],
        sha256=hashlib.sha256(pitch.encode()).hexdigest(),
    )  # fmt: skip
    return team, entry, version


def _results(
    contest: Contest, prize: Prize, winners: list[Entry], officer: User, at: datetime
) -> ResultSet:
    facts = snapshot.Facts(
        contest=str(contest.id), title=contest.title, others=(), sources=(),
        counts=dict.fromkeys(("entries", "countries", "judges", "reviews"), ENTRIES),
        winners=[
            snapshot.Winner(
                entry=str(entry.id), team=entry.team.name, title=entry.title, track={},
                prize=str(prize.id), prize_title=prize.title, place=place, amount_minor=None, currency="",
            )
            for place, entry in enumerate(winners, start=1)
        ],
    )  # fmt: skip
    frozen = snapshot.freeze(facts)
    return ResultSet(
        contest=contest, number=1, state=ResultState.PUBLISHED, body=frozen.body, sealed=frozen.sealed,
        sha256=frozen.sha256, salt=frozen.salt, computed_at=at - DAY, computed_by=officer.id,
        certified_at=at - DAY, publish_at=at - DAY, published_at=at - DAY,
    )  # fmt: skip
