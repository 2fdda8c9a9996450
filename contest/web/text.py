"""Text that is translated when a page is made, and text that people wrote."""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

import nh3
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from flask import Flask, has_request_context, render_template, request, session
from flask_babel import Babel, get_locale, gettext, lazy_gettext, ngettext
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from contest.core.decisions import Blocker, Decision
from contest.core.errors import DomainError
from contest.core.text import Plural
from contest.core.words import LANGUAGES, OWN_NAMES, Words
from contest.web import states

LONGEST_MARKDOWN = 40_000  # characters of any field; the hardest take a third of a second
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?*_~)\]。，、）」]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Address:
    """An address that stands in a text, as the Markdown parser wants to be told of it."""

    text: str
    index: int
    last_index: int
    schema: str = "https:"

    @property
    def url(self) -> str:
        return self.text


class _Addresses:
    """Finds addresses in a text, in time that grows with its length and not faster."""

    def pretest(self, text: str) -> bool:
        return "://" in text

    test = pretest

    def match(self, text: str) -> list[_Address]:
        return [_Address(found[0], *found.span()) for found in _URL.finditer(text)]


_markdown = MarkdownIt("commonmark", {"html": False, "linkify": True}).enable("table")
_markdown.linkify = cast(Any, _Addresses())
_markdown.core.ruler.enable("linkify")
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "code", "pre",
         "table", "thead", "tbody", "tr", "th", "td", "hr"}  # fmt: skip


def lazy(message: str) -> str:
    """Return `message`, translated at the moment it is shown. For labels of forms."""
    return cast(str, lazy_gettext(message))


def why(refusal: Decision | DomainError | Blocker) -> str:
    """Return the reason of a refusal in the language of the reader. Also a template filter."""
    message = refusal.message if isinstance(refusal, DomainError) else refusal.reason
    facts = {name: _shown(fact) for name, fact in refusal.facts.items()}
    if isinstance(message, Plural):
        return ngettext(message.one, message, **facts, num=refusal.facts["count"])
    text = gettext(message)
    return text % facts if facts else text


def _shown(value: object) -> object:
    if isinstance(value, enum.StrEnum):
        return states.state_word(value)
    if isinstance(value, list | tuple):
        return listed([_shown(each) for each in value])
    return value.pick(languages())[0] if isinstance(value, Words) else value


def language() -> str:
    """Return the two-letter language of the reader."""
    locale = get_locale()
    return locale.language if locale is not None else "en"


def languages() -> list[str]:
    """Return the reader's languages, best first, English before the rest."""
    return list(dict.fromkeys([language(), "en", *LANGUAGES]))


def country(code: str) -> str:
    """Return the name of a country in the reader's language."""
    return str(_locale().territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Return the countries for a select field, in the order of their names."""
    groups = {"EU", "EZ", "UN", "XA", "XB", "ZZ"}
    names = _locale().territories.items()
    known = [(c, name) for c, name in names if len(c) == 2 and c.isalpha() and c not in groups]
    return sorted(known, key=lambda pair: pair[1])


def day(on: date) -> str:
    """Return a calendar day the way the reader's language writes it."""
    return format_date(on, "long", _locale())


def money(minor: int, currency: str) -> str:
    """Return an amount as the reader's language writes it, without decimals that are nought."""
    value = minor / 10 ** get_currency_precision(currency)
    pattern = None if value % 1 else "¤#,##0"
    return format_currency(value, currency, pattern, _locale(), currency_digits=value % 1 != 0)


def listed(items: Iterable[object]) -> str:
    """Return the items as one enumeration the way the reader's language writes it. Also a filter.

    Marked-up items stay so, and the others are escaped then.
    """
    told = list(items)
    if not any(hasattr(item, "__html__") for item in told):
        return format_list([str(item) for item in told], locale=_locale())
    return Markup(format_list([escape(item) for item in told], locale=_locale()))  # noqa: S704 -- each item is escaped


def sentences(items: Iterable[object]) -> str:
    """Return whole sentences one behind the other; Chinese and Japanese put no blank between them."""
    return ("" if language() in {"zh", "ja"} else " ").join(map(str, items))


def own_name(lang: str) -> str:
    """Return what a language calls itself. A template filter."""
    return OWN_NAMES[lang]


def rendered(template: str, **facts: object) -> Markup:
    """Return a piece of a page, for a message that has more than words in it."""
    return Markup(render_template(template, **facts).strip())  # noqa: S704 -- the template escaped it


def written(text: str) -> Markup:
    """Return what a team wrote, in whatever language that is: marked as of none we know. A filter."""
    return Markup('<bdi lang="">{}</bdi>').format(text)


def decimal(value: float, places: int | None = None, *, signed: bool = False) -> str:
    """Return a figure as the reader's language writes it, with so many decimals or at most four."""
    pattern = "#,##0" + (".####" if places is None else "." + "0" * places if places else "")
    return format_decimal(value, f"+{pattern};-{pattern}" if signed else pattern, _locale())


def percent(share: float) -> str:
    """Return a share of one in whole percent, as the reader's language writes it."""
    return format_percent(share, locale=_locale())


def _locale() -> Locale:
    return get_locale() or Locale("en")


def said(words: Words | None) -> Markup:
    """Return what people wrote in the reader's language, or in another that is then marked."""
    text, lang = (words or Words()).pick(languages())
    if lang in {"", language()}:
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(lang, text)


def plain(words: Words | None) -> str:
    """Return what people wrote in the reader's language, without marks. For titles and mail."""
    return (words or Words()).pick(languages())[0]


def rich(words: Words | None) -> Markup:
    """Return Markdown that people wrote as clean HTML, in the reader's language or a marked other."""
    text, lang = (words or Words()).pick(languages())
    attribute = Markup(' lang="{}"').format(lang) if lang not in {"", language()} else ""
    return Markup('<div class="prose prose-sm dark:prose-invert max-w-none"{}>{}</div>').format(
        attribute,
        Markup(clean_html(text)),  # noqa: S704 -- nh3 cleaned it
    )


@lru_cache(maxsize=512)
def clean_html(markdown: str) -> str:
    """Turn Markdown into HTML of the allowed tags; links neither leak the page nor vouch for it.

    A text that no field would take is not thought about: it stands there as it was written.
    """
    if len(markdown) > LONGEST_MARKDOWN:
        return f"<pre>{escape(markdown)}</pre>"
    return nh3.clean(
        _markdown.render(markdown),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def chosen(asked: str | None, remembered: str | None, accepted: Iterable[str]) -> str:
    """Return the reader's language: what the address says, else what they chose, else the browser."""
    for given in (asked, remembered):
        if given in LANGUAGES:
            return str(given)
    for tag in accepted:
        short = tag.replace("_", "-").split("-")[0].lower()
        if short in LANGUAGES:
            return short
    return "en"


def _choose_language() -> str:
    if not has_request_context():
        return "en"
    return chosen(
        request.args.get("lang"),
        request.cookies.get("lang") or session.get("lang"),
        request.accept_languages.values(),
    )


def init_app(app: Flask) -> None:
    Babel(app, locale_selector=_choose_language)
    app.add_template_filter(why)
    for told in (listed, own_name, said, sentences, written):
        app.add_template_filter(told)
    app.jinja_env.globals.update(
        country=country,
        day=day,
        decimal=decimal,
        money=money,
        percent=percent,
        said=said,
        plain=plain,
        rich=rich,
        language=language,
        OWN_NAMES=OWN_NAMES,
    )
