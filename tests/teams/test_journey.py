"""Two people in real browsers: one founds a team, the other comes by the link and joins."""

import os
import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from contest.accounts import links
from contest.accounts.models import User
from contest.messages.models import Message
from contest.undertakings.models import Kind as Promise
from contest.web.db import db
from tests import make
from tests.browser import PHONE, Visit, assert_accessible, assert_fits
from tests.site import Site

PASSWORD = "correct horse battery"


def looked_at(page: Page, name: str) -> None:
    """Check the page as it stands, and keep a picture where CONTEST_PICTURES says."""
    assert_accessible(page)
    assert_fits(page)
    if folder := os.environ.get("CONTEST_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def sign_up(page: Page, site: Site, *, name: str, email: str) -> None:
    """Make an account on the page that asks for one, by the link that the mail has."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Mail address").fill(email)
    looked_at(page, f"sign-up-{name[:2].strip()}")
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    with site.app.app_context():
        user = db.session.scalars(select(User).where(User.email == email)).one()
        message = db.session.scalars(select(Message).where(Message.recipient_id == user.id)).one()
        token = links.sign(
            links.CONFIRM,
            {
                "user": str(user.id),
                "number": message.facts["number"],
                "next": message.facts["next"],
            },
        )
    page.goto(f"{site.url}/sign-up/{token}")
    page.get_by_label("New password").fill(PASSWORD)
    looked_at(page, f"confirm-{name[:2].strip()}")
    page.get_by_role("button", name="Open the account").click()


def promise(page: Page) -> None:
    """Read and sign everything that is asked for."""
    expect(page.get_by_role("link", name="Read and sign")).to_have_count(2)
    for _ in range(2):
        page.get_by_role("link", name="Read and sign").first.click()
        for tick in page.get_by_role("checkbox").all():
            tick.check()
        page.get_by_role("button", name="Sign").click()
        expect(page.get_by_text("Signed. Thank you.")).to_be_visible()


@pytest.mark.usefixtures("noon")
@pytest.mark.timeout(180)
def test_one_founds_a_team_and_another_joins_by_its_link(site: Site, visit: Visit) -> None:
    with site.app.app_context():
        session: Session = db.session()
        contest = make.contest(session, slug="rivers", title="Clean Rivers")
        make.round_(session, contest)
        for kind in (Promise.RULES, Promise.IP):
            make.undertaking(session, contest, kind, body="Be fair, and keep what is yours.")
        make.eligibility(session, contest, question="Is everybody older than 18?")
        session.commit()

    lead = visit(f"{site.url}/contests/rivers/teams/new")
    expect(lead).to_have_url(re.compile("/sign-in"))
    looked_at(lead, "sign-in")
    lead.get_by_role("link", name="Make an account").click()
    sign_up(lead, site, name="Li Wei", email="li.wei@example.org")
    expect(lead).to_have_url(f"{site.url}/contests/rivers/teams/new")
    looked_at(lead, "promises")
    promise(lead)
    lead.get_by_label("Name of the team").fill("Power Mesh")
    lead.get_by_label("Country").select_option("CN")
    looked_at(lead, "create")
    lead.get_by_role("button", name="Found the team").click()
    expect(lead.get_by_role("heading", level=1)).to_have_text("Power Mesh")
    lead.get_by_role("button", name="Make a link to share").click()
    address = lead.get_by_label("Whoever has this link can join").input_value()
    looked_at(lead, "team")

    other = visit(address, device=PHONE, scheme="dark")
    looked_at(other, "join-visitor")
    other.get_by_role("link", name="Make an account").click()
    sign_up(other, site, name="佐藤 美咲", email="sato@example.org")
    looked_at(other, "join-promises")
    promise(other)
    looked_at(other, "join")
    other.get_by_role("button", name="Join the team").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Power Mesh")
    looked_at(other, "team-phone")

    lead.get_by_role("link", name="Answer whether you may take part").click()
    lead.get_by_label("No").check()
    lead.get_by_role("button", name="Save the answers").click()
    expect(lead.get_by_text("Only adults take part.")).to_be_visible()
    looked_at(lead, "eligibility")
    lead.get_by_label("Yes").check()
    lead.get_by_role("button", name="Save the answers").click()
    expect(lead.get_by_text("2 of at most 8")).to_be_visible()
    lead.goto(f"{site.url}/profile")
    looked_at(lead, "profile")
