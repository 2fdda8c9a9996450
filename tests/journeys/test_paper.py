"""What people take along on paper: the content alone, and none of it beyond the edge."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from contest.contests.models import Contest, Round
from contest.demo import cast
from contest.entries.models import Receipt
from contest.web.db import db
from tests.journeys.conftest import OpenAt
from tests.journeys.demonstration import SCRIPT
from tests.journeys.world import World

pytestmark = [pytest.mark.browser, pytest.mark.database]

PAPER = {"width": 688, "height": 1000}  # CSS pixels between the margins of a sheet of A4
CONTROLS = "button, input, select, textarea, .btn, nav, .topbar, .toasts, .skip"
SHOWN = """controls => [...document.querySelectorAll(controls)]
    .filter(one => one.checkVisibility() && one.getClientRects().length)
    .map(one => one.outerHTML.slice(0, 120))"""
TOO_WIDE = """() => [...document.querySelectorAll("main *")]
    .filter(one => one.checkVisibility() && !one.closest(".sr-only")
        && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(one => one.outerHTML.slice(0, 120))"""


def _addresses(world: World) -> tuple[str, str]:
    """Return where the ranking of the first round stands, and a receipt."""
    with world.app.app_context():
        first = select(Round.id).join(Contest).where(Contest.slug == SCRIPT.slug, Round.number == 1)
        code = db.session.scalars(select(Receipt.code).order_by(Receipt.code)).first()
        return f"/rounds/{db.session.scalars(first).one()}/ranking", f"/receipts/{code}"


def _assert_fit_for_paper(page: Page, words: str) -> None:
    page.set_viewport_size(PAPER)  # type: ignore[arg-type]
    assert page.evaluate(SHOWN, CONTROLS), "on a screen there is something to press"
    page.emulate_media(media="print")
    expect(page.get_by_role("main").get_by_text(words).first).to_be_visible()
    assert [page.evaluate(SHOWN, CONTROLS), page.evaluate(TOO_WIDE)] == [[], []]
    page.emulate_media(media="screen")


def test_what_is_printed_has_no_controls_and_fits_the_paper(at_moment: OpenAt) -> None:
    world = at_moment("published")
    ranking, receipt = _addresses(world)
    visitor, chair = world.person("Somebody"), world.comes(cast.CHAIR)

    _assert_fit_for_paper(visitor.goes(f"/contests/{SCRIPT.slug}").page, "Prizes")
    _assert_fit_for_paper(visitor.goes(receipt).page, "SHA-256")
    _assert_fit_for_paper(chair.goes(ranking).page, "Land titles a county can trust")
