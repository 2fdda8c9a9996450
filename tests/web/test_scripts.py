"""What the scripts add to pages, seen in a browser on the samples."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import DESKTOP, PHONE, Scheme, Visit, Window
from tests.site import Site

pytestmark = pytest.mark.browser

Samples = Callable[[], Page]


@pytest.fixture
def samples(glass: Window, site: Site) -> Iterator[Samples]:
    """Show the samples as to somebody who has never been here, in the window all tests share."""

    def samples() -> Page:
        glass.page.set_viewport_size({"width": DESKTOP.width, "height": DESKTOP.height})
        glass.page.goto(f"{site.url}/-components")
        return glass.page

    yield samples
    glass.page.evaluate("sessionStorage.clear(), localStorage.clear()")
    glass.page.goto("about:blank")
    glass.context.clear_cookies()


def form(page: Page) -> Locator:
    return page.locator("#sample-form")


def status(page: Page) -> Locator:
    return form(page).locator("[data-autosave-target=status]")


def background(page: Page) -> str:
    return str(page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chosen_theme_outlasts_the_page(visit: Visit, site: Site, scheme: Scheme) -> None:
    page = visit(f"{site.url}/-components", scheme=scheme)
    as_the_system = background(page)
    page.get_by_role("button", name="Light or dark").click()
    page.get_by_role("button", name="Dark" if scheme == "light" else "Light", exact=True).click()
    chosen = background(page)
    page.reload()

    assert chosen != as_the_system
    assert background(page) == chosen


def test_a_countdown_follows_the_clock_of_the_server(visit: Visit, site: Site) -> None:
    page = visit()
    page.clock.install(time=datetime.now(UTC) - timedelta(hours=2))  # noqa: TID251 -- a wrong clock
    page.goto(f"{site.url}/-components")

    expect(page.locator(".pills .ticking")).to_have_text(re.compile(r"^3 d 04:1[12]:\d\d$"))


def test_a_moment_is_also_said_in_the_zone_of_the_reader(samples: Samples) -> None:
    expect(samples().get_by_text("for you").first).to_be_visible()


def test_a_field_saves_itself(samples: Samples) -> None:
    page = samples()
    page.get_by_label("Team name").first.fill("Aurora")

    expect(status(page)).to_have_text(re.compile(r"^Saved \d\d:\d\d:\d\d$"))
    assert page.evaluate("sessionStorage.getItem('unsaved /-components/save')") is None


def test_text_written_without_a_connection_is_kept_and_sent_later(samples: Samples) -> None:
    page = samples()
    page.context.set_offline(True)
    page.get_by_label("Team name").first.fill("Aurora")
    expect(status(page)).to_contain_text("Kept on this device")
    page.context.set_offline(False)

    expect(status(page)).to_have_text(re.compile(r"^Saved "))


def test_text_that_was_not_saved_is_there_after_coming_back(samples: Samples) -> None:
    page = samples()
    page.on("dialog", lambda dialog: dialog.accept())  # "leave the page?"
    page.route("**/-components/save", lambda route: route.abort())
    page.get_by_label("Team name").first.fill("Aurora")
    expect(status(page)).to_contain_text("Kept on this device")
    page.unroute_all()
    page.reload()

    expect(page.get_by_label("Team name").first).to_have_value("Aurora")
    expect(status(page)).to_have_text(re.compile(r"^Saved "))


def test_what_is_saved_while_the_next_page_is_on_its_way_is_there(samples: Samples) -> None:
    page = samples()
    name = page.get_by_label("Team name").first
    before = name.input_value()
    name.fill("Aurora")
    page.evaluate("dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    expect(status(page)).to_have_text(re.compile(r"^Saved "))
    page.reload()  # like every sample, it is as it was before

    assert before != "Aurora"
    expect(name).to_have_value("Aurora")
    expect(status(page)).to_have_text(re.compile(r"^Saved "))


@pytest.mark.parametrize(
    ("button", "kept"), [("Keep yours", "clash"), ("Take theirs", "their text")]
)
def test_two_people_in_one_field_see_both_texts(samples: Samples, button: str, kept: str) -> None:
    page = samples()
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.method))
    page.get_by_label("Team name").first.fill("clash")
    expect(page.get_by_role("alert").filter(has_text="王芳 changed this")).to_contain_text(
        "their text"
    )
    page.get_by_role("button", name=button).click()

    expect(page.get_by_label("Team name").first).to_have_value(kept)
    expect(status(page)).to_have_text(re.compile(r"^Saved "))
    assert sent == ["POST", "POST"]  # leaving the field for the button sent nothing in between


def test_a_refused_text_stays_with_the_reason_beside_it(samples: Samples) -> None:
    page = samples()
    page.get_by_label("Team name").first.fill("refuse")

    expect(form(page).get_by_text("This is refused.")).to_be_visible()
    expect(page.get_by_label("Team name").first).to_have_value("refuse")


def test_a_form_is_sent_once(samples: Samples) -> None:
    page = samples()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    with page.expect_navigation():
        page.get_by_role("button", name="Message judges").dblclick(no_wait_after=True)

    assert sent.count("POST") == 1


def test_one_language_is_shown_at_a_time_and_the_empty_ones_are_marked(samples: Samples) -> None:
    title = samples().get_by_role("group", name="Title")
    expect(title.get_by_role("textbox")).to_have_value("Smart grid")
    title.get_by_role("button", name="中文").click()

    expect(title.get_by_role("textbox")).to_have_value("智能电网")
    assert title.locator("button[data-empty]").all_inner_texts() == ["日本語", "Deutsch"]


def test_chinese_characters_count_as_words(samples: Samples) -> None:
    page = samples()
    page.get_by_label("What you make").fill("微电网 for Straßen")

    expect(form(page).locator(".tally")).to_have_text("5 words · 15 / 600 characters")


def test_a_destructive_button_opens_by_typing_the_name(samples: Samples) -> None:
    page = samples()
    button = page.get_by_role("button", name="Withdraw entry")
    expect(button).to_be_disabled()
    page.get_by_label("Type “PowerMesh” to go on").fill("PowerMesh")

    expect(button).to_be_enabled()


def test_a_file_of_another_kind_is_refused_before_it_is_sent(
    samples: Samples, tmp_path: Path
) -> None:
    (tmp_path / "deck.txt").write_text("no deck")
    page = samples()
    page.locator("[data-controller=upload] input").set_input_files(tmp_path / "deck.txt")

    expect(page.get_by_text("This kind of file is not taken here.")).to_be_visible()


def test_digits_score_where_one_is_and_zero_is_a_score(visit: Visit, site: Site) -> None:
    page = visit(f"{site.url}/-components/focus", device=PHONE)
    feasibility = page.get_by_role("group", name="Feasibility")
    feasibility.get_by_role("radio", name=re.compile("^4")).focus()
    page.keyboard.press("0")

    expect(feasibility.get_by_role("radio", name=re.compile("^0"))).to_be_checked()
    expect(feasibility.get_by_text("Nothing new is claimed.")).to_be_visible()


def test_single_keys_can_be_turned_off(visit: Visit, site: Site) -> None:
    page = visit(f"{site.url}/-components/focus")
    page.keyboard.press("?")
    page.get_by_label("Turn single keys off").check()
    page.keyboard.press("Escape")
    page.get_by_role("group", name="Feasibility").get_by_role("radio").first.focus()
    page.keyboard.press("2")

    expect(page.get_by_role("radio", name=re.compile("^4")).last).to_be_checked()


def test_the_places_slide_in_on_a_phone(visit: Visit, site: Site) -> None:
    page = visit(f"{site.url}/-components", device=PHONE)
    places = page.get_by_role("navigation", name="Places")
    expect(places).to_be_hidden()
    page.get_by_role("button", name="Places").click()

    expect(places.get_by_role("link", name="Pitch day")).to_be_visible()


def test_a_menu_opens_by_arrow_and_closes_by_escape(samples: Samples) -> None:
    page = samples()
    button = page.get_by_role("button", name="More about PowerMesh")
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Edit")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Edit")).to_be_hidden()
    expect(button).to_be_focused()


def test_a_live_part_keeps_itself_up_to_date(samples: Samples) -> None:
    expect(samples().locator("#live")).to_have_text(re.compile(r"\d\d:\d\d:\d\d UTC"))
