"""What waits for whom: found in the state of things, told to those whom it concerns, each with its page."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Contest, Phase, Role, Round, RoundKind, RoundPhase
from contest.entries.models import Entry
from contest.entries.models import State as EntryState
from contest.followup.models import Case, Milestone, Stage
from contest.home import policy
from contest.home.models import Matter
from contest.home.queries import needs
from contest.results.models import (
    Decision,
    DecisionState,
    OfficerSignature,
    Outcome,
    ResultSet,
    ResultState,
)
from tests import make
from tests.pages import Client
from tests.statements import counted

BODY = '{"awards": [], "counts": {"judged": 0, "reviews": 0, "judges": 0}}'


@dataclass
class Scene:
    """A running contest, somebody whose role is to be chosen, and what a matter is built from."""

    session: Session
    contest: Contest
    person: User

    def round(
        self, phase: RoundPhase, *, kind: RoundKind = RoundKind.DESK, number: int = 1
    ) -> Round:
        return make.round_(
            self.session, self.contest, phase=phase, kind=kind, number=number, advance_count=None,
            closes_at=make.NOON - 20 * make.DAY,
        )  # fmt: skip

    def entry(self, state: EntryState, round_: Round | None = None, *members: User) -> Entry:
        entry = make.entry(
            self.session,
            *(members or (make.user(self.session),)),
            contest=self.contest,
            state=state,
        )
        if round_ is not None:
            make.version(self.session, entry, make.form(self.session, round_))
        return entry

    def decided(self, round_: Round) -> None:
        entry = self.entry(EntryState.ELIGIBLE, round_)
        make.added(
            self.session,
            Decision(
                round=round_, entry=entry, ranking_id=make.ranking(self.session, round_, entry).id,
                outcome=Outcome.ADVANCE, rank=1, state=DecisionState.APPLIED,
                proposed_by=self.person.id, proposed_at=make.NOON, applied_at=make.NOON,
            ),
        )  # fmt: skip

    def result(self, state: ResultState) -> ResultSet:
        return make.added(
            self.session,
            ResultSet(
                contest=self.contest, number=1, state=state, body=BODY, sealed=[], sha256="a" * 64,
                salt="", computed_at=make.NOON, computed_by=self.person.id,
            ),
        )  # fmt: skip

    def case(self, stage: Stage = Stage.POC, *, owned: bool = True) -> Case:
        owner = make.user(self.session)
        return make.case(
            self.session, self.entry(EntryState.AWARDED), make.organisation(self.session),
            stage=stage, sponsor_owner=owner if owned else None, team_owner=owner if owned else None,
        )  # fmt: skip


def a_draft(scene: Scene) -> None:
    scene.contest.phase, scene.contest.announced_at = Phase.DRAFT, None


def an_invitation_without_answer(scene: Scene) -> None:
    make.appointment(scene.session, scene.contest, make.user(scene.session), answer=None)


def an_entry_to_screen(scene: Scene) -> None:
    scene.entry(EntryState.SUBMITTED, scene.round(RoundPhase.SCREENING))


def a_screened_round(scene: Scene) -> None:
    scene.entry(EntryState.ELIGIBLE, scene.round(RoundPhase.SCREENING))


def a_pitch_whose_finalists_are_decided(scene: Scene) -> None:
    scene.decided(scene.round(RoundPhase.CERTIFIED))
    scene.round(RoundPhase.PLANNED, kind=RoundKind.PITCH, number=2)


def an_entry_that_lost_a_judge(scene: Scene) -> None:
    scene.entry(EntryState.ELIGIBLE, scene.round(RoundPhase.JUDGING))


def an_entry_whose_review_was_set_aside(scene: Scene) -> None:
    round_ = scene.round(RoundPhase.JUDGING)
    round_.minimum_reviews = 1
    rubric = make.rubric(scene.session, round_)
    for has_to_go in (False, True):
        judge = make.appointment(scene.session, scene.contest, make.user(scene.session))
        given = make.assignment(scene.session, round_, judge, scene.entry(EntryState.ELIGIBLE))
        card = make.scorecard(scene.session, given, rubric, 5, 5)
        if has_to_go:
            card.set_aside("Mixed up.", scene.person.id, make.NOON)


def a_round_past_its_judging(scene: Scene) -> None:
    scene.round(RoundPhase.JUDGING)


def an_undecided_round(scene: Scene) -> None:
    scene.round(RoundPhase.DELIBERATION)


def a_decided_last_round(scene: Scene) -> None:
    scene.decided(scene.round(RoundPhase.DELIBERATION))


def an_unsigned_result(scene: Scene) -> None:
    scene.result(ResultState.COMPUTED)


def a_signed_result(scene: Scene) -> None:
    scene.result(ResultState.CERTIFIED)


def a_letter_held(scene: Scene) -> None:
    make.message(scene.session, scene.person, contest=scene.contest, hold=True)


def all_rounds_published(scene: Scene) -> None:
    scene.round(RoundPhase.PUBLISHED)


def a_case_without_owner(scene: Scene) -> None:
    scene.case(owned=False)


def a_case_at_a_gate(scene: Scene) -> None:
    scene.case(Stage.POC_GATE)


def an_overdue_milestone(scene: Scene) -> None:
    due_on = (make.NOON - make.DAY).date()
    make.added(scene.session, Milestone(case_id=scene.case().id, title="Users", due_on=due_on))


STORIES: list[tuple[Callable[[Scene], None], Role, Matter, str]] = [
    (a_draft, Role.ORGANISER, Matter.ANNOUNCE, "It is not announced yet"),
    (an_invitation_without_answer, Role.ORGANISER, Matter.INVITATIONS, "1 invitation has had no"),
    (an_entry_to_screen, Role.SCREENER, Matter.SCREEN, "1 entry to screen"),
    (a_screened_round, Role.CHAIR, Matter.BEGIN_JUDGING, "“Ideas” can be judged"),
    (
        a_pitch_whose_finalists_are_decided,
        Role.CHAIR,
        Matter.BEGIN_JUDGING,
        "“Ideas” can be judged",
    ),
    (
        an_entry_that_lost_a_judge,
        Role.CHAIR,
        Matter.FIND_JUDGES,
        "1 entry of “Ideas” lacks a judge",
    ),
    (
        an_entry_whose_review_was_set_aside,
        Role.CHAIR,
        Matter.FIND_JUDGES,
        "1 entry of “Ideas” lacks a judge",
    ),
    (a_round_past_its_judging, Role.CHAIR, Matter.CLOSE_JUDGING, "The time for judging “Ideas” is"),
    (an_undecided_round, Role.CHAIR, Matter.DECIDE, "The decisions on “Ideas” are not applied"),
    (a_decided_last_round, Role.ORGANISER, Matter.COMPUTE, "Everything is decided"),
    (an_unsigned_result, Role.SPONSOR, Matter.SIGN, "A result waits for your signature"),
    (a_signed_result, Role.ORGANISER, Matter.SET_DATE, "A signed result has no day"),
    (a_letter_held, Role.CHAIR, Matter.LETTERS, "1 letter waits to be read"),
    (all_rounds_published, Role.ORGANISER, Matter.CONCLUDE, "All results are out"),
    (a_case_without_owner, Role.SPONSOR, Matter.OWNERS, "1 follow-up has no owner"),
    (a_case_at_a_gate, Role.SPONSOR, Matter.GATE, "stands at a gate"),
    (an_overdue_milestone, Role.SPONSOR, Matter.MILESTONES, "1 milestone of “Reed filter” is over"),
]


@pytest.fixture
def scene(session: Session) -> Scene:
    return Scene(session, make.contest(session), make.user(session))


def waiting(scene: Scene, *roles: Role) -> list[Matter]:
    scene.session.flush()
    concerned = policy.concerned({scene.contest.id: roles})
    return [n.matter for n in needs.waiting(scene.session, scene.person, concerned, make.NOON)]


@pytest.mark.parametrize(("story", "role", "matter", "_sentence"), STORIES)
def test_what_waits_is_told_to_those_whom_it_concerns_and_to_nobody_else(
    scene: Scene, story: Callable[[Scene], None], role: Role, matter: Matter, _sentence: str
) -> None:
    assert matter not in waiting(scene, role)
    story(scene)

    for told in Role:
        assert (matter in waiting(scene, told)) == (told in policy.CONCERNS[matter])
    assert matter not in waiting(scene)
    assert role in policy.CONCERNS[matter]


@pytest.mark.parametrize(("story", "role", "_matter", "sentence"), STORIES)
def test_the_start_page_leads_to_the_page_where_it_is_done(
    client: Client, scene: Scene, story: Callable[[Scene], None], role: Role, _matter: Matter,
    sentence: str,
) -> None:  # fmt: skip
    make.appointment(scene.session, scene.contest, scene.person, role)
    story(scene)
    scene.session.flush()
    client.sign_in(scene.person)

    found = re.findall(
        r'<a class="flex[^"]*" href="([^"]+)">(.*?)</a>', client.page("/").text, re.DOTALL
    )

    (url,) = (unescape(href) for href, text in found if sentence in unescape(text))
    client.page(url)


def test_overviews_show_the_same_card(client: Client, scene: Scene) -> None:
    chair = scene.person
    make.appointment(scene.session, scene.contest, chair, Role.CHAIR)
    a_round_past_its_judging(scene)
    elsewhere = make.contest(scene.session)
    make.appointment(scene.session, elsewhere, chair, Role.CHAIR)
    client.sign_in(chair)

    for page in ("manage", "judging"):
        text = client.page(f"/contests/{scene.contest.slug}/{page}").text
        assert "The time for judging “Ideas” is over" in text
        assert "Nothing waits for you" in client.page(f"/contests/{elsewhere.slug}/{page}").text


def test_an_administrator_sees_an_organisers_needs_on_the_overview(
    client: Client, scene: Scene
) -> None:
    a_letter_held(scene)
    client.sign_in(make.user(scene.session, is_admin=True))

    page = client.page(f"/contests/{scene.contest.slug}/manage").text

    assert "1 letter waits to be read and released" in page


def test_ones_own_work_waits_whatever_ones_roles(scene: Scene) -> None:
    round_ = scene.round(RoundPhase.JUDGING)
    judge = make.appointment(scene.session, scene.contest, scene.person, Role.JUDGE)
    make.assignment(scene.session, round_, judge, scene.entry(EntryState.ELIGIBLE))
    make.appointment(scene.session, scene.contest, scene.person, Role.CHAIR, answer=None)
    scene.entry(EntryState.INFO_REQUESTED, None, scene.person)
    make.case(
        scene.session, scene.entry(EntryState.AWARDED), make.organisation(scene.session),
        stage=Stage.PILOT_GATE, sponsor_owner=scene.person,
    )  # fmt: skip

    assert waiting(scene) == [Matter.ANSWER, Matter.COMPLETE, Matter.SCORE, Matter.GATE]


def test_the_other_side_of_a_case_is_told_of_milestones_but_decides_no_gate(scene: Scene) -> None:
    case = scene.case(Stage.POC_GATE)
    case.team_owner_id = scene.person.id
    due_on = (make.NOON - 2 * make.DAY).date()
    make.added(scene.session, Milestone(case_id=case.id, title="Users", due_on=due_on))

    assert waiting(scene) == [Matter.MILESTONES]


def test_whoever_signed_a_result_is_not_asked_again(scene: Scene) -> None:
    signed = scene.result(ResultState.COMPUTED)
    assert Matter.SIGN in waiting(scene, Role.CHAIR)
    make.added(
        scene.session,
        OfficerSignature(
            result_set_id=signed.id, user_id=scene.person.id, role="chair", sha256=signed.sha256,
            at=make.NOON,
        ),
    )  # fmt: skip

    assert Matter.SIGN not in waiting(scene, Role.CHAIR)


def test_an_entry_waits_for_screening_only_once_its_round_is_closed(scene: Scene) -> None:
    scene.entry(EntryState.SUBMITTED, scene.round(RoundPhase.COLLECTING))

    assert waiting(scene, Role.SCREENER) == []


def test_a_day_is_over_when_it_is_over_everywhere(scene: Scene) -> None:
    milestone = Milestone(case_id=scene.case().id, title="Users", due_on=make.NOON.date())
    make.added(scene.session, milestone)
    concerned = policy.concerned({scene.contest.id: [Role.SPONSOR]})

    def told(hours: int) -> bool:
        at = make.NOON + timedelta(hours=hours)
        return bool(needs.waiting(scene.session, scene.person, concerned, at))

    assert not told(23)
    assert told(24)


def test_everything_is_found_in_one_statement(scene: Scene) -> None:
    for story in (
        a_letter_held,
        a_case_without_owner,
        a_round_past_its_judging,
        an_unsigned_result,
    ):
        story(scene)
    concerned = policy.concerned({scene.contest.id: list(Role)})

    with counted(scene.session) as sent:
        found = needs.waiting(scene.session, scene.person, concerned, make.NOON)

    assert len(found) == 4
    assert len(sent) == 1


def test_the_sidebar_leads_to_the_other_contests_one_works_or_competes_in(
    client: Client, session: Session
) -> None:
    ada = make.user(session)
    here = make.contest(session, title="Here", organiser=ada)
    judged = make.contest(session, title="Judged")
    make.appointment(session, judged, ada, Role.JUDGE)
    entered = make.contest(session, title="Entered")
    make.team(session, ada, contest=entered)
    make.contest(session, title="Strange")
    make.appointment(session, make.contest(session, title="Asked"), ada, answer=None)
    client.sign_in(ada)

    page = client.page(f"/contests/{here.slug}/manage").text

    assert f'href="/contests/{judged.slug}/conflicts"' in page
    assert f'href="/contests/{entered.slug}/team"' in page
    assert "Strange" not in page
    assert "Asked" not in page
