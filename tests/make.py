"""Builders. Every argument has a valid, boring default; a test names only what it is about."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any, TypeVar

from pypdf import PdfWriter
from sqlalchemy.orm import Session

from contest.accounts.models import SignIn, User
from contest.contests.models import (
    Answer,
    Appointment,
    Contest,
    Duty,
    Eligibility,
    IpTerms,
    PartnerRole,
    Partnership,
    Phase,
    Prize,
    Role,
    Round,
    RoundKind,
    RoundPhase,
    Series,
    Track,
)
from contest.core.words import Words
from contest.entries.models import (
    Attachment,
    Draft,
    DraftAnswer,
    Entry,
    Extension,
    InfoRequest,
    Lateness,
    Question,
    QuestionForm,
    QuestionKind,
    Version,
)
from contest.entries.models import State as EntryState
from contest.files.models import File, Scan
from contest.followup.models import Case, Obligation, Stage, StageEntry
from contest.judging.models import (
    Assignment,
    AssignmentState,
    Criterion,
    Declaration,
    Level,
    Rubric,
    Score,
    Scorecard,
)
from contest.messages.models import Message
from contest.messages.outbox import write
from contest.organisations.models import Kind as OrganisationKind
from contest.organisations.models import Organisation
from contest.ranking.models import Ranking, Standing
from contest.teams.models import Kind as TeamKind
from contest.teams.models import Member, Team, TeamInvitation, TeamRole
from contest.undertakings.models import Kind as UndertakingKind
from contest.undertakings.models import Signature, Undertaking, UndertakingText

T = TypeVar("T")
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
_n = count(1)


def added(session: Session, thing: T) -> T:
    session.add(thing)
    session.flush()
    return thing


def user(
    session: Session, *, name: str = "Ada Lovelace", email: str = "", is_admin: bool = False
) -> User:
    return added(
        session,
        User(
            name=name,
            email=email or f"user{next(_n)}@example.org",
            is_admin=is_admin,
            confirmed_at=NOON - 30 * DAY,
        ),
    )


def signed_in(session: Session, user: User) -> dict[str, object]:
    """Begin a session and return what its cookie holds."""
    row = added(
        session,
        SignIn(
            user_id=user.id, how="link", began_at=NOON, passed_at=NOON, seen_at=NOON, proved_at=NOON
        ),
    )
    return {"_user_id": user.fs_uniquifier, "_fresh": True, "sign_in": row.id.hex}


def organisation(
    session: Session,
    *,
    name: str = "Hitachi",
    kind: OrganisationKind = OrganisationKind.COMPANY,
    domains: list[str] | None = None,
) -> Organisation:
    return added(
        session,
        Organisation(
            slug=f"organisation-{next(_n)}",
            name=Words(en=name),
            kind=kind,
            country="JP",
            domains=domains or [],
            summary=Words(),
        ),
    )


def contest(
    session: Session,
    *,
    phase: Phase = Phase.RUNNING,
    slug: str = "",
    title: str = "Clean Rivers",
    zone: str = "Asia/Shanghai",
    languages: list[str] | None = None,
    organiser: User | None = None,
) -> Contest:
    made = added(
        session,
        Contest(
            series=Series(slug=f"series-{next(_n)}", name=Words(en="Clean Water")),
            slug=slug or f"contest-{next(_n)}",
            edition="2030",
            country="CN",
            zone=zone,
            languages=languages or ["en"],
            phase=phase,
            title=Words(en=title),
            tagline=Words(en="Ideas for rivers"),
            brief=Words(en="What we look for."),
            ip_terms=IpTerms.TEAM_KEEPS,
            announced_at=None if phase is Phase.DRAFT else NOON - 20 * DAY,
        ),
    )
    if organiser is not None:
        appointment(session, made, organiser, Role.ORGANISER)
    return made


def appointment(
    session: Session,
    contest: Contest,
    user: User,
    role: Role = Role.JUDGE,
    *,
    answer: Answer | None = Answer.ACCEPTED,
    organisation: Organisation | None = None,
) -> Appointment:
    return added(
        session,
        Appointment(
            contest=contest,
            user=user,
            role=role,
            organisation=organisation,
            invited_at=NOON - 10 * DAY,
            expires_at=NOON + 10 * DAY,
            answered_at=NOON - 9 * DAY if answer else None,
            answer=answer,
        ),
    )


def round_(
    session: Session,
    contest: Contest | None = None,
    *,
    number: int = 1,
    kind: RoundKind = RoundKind.DESK,
    phase: RoundPhase = RoundPhase.COLLECTING,
    closes_at: datetime = NOON + DAY,
    grace_seconds: int = 0,
    minimum_reviews: int = 2,
    advance_count: int | None = 2,
    blind: bool = False,
) -> Round:
    opens_at = min(NOON, closes_at) - 7 * DAY
    return added(
        session,
        Round(
            contest=contest or make_contest(session),
            number=number,
            kind=kind,
            phase=phase,
            title=Words(en="Ideas"),
            opens_at=opens_at if kind is RoundKind.DESK else None,
            closes_at=closes_at if kind is RoundKind.DESK else None,
            grace_seconds=grace_seconds,
            judging_opens_at=closes_at,
            judging_closes_at=closes_at + 14 * DAY,
            minimum_reviews=minimum_reviews,
            advance_count=advance_count,
            blind=blind,
        ),
    )


make_contest = contest


def track(session: Session, contest: Contest, *, title: str = "Payments") -> Track:
    return added(session, Track(contest_id=contest.id, title=Words(en=title), summary=Words()))


def prize(session: Session, contest: Contest, *, places: int = 2, title: str = "Winner") -> Prize:
    return added(
        session,
        Prize(contest_id=contest.id, title=Words(en=title), benefits=Words(), places=places),
    )


def undertaking(
    session: Session,
    contest: Contest,
    kind: UndertakingKind = UndertakingKind.RULES,
    *,
    body: str = "Be fair.",
) -> UndertakingText:
    made = Undertaking(scope="contest", scope_id=contest.id, kind=kind, about=contest.title)
    return added(
        session,
        UndertakingText(
            undertaking=made,
            number=1,
            body=Words(en=body),
            sha256=hashlib.sha256(body.encode()).hexdigest(),
            effective_at=NOON - 30 * DAY,
        ),
    )


def signature(session: Session, text: UndertakingText, user: User) -> Signature:
    return added(
        session,
        Signature(user=user, text=text, lang="en", sha256=text.sha256, signed_at=NOON - 5 * DAY),
    )


def team(
    session: Session,
    *members: User,
    contest: Contest,
    name: str = "",
    kind: TeamKind = TeamKind.STARTUP,
    organisation: Organisation | None = None,
) -> Team:
    made = Team(
        name=name or f"Team {next(_n)}",
        contest=contest,
        kind=kind,
        country="CN",
        organisation=organisation,
        founded_at=NOON - 6 * DAY,
        members=[
            Member(
                user=member,
                contest_id=contest.id,
                role=TeamRole.MEMBER if i else TeamRole.LEAD,
                joined_at=NOON - 6 * DAY + timedelta(minutes=i),
            )
            for i, member in enumerate(members)
        ],
    )
    return added(session, made)


def form(session: Session, round_: Round) -> QuestionForm:
    """A form of two questions: a required pitch of 500 characters and an optional deck of 10 pages."""
    return added(
        session,
        QuestionForm(
            round=round_,
            questions=[
                Question(
                    position=1,
                    kind=QuestionKind.TEXT,
                    title=Words(en="Your pitch"),
                    help=Words(),
                    limit=500,
                    public=True,
                ),
                Question(
                    position=2,
                    kind=QuestionKind.DECK,
                    title=Words(en="Deck"),
                    help=Words(),
                    required=False,
                    limit=10,
                ),
            ],
        ),
    )


def entry(
    session: Session,
    *members: User,
    contest: Contest,
    title: str = "Reed filter",
    state: EntryState = EntryState.DRAFT,
    team: Team | None = None,
) -> Entry:
    return added(
        session,
        Entry(
            title=title,
            contest=contest,
            team=team or make_team(session, *members, contest=contest),
            state=state,
            code=uuid.uuid4().hex[:6].upper(),
        ),
    )


make_team = team


def draft(session: Session, entry: Entry, form: QuestionForm, *, pitch: str = "Reeds.") -> Draft:
    writer = entry.team.members[0].user_id
    return added(
        session,
        Draft(
            entry=entry,
            round=form.round,
            answers=[
                DraftAnswer(question=form.questions[0], value=pitch, saved_by=writer, saved_at=NOON)
            ],
        ),
    )


def version(
    session: Session, entry: Entry, form: QuestionForm, *, number: int = 1, pitch: str = "Reeds."
) -> Version:
    """A frozen version, and the entry's state with it."""
    question = form.questions[0]
    made = added(
        session,
        Version(
            entry=entry,
            round=form.round,
            form_id=form.id,
            number=number,
            submitted_at=NOON - DAY,
            submitted_by=entry.team.members[0].user_id,
            lateness=Lateness.ON_TIME,
            answers=[
                {
                    "question": str(question.id),
                    "title": question.title.plain(),
                    "kind": question.kind.value,
                    "value": pitch,
                }
            ],
            sha256=hashlib.sha256(pitch.encode()).hexdigest(),
        ),
    )
    if entry.state is EntryState.DRAFT:
        entry.state = EntryState.SUBMITTED
        session.flush()
    return made


