"""Teams found themselves, write, hand in; the screener decides."""

import io
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from contest.accounts.models import User
from contest.contests import queries as contests
from contest.contests.actions import edition, rounds
from contest.demo import cast, deck
from contest.demo.cast import TeamCast
from contest.demo.play import Play, found
from contest.entries import actions as handing_in
from contest.entries import queries as entries
from contest.entries.actions import drafts, screening
from contest.entries.models import Question, QuestionKind
from contest.files.arrival import arrive
from contest.judging.actions import conflicts
from contest.judging.models import ConflictKind
from contest.results.actions import consent
from contest.teams import actions as teams
from contest.teams.models import Kind as TeamKind
from contest.undertakings.models import Kind as Promise


def collect(play: Play) -> None:
    """Teams found themselves, write, attach their decks and hand in."""
    at = play.at(play.script.opens)
    if play.desk.phase.value == "planned":
        rounds.collect(play.session, play.desk, by=None, at=at)
    if play.contest.phase.value == "announced":
        edition.begin(play.session, play.contest, by=None, at=at)
    until = play.script.moment("collecting")
    for number, team in enumerate(play.script.teams):
        begins = at + timedelta(days=3 + number * 1.7, hours=number % 7)
        handed_in = begins + timedelta(days=4, hours=number % 5, minutes=11 * number % 60)
        play.renew()
        _enter(play, team, begins, handed_in if handed_in < until else None)


def _enter(play: Play, team: TeamCast, at: datetime, handed_in: datetime | None) -> None:
    s, at = play.session, play.at(at)
    lead, *others = [play.person(p, at) for p in team.people]
    play.sign(lead, (Promise.RULES, Promise.IP), at)
    made = teams.create(
        s, play.contest,
        teams.Founding(name=team.name, kind=TeamKind(team.kind), country=team.country,
                       organisation_id=play.firms[team.organisation].id if team.organisation else None,
                       track_id=play.tracks[team.track].id),
        rounds=[play.desk, play.pitch], by=lead, at=at,
    )  # fmt: skip
    for i, other in enumerate(others, start=1):
        later = play.at(at + timedelta(hours=3 * i))
        invitation = teams.invite(s, made, email=other.email, by=lead, at=at)
        play.sign(other, (Promise.RULES, Promise.IP), later)
        teams.join(s, invitation, by=other, at=later)
    questions = contests.eligibility(s, play.contest.id)
    teams.answer_eligibility(s, made, {q.id: q.expected for q in questions}, by=lead, at=at)
    _write(play, team, made.id, lead, at + timedelta(days=1), whole=handed_in is not None)
    if handed_in is not None:
        _hand_in(play, made.id, lead, play.at(handed_in))


def _write(
    play: Play, team: TeamCast, team_id: uuid.UUID, lead: User, at: datetime, *, whole: bool
) -> None:
    """Write what the draft still lacks; a team that is not done yet stops after three answers."""
    form = found(entries.form(play.session, play.desk.id))
    known = found(entries.team(play.session, team_id))
    entry = entries.entry_of(play.session, team_id)
    draft = entries.draft(play.session, entry.id, play.desk.id) if entry is not None else None
    there = {a.question_id for a in draft.answers} if draft is not None else set()
    texts = iter((team.title, team.problem, team.solution, team.benefit))
    for i, question in enumerate(form.questions):
        when = play.at(at + timedelta(minutes=20 * i))
        value = _answer(question, team, texts)
        if question.id in there:
            continue
        if value is not None:
            drafts.save(play.session, known, play.desk, question, value, base=0, by=lead, at=when)
        elif whole:
            arrived = arrive(
                play.store, io.BytesIO(deck.pdf(team)), f"{team.name}.pdf",
                limit_bytes=10_000_000, most_pages=20,
            )  # fmt: skip
            drafts.attach(
                play.session, known, play.desk, question, arrived, by=lead, at=when,
                limit_bytes=100_000_000,
            )  # fmt: skip
        if not whole and i == 2:
            return


def _answer(question: Question, team: TeamCast, texts: Iterator[str]) -> str | None:
    """Return what the team writes; None where it attaches a deck."""
    match question.kind:
        case QuestionKind.DECK:
            return None
        case QuestionKind.CHOICE:
            return question.choices[int(team.quality * 2.99)]
        case QuestionKind.NUMBER:
            return str(round(16 - 10 * team.quality))
        case QuestionKind.LINK:
            return team.video
        case _:
            return next(texts)


def _hand_in(play: Play, team_id: uuid.UUID, lead: User, at: datetime) -> None:
    entry = found(entries.entry_of(play.session, team_id))
    handing_in.submit(play.session, entry, play.desk, by=lead, at=at, key=play.key)
    consent.give(play.session, entry, by=lead, at=at)


def close_and_screen(play: Play) -> None:
    """The last teams hand in, the round closes, the screener decides, judging begins."""
    for number, team in enumerate(play.script.teams):
        play.renew()
        made = play.teams[team.name]
        entry = entries.entry_of(play.session, made)
        if entry is None or entry.state.value == "draft":
            lead = play.person(team.people[0], play.script.closes)
            at = play.script.closes - timedelta(hours=9, minutes=7 * number)
            _write(play, team, made, lead, at, whole=True)
            _hand_in(play, made, lead, play.at(at + timedelta(hours=3)))
    at = play.at(play.script.closes + timedelta(minutes=10))
    screening.begin_screening(play.session, play.desk, by=None, at=at)
    screener = play.user(cast.SCREENER)
    play.sign(screener, (Promise.NDA,), at)
    for number, entry in enumerate(play.entries()):
        at = play.at(play.script.closes + timedelta(days=1, minutes=9 * number))
        screening.find_eligible(play.session, entry, play.desk, by=screener, at=at)
    at = play.at(play.script.closes + timedelta(days=4))
    for judge in play.script.judges:
        play.sign(play.user(judge.person), (Promise.NDA, Promise.CONFLICT), at)
    conflicts.find(play.session, play.contest.id, by=None, at=at)
    for judge in play.script.judges:
        appointment = play.appointment(judge)
        declared = {
            e.id: ConflictKind.INVESTMENT for e in play.entries() if e.team.name in judge.declares
        }
        conflicts.declare(play.session, appointment, declared, by=appointment.user, at=at)
    screening.start_judging(play.session, play.desk, by=play.organiser, at=at)
