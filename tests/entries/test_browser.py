"""A team writes at two desks, hands in, and a screener opens what came: as people do it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts.models import User
from contest.contests.models import Role
from contest.files.models import File
from contest.jobs import engine
from contest.jobs.registry import HANDLERS
from contest.web.db import db
from tests import make
from tests.browser import DESKTOP, PHONE, Device, Visit, assert_accessible, assert_fits
from tests.site import Site

pytestmark = pytest.mark.browser


class Story:
    """A contest whose round is open now, with people who can sign in."""

    def __init__(self, site: Site, session: Session) -> None:
        self.site, self.session = site, session
        self.mia, self.sam = make.user(session, name="Mia Chen"), make.user(session, name="Sam Ito")
        contest = make.contest(session, organiser=self.mia, title="Shanghai 2019")
        make.appointment(session, contest, self.sam, Role.SCREENER)
        closes_at = datetime.now(UTC) + timedelta(days=1)  # noqa: TID251 -- a live site
        form = make.form(session, make.round_(session, contest, closes_at=closes_at))
        self.ada, self.bob = make.user(session), make.user(session, name="Bob Ray")
        self.team = make.team(session, self.ada, self.bob, contest=contest, name="Aurora")
        self.pitch, self.deck = (question.id for question in form.questions)
        self.write = f"{site.url}/teams/{self.team.id}/entry"
        self.queue = f"{site.url}/contests/{contest.slug}/screening"
        session.commit()

    def sign_in(self, page: Page, user: User) -> Page:
        app = self.site.app
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        value = serializer.dumps({"_user_id": user.fs_uniquifier, "_fresh": True})
        page.context.add_cookies([{"name": "session", "value": value, "url": self.site.url}])
        return page

    def draw(self) -> None:
        """Do what the worker would: draw the pages of every deck."""
        with self.site.app.app_context():
            for file in db.session.scalars(select(File)).all():
                ids: dict[str, object] = {"file_id": str(file.id)}
                for handler in HANDLERS["files.render"]:
                    ids |= handler.do(**ids) or {}
            db.session.commit()


@pytest.fixture
def story(site: Site) -> Iterator[Story]:
    engine.prepare(site.app.config["DATABASE_URL"])
    with site.app.app_context():
        yield Story(site, db.session())


def saved(page: Page) -> None:
    expect(page.locator("[data-autosave-target=status]").first).to_have_text(
        re.compile(r"Saved \d\d:\d\d:\d\d")
    )


def test_two_members_write_in_one_field_and_lose_no_word(story: Story, visit: Visit) -> None:
    ada, bob = (story.sign_in(visit(), user) for user in (story.ada, story.bob))
    ada.goto(story.write)
    ada.get_by_label("Your pitch").fill("Reeds clean rivers.\nIt is cheap.")
    saved(ada)
    bob.goto(story.write)
    with ada.expect_response("**/save"):
        ada.get_by_label("Your pitch").fill("Tall reeds clean rivers.\nIt is cheap.")

    bob.get_by_label("Your pitch").fill("Reeds clean rivers.\nIt is cheap and quick.")

    both = "Tall reeds clean rivers.\nIt is cheap and quick."
    expect(bob.get_by_label("Your pitch")).to_have_value(both)
    bob.reload()
    expect(bob.get_by_label("Your pitch")).to_have_value(both)

    with ada.expect_response("**/save"):
        ada.get_by_label("Your pitch").fill("Tall reeds filter rivers.\nIt is cheap.")
    bob.get_by_label("Your pitch").fill("Tall reeds love rivers.\nIt is cheap and quick.")
    expect(bob.locator(".clash")).to_contain_text("Tall reeds filter rivers.")
    expect(bob.locator(".clash")).to_contain_text("Tall reeds love rivers.")


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_entry_is_written_handed_in_and_screened(
    story: Story, visit: Visit, device: Device, tmp_path: Path
) -> None:
    page = story.sign_in(visit(device=device), story.ada)
    page.goto(story.write)
    page.get_by_label("Title of the entry").fill("Reed filter")
    page.get_by_label("Your pitch").fill("Reeds clean rivers.")
    saved(page)
    deck = tmp_path / "deck.pdf"
    deck.write_bytes(make.pdf(pages=2))
    page.locator("input[type=file]").set_input_files(deck)
    expect(page.get_by_text("Pictures of the pages are being made.")).to_be_visible()
    story.draw()
    expect(page.get_by_role("img", name="Page 2")).to_be_visible()
    _good(page)

    page.get_by_role("button", name="Check and hand in").click()
    expect(page.get_by_text("Everything is there")).to_be_visible()
    _good(page)
    page.get_by_role("button", name="Hand in version 1").click()
    expect(page.get_by_text("This receipt is genuine")).to_be_visible()
    _good(page)
    page.get_by_role("link", name="To the entry").click()
    _good(page)

    screener = story.sign_in(visit(device=device), story.sam)
    screener.goto(story.queue)
    _good(screener)
    screener.get_by_role("link", name="Reed filter").click()
    _good(screener)
    screener.get_by_role("button", name="Open the document").click()
    expect(screener.get_by_role("img", name="Page 1 of 2")).to_be_visible()
    shown = screener.get_by_role("img", name="Page 1 of 2")
    expect(shown).to_have_js_property("naturalWidth", 1200)
    screener.get_by_role("button", name="Find it eligible").click()
    expect(screener.get_by_text("Decided: “Reed filter”.")).to_be_visible()

    page.get_by_role("link", name="Who opened it").click()
    expect(page.get_by_role("rowheader", name="Sam Ito")).to_be_visible()
    _good(page)


def _good(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)