def file(session: Session, *, name: str = "deck.pdf", pages: int = 3) -> File:
    return added(
        session,
        File(
            sha256=hashlib.sha256(name.encode()).hexdigest(),
            size_bytes=1000,
            type="application/pdf",
            name=name,
            scan=Scan.CLEAN,
            pages=pages,
            uploaded_at=NOON - DAY,
        ),
    )


def rubric(session: Session, round_: Round) -> Rubric:
    """Two criteria, 60 % and 40 %, scored 0 to 5 with two described levels each."""
    return added(
        session,
        Rubric(
            round=round_,
            criteria=[
                Criterion(
                    position=i,
                    title=Words(en=title),
                    help=Words(),
                    weight=weight,
                    levels=[Level(points=p, title=Words(en=w)) for p, w in ((0, "no"), (5, "yes"))],
                )
                for i, (title, weight) in enumerate((("New", 60), ("Feasible", 40)))
            ],
        ),
    )


def assignment(
    session: Session,
    round_: Round,
    judge: Appointment,
    entry: Entry,
    *,
    state: AssignmentState = AssignmentState.ACTIVE,
    position: int = 0,
) -> Assignment:
    return added(
        session,
        Assignment(
            round=round_,
            appointment=judge,
            entry=entry,
            state=state,
            position=position,
            changed_at=NOON - DAY,
        ),
    )


