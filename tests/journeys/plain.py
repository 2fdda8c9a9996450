"""Somebody's browser that runs no scripts and draws nothing: quick, and what it does needs none.

Words stand in for the controls, as in `Person`; each page is checked for what every page must be.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin
from xml.etree.ElementTree import Element

from playwright.sync_api import APIResponse

from tests.pages import check

if TYPE_CHECKING:
    from tests.journeys.world import Person

Text = str | re.Pattern[str]
UNSENT = {"button", "datalist", "fieldset", "file", "form", "image", "output", "reset", "submit"}


class Plain:
    """A page that somebody reads; it shares the cookies of their window."""

    def __init__(self, person: "Person") -> None:
        self._ask, self.url = person.ask, ""

    def goes(self, address: str) -> "Plain":
        """Open an address."""
        return self._arrives(self._ask.get(address))

    def sees(self, title: Text) -> "Plain":
        """Be on the page of this title."""
        assert _is(title, self.title()), (title, self.url, self.title())
        return self

    def reads(self, *texts: Text) -> "Plain":
        """Find these texts on the page, if need be by loading it again."""
        if not all(self._says(text) for text in texts):
            self.goes(self.url)
        for text in texts:
            assert self._says(text), (text, self.url, self._said)
        return self

    def finds(self, picture: Text) -> "Plain":
        """Find a picture by its words."""
        said = [img.get("alt", "") for img in self._root.iter("img")]
        assert any(_is(picture, one) for one in said), (picture, self.url, said)
        return self

    def keeps(self, label: str, text: str, *, lang: str = "") -> "Plain":
        """Find a field as it was filled in."""
        where = self._group(label) if lang else self._first("main")
        assert where is not None, (label, self.url)
        control = (
            next(e for e in where.iter() if e.get("name", "").endswith(f"-{lang}"))
            if lang else self._labelled(where, label)
        )  # fmt: skip
        kept = control.get("value") or "".join(control.itertext())
        assert kept == text, (label, self.url, kept)
        return self

    def title(self) -> str:
        """Return the title of the page."""
        return _words(self._first("h1"))

    def misses(self, *texts: Text) -> "Plain":
        """Find these texts nowhere on the page."""
        for text in texts:
            assert not self._says(text), (text, self.url, self._said)
        return self

    def address_of(self, link: Text) -> str:
        """Return where a link leads, by its words; if need be, load the page again to find it."""
        if not self.has(link):
            self.goes(self.url)
        for a in self._root.iter("a"):
            if a.get("href") and _is(link, _words(a)):
                return str(urljoin(self.url, a.get("href")))
        raise AssertionError(f"no link “{link}” on {self.url}")

    def has(self, link: Text) -> bool:
        """Tell whether the page has a link of these words."""
        return any(a.get("href") and _is(link, _words(a)) for a in self._root.iter("a"))

    def fills(self, fields: dict[str, Any] | None = None, **named: Any) -> "Plain":
        """Fill in fields by their labels: a text, a tick, a choice, a dict of language -> text."""
        for label, value in {**(fields or {}), **named}.items():
            self._fill(label, value)
        return self

    def picks(self, group: Text, choice: Text) -> "Plain":
        """Take one of a group of radio buttons, both by their words."""
        for one in self._first("main").iter("fieldset"):
            legend = one.find("legend")
            if legend is not None and _is(group, _words(legend)):
                _pick(one, self._labelled(one, choice))
                return self
        raise AssertionError(f"no choice “{group}” on {self.url}")

    def presses(self, button: Text) -> "Plain":
        """Send the form of a button by its words."""
        for one in self._root.iter("button"):
            form = self._form(one)
            if form is not None and one.get("type") != "button" and _is(button, _words(one)):
                return self._sends(form, one)
        raise AssertionError(f"no button “{button}” on {self.url}")

    def is_told(self, *texts: Text) -> "Plain":
        """Read the message after an act."""
        return self._hears("status", texts)

    def is_refused(self, *reasons: Text) -> "Plain":
        """Read why a form was not taken."""
        return self._hears("alert", reasons)

    def _arrives(self, answer: APIResponse) -> "Plain":
        assert answer.status < 500, (answer.status, answer.url, answer.text()[:2000])
        self.url, text = answer.url, answer.text()
        self._root = check(text)
        self._said = _words(self._first("body"))
        self._parents = {child: parent for parent in self._root.iter() for child in parent}
        return self

    def _sends(self, form: Element, button: Element) -> "Plain":
        pairs = [pair for control in self._root.iter() if self._form(control) is form
                 for pair in _sent(control)]  # fmt: skip
        if button.get("name"):
            pairs.append((button.get("name", ""), button.get("value", "")))
        address = urljoin(self.url, button.get("formaction") or form.get("action") or self.url)
        if form.get("method", "get") == "get":
            return self.goes(f"{address.partition('?')[0]}?{urlencode(pairs)}")
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.url}
        return self._arrives(self._ask.post(address, data=urlencode(pairs), headers=kind))

    def _form(self, control: Element) -> Element | None:
        named = control.get("form")
        forms = self._root.iter("form") if named else self._above(control)
        return next((e for e in forms if e.tag == "form" and named in {None, e.get("id")}), None)

    def _above(self, element: Element) -> Iterator[Element]:
        while (above := self._parents.get(element)) is not None:
            yield above
            element = above

    def _fill(self, label: str, value: Any) -> None:
        group = self._group(label)
        if group is None:
            _set(self._labelled(self._first("main"), label), value)
        elif isinstance(value, dict):
            for lang, text in value.items():
                ends = f"-{lang}"
                _set(next(e for e in group.iter() if e.get("name", "").endswith(ends)), text)
        else:
            _pick(group, self._labelled(group, str(value)))

    def _group(self, label: str) -> Element | None:
        for group in self._first("main").iter("fieldset"):
            legend = group.find("legend")
            if legend is not None and _words(legend).removesuffix(" optional") == label:
                return group
        return None

    def _labelled(self, where: Element, label: Text) -> Element:
        for one in where.iter("label"):
            if _is(label, _words(one).removesuffix(" optional")):
                wanted = one.get("for")
                return next(
                    e for e in (one if wanted is None else where).iter()
                    if e.tag in {"input", "select", "textarea"} and wanted in {None, e.get("id")}
                )  # fmt: skip
        for e in where.iter():
            if _is(label, e.get("aria-label", "")):
                return e
        raise AssertionError(f"no field “{label}” on {self.url}")

    def _says(self, wanted: Text) -> bool:
        """Tell whether the page has a text; a pattern is held against the words of each element."""
        if isinstance(wanted, str):
            return _within(wanted, self._said)
        return any(wanted.search(_words(e)) for e in self._first("body").iter())

    def _hears(self, role: str, texts: tuple[Text, ...]) -> "Plain":
        said = [_words(e) for e in self._root.iter() if e.get("role") == role]
        for text in texts:
            assert any(_within(text, one) for one in said), (text, self.url, said)
        return self

    def _first(self, tag: str) -> Element:
        return next(self._root.iter(tag))


def _sent(control: Element) -> Iterator[tuple[str, str]]:
    """Yield what a control adds to its form, as the standard of HTML says."""
    name, kind = control.get("name"), control.get("type", control.tag)
    if not name or "disabled" in control.attrib or kind in UNSENT:
        return
    if kind == "textarea":
        yield name, "".join(control.itertext())
    elif kind == "select":
        options = list(control.iter("option"))
        chosen = [o for o in options if "selected" in o.attrib] or options[:1]
        yield from ((name, option.get("value", _words(option))) for option in chosen)
    elif kind not in {"checkbox", "radio"} or "checked" in control.attrib:
        yield name, control.get("value", "on" if kind == "checkbox" else "")


def _pick(group: Element, choice: Element) -> None:
    for other in group.iter("input"):
        if other.get("name") == choice.get("name"):
            other.attrib.pop("checked", None)
    choice.set("checked", "")


def _set(control: Element, value: Any) -> None:
    if control.tag == "select":
        for option in control.iter("option"):
            option.attrib.pop("selected", None)
        next(o for o in control.iter("option") if _words(o) == str(value)).set("selected", "")
    elif control.get("type") in {"checkbox", "radio"}:
        control.attrib.pop("checked", None)
        if value:
            control.set("checked", "")
    elif control.tag == "textarea":
        control.text = str(value)
    elif control.get("type") == "datetime-local":
        control.set("value", str(value).replace(" ", "T"))
    else:
        control.set("value", str(value))


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _is(wanted: Text, words: str) -> bool:
    return words == wanted if isinstance(wanted, str) else bool(wanted.search(words))


def _within(wanted: Text, words: str) -> bool:
    if isinstance(wanted, str):
        return wanted.casefold() in words.casefold()
    return bool(wanted.search(words))
