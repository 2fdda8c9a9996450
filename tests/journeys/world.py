"""A contest's world for one test: a served instance, its clock, its worker and its people."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from contest.accounts import links
from contest.accounts.models import User
from contest.app import create_app
from contest.core import clock
from contest.demo import cast
from contest.jobs import engine
from contest.jobs.registry import HANDLERS, PERIODS
from contest.web.db import begin_writing, db
from tests import databases, servers
from tests.browser import DESKTOP, Device, NewWindow, Window
from tests.journeys.plain import Plain, Text
from tests.looking import (
    assert_right_in_every_dress,
    is_to_be_looked_at,
    kind_at,
    look_at,
    put_on,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def shanghai(wall: str) -> datetime:
    """Return a wall-clock time of Shanghai, like "2019-03-01 18:00", as an instant."""
    return datetime.fromisoformat(wall).replace(tzinfo=SHANGHAI).astimezone(UTC)


class SettingsForJourneys(Settings):
    """As in production, but that many people come from one address within a minute."""

    RATELIMIT_ENABLED: bool = False
    SESSION_IDLE_MINUTES: int = 10**6  # a journey lasts for months
    SESSION_HOURS: int = 10**6
    ADMIN_SESSION_IDLE_MINUTES: int = 10**6
    ADMIN_SESSION_HOURS: int = 10**6
    PROOF_MINUTES: int = 10**6


def new_app(folder: Path, port: int, database_url: str | None = None) -> Flask:
    """Make an instance whose links point at `port` and whose files stand in `folder`.

    Without a database it gets an empty one.
    """
    return create_app(
        SettingsForJourneys(
            SECRET_KEY="a secret for the tests",
            BASE_URL=f"http://{servers.HOST}:{port}",
            DATABASE_URL=database_url or databases.new(folder),
            FILES_URL=f"file://{folder}/files",
            MAIL_URL=f"file://{folder}/mail",
            DEVELOPMENT=True,
        )
    )


Kind = tuple[str, Device]


class World:
    """What a test holds in its hand: it moves the clock, and people act through their browsers."""

    def __init__(self, app: Flask, url: str, new_window: NewWindow, glass: Window) -> None:
        self.app, self.url, self.glass, self._new_window = app, url, glass, new_window
        self.used: set[Kind] = set()  # of page whose buttons were pressed in a window: see Person
        self._turn = clock.now()

    def at(self, when: datetime | str) -> datetime:
        """Move the clock on (a text is Shanghai's time) and do what became due meanwhile."""
        instant = shanghai(when) if isinstance(when, str) else when
        clock.stop(instant)
        for kind, period in PERIODS.items():
            turn = instant - (instant - datetime.min.replace(tzinfo=UTC)) % period
            if turn != self._turn - (self._turn - datetime.min.replace(tzinfo=UTC)) % period:
                self._do(kind, {"at": turn.isoformat()})
        self._turn = instant
        self.work()
        return instant

    def later(self, **span: float) -> datetime:
        """Let some time pass: `later(minutes=5)`."""
        return self.at(clock.now() + timedelta(**span))

    def work(self) -> None:
        """Do what is promised and due, each step in a transaction of its own, as the worker does."""
        while due := self._due():
            for promise in due:
                self._do(promise.kind, dict(promise.ids))
                with self._transaction() as session:
                    engine.mark_done(session.connection(), promise.number)

    def _due(self) -> list[engine.Promise]:
        with self.app.app_context():
            promised = engine.promised(db.session().connection())
        return [promise for promise in promised if promise.at <= clock.now()]

    def _do(self, kind: str, ids: dict[str, Any]) -> None:
        for handler in HANDLERS[kind]:
            if handler.writes:
                with self._transaction():
                    ids |= handler.do(**ids) or {}
            else:
                with self.app.app_context():
                    ids |= handler.do(**ids) or {}

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with self.app.app_context():
            begin_writing()
            yield db.session()
            db.session.commit()

    def person(
        self, name: str, email: str = "", *, device: Device = DESKTOP, **screen: Any
    ) -> "Person":
        """Give somebody a browser of their own."""
        window = self._new_window(device=device, base_url=self.url, **screen)
        return Person(self, window, name, email, device)

    def comes(self, somebody: cast.Person, *, device: Device = DESKTOP) -> "Person":
        """Give somebody of the demonstration a browser in which they are signed in."""
        who = self.person(somebody.name, somebody.email, device=device)
        with self.app.app_context():
            user = db.session.scalars(select(User).where(User.email == who.email)).one()
            token = links.entrance(user.id)
        who.ask.get(f"/enter/{token}")
        return who.goes("/language?lang=en&next=/")


class Person:
    """Somebody at a browser. Words stand in for the controls they name.

    The first of each kind of page is looked at, and the first of each form used, in a window. What
    comes again, and what is only passed through, is read and sent as by a browser without scripts:
    that is quicker, and shows that the pages work so. Whoever asks for `page` gets the window.
    """

    def __init__(
        self, world: World, window: Window, name: str, email: str, device: Device = DESKTOP
    ) -> None:
        self.world, self._window, self.name, self.email = world, window, name, email
        self.device, self.ask = device, window.context.request
        self._plain: Plain | None = None  # where they are, unless it stands in the window
        self._shown = ""  # the address in the window while it shows what they read plainly
        self._done = False  # what was filled in on the page in the window was taken

    @property
    def window(self) -> Page:
        """What their window shows, which may be something older than what they read plainly."""
        return self._window.page

    @property
    def url(self) -> str:
        """Where they are."""
        return self.window.url if self._plain is None else self._plain.url

    def in_another_tab(self, name: str = "") -> "Person":
        """Return them at another page of their browser."""
        return Person(self.world, self._window.tab(), name or self.name, self.email, self.device)

    @property
    def page(self) -> Page:
        """Their window, and what they are reading in it."""
        self._done = False
        if self._plain is not None:
            if self._shown != self._plain.url:
                self.window.goto(self._plain.url)
            self._plain = None
        return self.window

    @property
    def main(self) -> Locator:
        """The page without what stands around it."""
        return self.page.get_by_role("main")

    def watches(self) -> "Person":
        """Turn to the window, for what only scripts show."""
        _ = self.page
        return self

    def goes(self, where: str) -> "Person":
        """Open an address."""
        self._plain, self._shown = Plain(self).goes(urljoin(self.world.url, where)), ""
        return self

    def opens(self, where: str) -> "Person":
        """Open an address in the window, at once."""
        self._plain, self._done = None, False
        self.window.goto(where)
        return self

    def sees(self, title: Text) -> "Person":
        """Be on the page of this title; the first time anybody in this run is, look closely at it."""
        if self._plain is not None:
            self._plain.sees(title)
            if is_to_be_looked_at(self._plain.url, self.world.app):
                self._looks(self._plain.url, title)
            return self
        expect(self.window.get_by_role("heading", level=1)).to_have_text(title)
        look_at(self.window, self.world.app)
        return self

    def _looks(self, address: str, title: Text) -> None:
        """Look closely at a page: in their window, where they go on, unless they have none yet."""
        own = self._window.is_open
        if own:
            page, self._shown = self.window, address
        else:
            page, context = self.world.glass.page, self.world.glass.context
            context.clear_cookies()
            context.add_cookies(self._window.context.cookies())  # type: ignore[arg-type]  # as it gave them
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert_right_in_every_dress(page, kind_at(address, self.world.app))
        if own:
            put_on(page, self.device)

    def reads(self, *texts: Text) -> "Person":
        """Find these texts on the page."""
        if self._plain is not None:
            self._plain.reads(*texts)
            return self
        for text in texts:
            expect(self.window.get_by_text(text).filter(visible=True).first).to_be_visible()
        return self

    def finds(self, picture: Text) -> "Person":
        """Find a picture by its words."""
        if self._plain is not None:
            self._plain.finds(picture)
            return self
        expect(self.window.get_by_role("img", name=picture)).to_be_visible()
        return self

    def keeps(self, label: str, text: str, *, lang: str = "") -> "Person":
        """Find a field as it was filled in, in one of its languages where it has several."""
        if self._plain is not None:
            self._plain.keeps(label, text, lang=lang)
            return self
        field = self.main.get_by_label(label, exact=True)
        if lang:
            field = self._group(label).locator(f"[name$='-{lang}']")
        expect(field).to_have_value(text)
        return self

    def title(self) -> str:
        """Return the title of the page."""
        if self._plain is not None:
            return self._plain.title()
        return self.window.get_by_role("heading", level=1).inner_text()

    def misses(self, *texts: Text) -> "Person":
        """Find these texts nowhere on the page."""
        if self._plain is not None:
            self._plain.misses(*texts)
            return self
        for text in texts:
            expect(self.window.get_by_text(text)).to_have_count(0)
        return self

    def follows(self, link: Text, *, within: Locator | None = None) -> "Person":
        """Follow a link by its words; in a window, where a finger would reach it."""
        if self._plain is not None and within is None:
            return self.goes(self._plain.address_of(link))
        named = (within or self.page).get_by_role("link", name=link, exact=isinstance(link, str))
        named.first.click(trial=True)
        return self.goes(urljoin(self.window.url, named.first.get_attribute("href") or ""))

    def may_follow(self, link: str) -> bool:
        """Tell whether the page has a link of these words."""
        if self._plain is not None:
            return self._plain.has(link)
        return self.main.get_by_role("link", name=link).count() > 0

    def presses(self, button: Text, *, within: Locator | None = None) -> "Person":
        """Click a button by its words."""
        if self._acts_plainly() and self._plain is not None and within is None:
            self._plain.presses(button)
            self._shown = ""
            return self
        named = (within or self.page).get_by_role(
            "button", name=button, exact=isinstance(button, str)
        )
        self.world.used.add(self._kind(self.window.url))
        self._done = False
        named.first.click()
        return self

    def fills(self, fields: dict[str, Any] | None = None, **named: Any) -> "Person":
        """Fill in fields by their labels.

        A text, a date (datetime: wall-clock as given), a tick (bool), a choice of a list or of radio
        buttons; a dict of language -> text for what is written in several languages.
        """
        plainly = self._acts_plainly()
        for label, value in {**(fields or {}), **named}.items():
            if plainly and self._plain is not None:
                self._plain.fills({label: value})
            else:
                self._fill(label, value)
        return self

    def _acts_plainly(self) -> bool:
        """Tell whether what is filled in or pressed next is a form of a kind that was used before."""
        if self._plain is not None:
            return self._kind(self._plain.url) in self.world.used
        if self._done and self._kind(self.window.url) in self.world.used:
            self.goes(self.window.url)
        return self._plain is not None

    def _kind(self, address: str) -> Kind:
        """Return what a page is, where that counts."""
        return kind_at(address, self.world.app), self.device

    def _fill(self, label: str, value: Any) -> None:
        group = self._group(label)
        if isinstance(value, dict):
            for lang, text in value.items():
                control = group.locator(f"[name$='-{lang}']")
                if not control.is_visible():
                    group.locator(f"button[lang={lang}]").click()
                control.fill(text)
            return
        if group.count():
            group.get_by_label(value, exact=True).check()
            return
        control = self.main.get_by_label(label, exact=True).filter(visible=True).first
        kind = control.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            control.select_option(label=value)
        elif kind in {"checkbox", "radio"}:
            control.set_checked(bool(value))
        elif kind == "datetime-local":
            control.fill(str(value).replace(" ", "T"))
        else:
            control.fill(str(value))

    def _group(self, label: str) -> Locator:
        named = re.compile(rf"^{re.escape(label)}( optional)?$")
        return self.main.get_by_role("group", name=named)

    def picks(self, group: Text, choice: Text) -> "Person":
        """Take one of a group of radio buttons, both by their words."""
        if self._acts_plainly() and self._plain is not None:
            self._plain.picks(group, choice)
            return self
        radios = self.main.get_by_role("group", name=group)
        radios.get_by_role("radio", name=choice).check()
        return self

    def writes(self, label: str, text: str) -> "Person":
        """Fill in a field that saves itself, and wait until it did."""
        control = self.main.get_by_label(label, exact=True)
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            control.fill(text)
            control.blur()
        expect(self.main.locator("[data-autosave-target=status]")).to_have_text(
            re.compile(r"^Saved \d\d:\d\d:\d\d$")
        )
        return self

    def attaches(self, label: str, name: str, content: bytes) -> "Person":
        """Choose a file to hand in, and let the worker draw its pages."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.page.get_by_label(label, exact=True).set_input_files(
                {"name": name, "mimeType": "application/pdf", "buffer": content}
            )
        self.world.work()
        return self

    def row(self, text: Text) -> Locator:
        """Return the line of a table or list that contains a text."""
        return self.main.locator("tr, li").filter(has_text=text).last

    def is_told(self, *texts: Text) -> "Person":
        """Read the message after an act."""
        if self._plain is not None:
            self._plain.is_told(*texts)
            return self
        for text in texts:
            expect(self.window.get_by_role("status").filter(has_text=text).first).to_be_visible()
        self._done = True
        return self

    def is_refused(self, *reasons: Text) -> "Person":
        """Read why a form was not taken."""
        if self._plain is not None:
            self._plain.is_refused(*reasons)
            return self
        for reason in reasons:
            expect(self.window.get_by_role("alert").filter(has_text=reason).first).to_be_visible()
        return self

    def mail(self, subject: str) -> list[str]:
        """Return the links in the newest letter to this person whose subject contains the text."""
        self.world.work()
        rows = re.findall(r"<tr>(.*?)</tr>", self.ask.get("/-mail").text(), re.DOTALL)
        for row in rows:
            if self.email in row and subject in _plain(row):
                address = re.search(r'href="(/-mail/[^"]+)"', row)
                assert address is not None
                body = self.ask.get(address[1]).text().partition("<main")[2].partition("</main>")[0]
                return [_plain(a) for a in re.findall(r'href="([^"]+)"', body)]
        listed = [" ".join(_plain(re.sub("<[^>]+>", " ", row)).split()) for row in rows]
        raise AssertionError(f"no letter “{subject}” to {self.email}; there are: {listed}")

    def opens_mail(self, subject: str, *, containing: str = "") -> "Person":
        """Follow the first link (that contains a text) of the newest letter with this subject."""
        links = [a for a in self.mail(subject) if containing in a and not a.endswith("/-mail")]
        assert links, f"no link with “{containing}” in “{subject}”"
        return self.goes(links[0])


def _plain(html: str) -> str:
    return (
        html.replace("&amp;", "&").replace("&#39;", "'").replace("&#34;", '"').replace("\xa0", " ")
    )