def declaration(session: Session, judge: Appointment, *entries: Entry) -> Declaration:
    """The judge's word that these entries were looked through."""
    ids = sorted(str(entry.id) for entry in entries)
    return added(session, Declaration(appointment_id=judge.id, entry_ids=ids, at=NOON))


def scorecard(
    session: Session, assignment: Assignment, rubric: Rubric, *points: int | None
) -> Scorecard:
    """A submitted scorecard with these points, one per criterion; the assignment is scored."""
    assignment.state = AssignmentState.SCORED
    return added(
        session,
        Scorecard(
            assignment=assignment,
            rubric=rubric,
            saved_at=NOON,
            submitted_at=NOON,
            scores=[
                Score(criterion=criterion, points=p, abstained=p is None)
                for criterion, p in zip(rubric.criteria, points, strict=True)
            ],
        ),
    )


def pdf(*, pages: int = 3, password: str = "") -> bytes:
    """The bytes of a PDF with that many pages."""
    writer = PdfWriter()
    for number in range(pages):
        writer.add_blank_page(width=960 + number, height=540)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def message(
    session: Session,
    to: User,
    *,
    kind: str = "tests.hello",
    contest: Contest | None = None,
    **options: Any,
) -> Message:
    """A message as a feature writes it; `options` are those of `write`, and the facts."""
    return write(
        session, kind, to=to, at=NOON, contest_id=contest.id if contest else None, **options
    )


