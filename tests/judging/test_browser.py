"""A judge scores on a phone and on a desk, as people do it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Mode, Role, RoundPhase
from contest.entries.models import State
from contest.judging.actions import ballots
from contest.judging.models import Score
from contest.web.db import db
from tests import make
from tests.browser import DESKTOP, PHONE, Device, Visit
from tests.looking import look_at
from tests.site import Site

pytestmark = pytest.mark.browser


class Story:
    """A round in judging: one judge with two entries and nothing in the way, and a chair."""

    def __init__(self, site: Site, session: Session) -> None:
        self.site, self.session = site, session
        self.judge, self.chair = make.user(session, name="Judy"), make.user(session, name="Chris")
        contest = make.contest(session)
        self.round = make.round_(session, contest, phase=RoundPhase.JUDGING, minimum_reviews=1)
        rubric = make.rubric(session, self.round)
        self.names = [f"points_{criterion.id}" for criterion in rubric.criteria]
        make.appointment(session, contest, self.chair, Role.CHAIR)
        self.seat = judge = make.appointment(session, contest, self.judge)
        self.entries = [
            make.entry(session, make.user(session), contest=contest, title=title,
                       state=State.ELIGIBLE)
            for title in ("First idea", "Second idea")
        ]  # fmt: skip
        self.work = [
            make.assignment(session, self.round, judge, entry, position=i)
            for i, entry in enumerate(self.entries)
        ]
        make.declaration(session, judge, *self.entries)
        self.slug = contest.slug
        session.commit()

    def sign_in(self, page: Page, user: User) -> Page:
        app = self.site.app
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value = serializer.dumps(make.signed_in(self.session, user))
        self.session.commit()
        page.context.add_cookies([{"name": "session", "value": value, "url": self.site.url}])
        return page


@pytest.fixture
def story(site: Site) -> Iterator[Story]:
    with site.app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        yield Story(site, session)


@pytest.mark.parametrize("device", [DESKTOP, PHONE])
def test_a_judge_scores_by_keys_and_fingers_and_goes_on_to_the_next(
    story: Story, visit: Visit, device: Device
) -> None:
    page = story.sign_in(visit(device=device), story.judge)
    page.goto(f"{story.site.url}/judging")
    look_at(page, story.site.app)
    page.get_by_role("link", name="Next: First idea").click()
    expect(page.get_by_role("heading", name="First idea")).to_be_visible()
    total = page.locator("[data-total-target=value]")
    expect(total).to_have_text("–")

    page.keyboard.press("0")
    page.keyboard.press("j")
    page.keyboard.press("5")
    expect(total).to_have_text("40.0")
    page.get_by_label("Private note").fill("Ask about cost")
    expect(page.locator("[data-autosave-target=status]")).to_have_attribute("data-state", "saved")
    look_at(page, story.site.app)
    page.reload()
    expect(page.locator(f"[name={story.names[0]}][value='0']")).to_be_checked()
    expect(page.get_by_label("Private note")).to_have_value("Ask about cost")

    page.get_by_role("button", name="Submit & next").click()
    expect(page.get_by_role("heading", name="Second idea")).to_be_visible()
    story.session.rollback()
    assert sorted(p for p in story.session.scalars(select(Score.points)) if p is not None)[:1] == [
        0
    ]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="First idea")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text=re.compile("draft again"))).to_be_visible()


def test_the_chairs_pages_are_accessible_and_fit(story: Story, visit: Visit) -> None:
    page = story.sign_in(visit(), story.chair)
    for path in (
        f"/contests/{story.slug}/judging",
        f"/rounds/{story.round.id}/rubric",
        f"/rounds/{story.round.id}/assignment",
        f"/rounds/{story.round.id}/progress",
        f"/rounds/{story.round.id}/close",
        f"/rounds/{story.round.id}/entries/{story.entries[0].id}",
        f"/rounds/{story.round.id}/ranking",
    ):
        page.goto(story.site.url + path)
        look_at(page, story.site.app)


def test_a_judge_orders_by_keys_and_by_dragging_and_the_order_is_kept(
    story: Story, visit: Visit
) -> None:
    story.round.mode = Mode.RANKING
    story.session.commit()
    page = story.sign_in(visit(device=PHONE), story.judge)
    page.goto(f"{story.site.url}/rounds/{story.round.id}/ballot")
    page.get_by_role("button", name="Second idea: place next").press("Enter")
    page.get_by_role("button", name="First idea: place next").press("Enter")
    page.keyboard.press("ArrowUp")  # the focus went along with what was placed
    lines = page.get_by_role("list", name="Your order").get_by_role("listitem")
    expect(lines.first).to_contain_text("First idea")
    expect(page.get_by_role("status").filter(has_text="First idea: place 1 of 2")).to_be_attached()
    handle, below = (
        lines.first.get_by_role("button").first.bounding_box(),
        lines.last.bounding_box(),
    )
    assert handle
    assert below
    page.mouse.move(handle["x"] + 9, handle["y"] + 9)
    page.mouse.down()
    page.mouse.move(handle["x"] + 9, below["y"] + below["height"], steps=3)
    page.mouse.up()
    expect(lines.first).to_contain_text("Second idea")
    expect(page.locator("[data-autosave-target=status]")).to_have_attribute("data-state", "saved")
    look_at(page, story.site.app)
    page.reload()
    expect(lines.first).to_contain_text("Second idea")

    story.session.rollback()  # and reads what the page has written since
    story.session.expire_all()
    ballots.put_order(story.session, story.round, story.seat, [[story.entries[1].id]],
                      at=make.NOON)  # fmt: skip
    story.session.commit()  # on another device
    lines.first.get_by_role("button", name="down").press("Enter")
    clash = page.get_by_role("alert").filter(has_text="1. Second idea")
    expect(clash).to_contain_text("2. Second idea")
    clash.get_by_role("button", name="Take theirs").click()
    expect(lines).to_have_count(1)
    expect(page.locator("[data-autosave-target=status]")).to_have_attribute("data-state", "saved")
