"""The places of a contest's workspace, and which of them somebody sees.

Knows no feature: an upper one hands in its places; the page layout shows `places()`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import gettext


@dataclass(frozen=True, slots=True)
class Place:
    """A line in the sidebar. `shown` says from the request's actor whether it is there.

    `covers` are endpoints of pages that stand under this one and mark it as the present place;
    "teams.*" are all of that blueprint.
    """

    section: str
    label: str
    icon: str
    endpoint: str
    shown: Callable[[Any], bool]
    covers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the sidebar as shown."""

    label: str
    icon: str
    url: str
    current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under one heading."""

    title: str
    items: tuple[Item, ...]


_places: list[Place] = []


def register(places: Sequence[Place]) -> None:
    """Take over the sidebar's lines, in their order. Called once, when the app is made."""
    _places[:] = places


def enter(slug: str, title: object, actor: object) -> None:
    """Note which contest's workspace this request is in, and as whom."""
    g.workspace = (slug, title, actor)


def places() -> list[Section]:
    """Return the sidebar of the running request; empty outside a contest's workspace."""
    if "workspace" not in g:
        return []
    slug, _, actor = g.workspace
    sections: dict[str, list[Item]] = {}
    for place in _places:
        if place.shown(actor):
            here = request.endpoint or ""
            every = f"{here.partition('.')[0]}.*"
            item = Item(
                gettext(place.label),
                place.icon,
                url_for(place.endpoint, slug=slug),
                current=here == place.endpoint or not place.covers.isdisjoint({here, every}),
            )
            sections.setdefault(place.section, []).append(item)
    return [Section(gettext(title), tuple(items)) for title, items in sections.items()]


def here() -> dict[str, object] | None:
    """Return the contest whose workspace this is, for the head of the sidebar."""
    if "workspace" not in g:
        return None
    slug, title, actor = g.workspace
    front = _places[0] if _places and _places[0].shown(actor) else None
    return {
        "slug": slug,
        "title": title,
        "detail": None,
        "url": url_for(front.endpoint if front else "contests.show", slug=slug),
        "others": [],
    }


def address(endpoint: str, **values: Any) -> str | None:
    """Return the address of a page that a feature above may have; None if there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else None


def init_app(app: Flask) -> None:
    @app.context_processor
    def _context() -> dict[str, object]:
        return {"places": places(), "here": here()}

    app.jinja_env.globals["address"] = address