def ranking(
    session: Session, round_: Round, *ranked: Entry, ranks: list[int] | None = None
) -> Ranking:
    """A ranking with these entries in this order; equal `ranks` are ties."""
    made = Ranking(
        round=round_,
        method="reml",
        parameters={},
        input_sha256="a" * 64,
        code_version="1",
        seed=1,
        computed_at=NOON,
        adjusted_is_official=True,
        notes=[],
        components={},
        standings=[
            Standing(
                entry=entry,
                reviews=3,
                raw=90.0 - 5 * rank,
                median=90.0 - 5 * rank,
                adjusted=90.0 - 5 * rank,
                sd=3.0,
                rank=rank,
                raw_rank=rank,
                rank_low=max(1, rank - 1),
                rank_high=rank + 1,
                p_top=0.5,
                tie_band=rank,
            )
            for entry, rank in zip(ranked, ranks or range(1, len(ranked) + 1), strict=True)
        ],
    )
    return added(session, made)


def case(
    session: Session,
    entry: Entry,
    organisation: Organisation,
    *,
    stage: Stage = Stage.AWARDED,
    since: datetime = NOON - 10 * DAY,
    sponsor_owner: User | None = None,
    team_owner: User | None = None,
) -> Case:
    """A follow-up case with the entry of its stage in the list of stages."""
    made = added(
        session,
        Case(
            contest=entry.contest,
            entry=entry,
            organisation=organisation,
            title=entry.title,
            stage=stage,
            stage_since=since,
            sponsor_owner=sponsor_owner,
            team_owner=team_owner,
            opened_at=since,
        ),
    )
    added(session, StageEntry(case_id=made.id, stage=stage, entered_at=since))
    return made


def obligation(session: Session, case: Case) -> Obligation:
    """A promise of the sponsor that is due at noon."""
    duty = Duty(
        contest_id=case.contest_id,
        organisation=case.organisation,
        title=Words(en="Pay"),
        due_days=1,
    )
    made = Obligation(case_id=case.id, duty_id=added(session, duty).id, due_on=NOON.date())
    return added(session, made)


def partnership(
    session: Session,
    contest: Contest,
    organisation: Organisation,
    role: PartnerRole = PartnerRole.SPONSOR,
) -> Partnership:
    return added(
        session,
        Partnership(contest_id=contest.id, organisation=organisation, role=role),
    )


def eligibility(
    session: Session, contest: Contest, *, question: str = "Older than 18?", expected: bool = True
) -> Eligibility:
    return added(
        session,
        Eligibility(
            contest_id=contest.id,
            position=next(_n),
            question=Words(en=question),
            expected=expected,
            reason=Words(en="Only adults take part."),
        ),
    )


def team_invitation(
    session: Session, team: Team, *, email: str | None = None, expires_at: datetime = NOON + DAY
) -> TeamInvitation:
    return added(
        session,
        TeamInvitation(
            team=team,
            email=email,
            invited_by=team.members[0].user_id,
            invited_at=NOON - DAY,
            expires_at=expires_at,
        ),
    )


def attachment(session: Session, version: Version, question: Question, file: File) -> Attachment:
    """A file of a version, and the answer that names it."""
    version.answers = [
        *version.answers,
        {
            "question": str(question.id),
            "title": question.title.plain(),
            "kind": question.kind.value,
            "file": file.sha256,
            "bytes": file.size_bytes,
        },
    ]
    return added(session, Attachment(version=version, question_id=question.id, file=file))


def extension(
    session: Session, team: Team, round_: Round, until: datetime, *, given_at: datetime = NOON
) -> Extension:
    """More time for the team."""
    return added(
        session,
        Extension(
            round_id=round_.id,
            team=team,
            until=until,
            reason="The train stood still.",
            given_by=team.members[0].user_id,
            given_at=given_at,
        ),
    )


def info_request(
    session: Session, entry: Entry, round_: Round, until: datetime, *, at: datetime = NOON
) -> InfoRequest:
    """What a screener asks, and the entry's state with it."""
    entry.state = EntryState.INFO_REQUESTED
    return added(
        session,
        InfoRequest(
            entry=entry,
            round_id=round_.id,
            question_ids=[],
            message="Whose patent?",
            until=until,
            by_id=entry.team.members[0].user_id,
            at=at,
        ),
    )
