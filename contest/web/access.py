"""Whether they may: the one door every view goes through."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, current_app, g

from contest.core.decisions import Decision
from contest.core.errors import Hidden, NotAllowed, NotFound
from contest.core.text import N_

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
READS = (
    "index",
    "show",
    "view",
    "poll",
    "download",
    "history",
)  # last words of actions that change nothing


def action(name: str) -> Callable[[F], F]:
    """Declare what a view does, `<feature>.<verb>`; the view must call `authorize`."""

    def declare(view: F) -> F:
        view.action = name  # type: ignore[attr-defined]
        return view

    return declare


def public(name: str) -> Callable[[F], F]:
    """Declare what a view does and that anybody may do it."""

    def declare(view: F) -> F:
        view.is_public = True  # type: ignore[attr-defined]
        return action(name)(view)

    return declare


def receives_files(view: F) -> F:
    """Let the view take its upload before it asks for the writer's place: no file holds up others.

    It calls `web.idempotency.write_now` when the file is stored, and reads again what it had read before.
    """
    view.receives_files = True  # type: ignore[attr-defined]
    return view


def takes_files(endpoint: str | None) -> bool:
    return getattr(current_app.view_functions.get(str(endpoint)), "receives_files", False)


def writes_late(view: F) -> F:
    """Let the view compute before it asks for the writer's place, as `receives_files` its upload."""
    view.writes_late = True  # type: ignore[attr-defined]
    return view


def asks_to_write(endpoint: str | None) -> bool:
    """Say whether the view itself asks for the writer's place, when it is ready."""
    view = current_app.view_functions.get(str(endpoint))
    return takes_files(endpoint) or getattr(view, "writes_late", False)


def declare(app: Flask, actions: Mapping[str, str], *, public: bool) -> None:
    """Declare the actions of views that we did not write: endpoint -> action."""
    for endpoint, name in actions.items():
        view: Any = app.view_functions[endpoint]
        view.action = name
        view.is_public = public


def authorize(decision: Decision) -> None:
    """Stop with 403 unless `decision` allows; every view that is not public calls this."""
    mark_decided()
    if not decision:
        raise NotAllowed(decision.reason, decision.facts)


def reveal(decision: Decision) -> None:
    """Stop with 404 unless `decision` allows: for things whose existence is a secret."""
    mark_decided()
    if not decision:
        raise Hidden(NO_SUCH_PAGE)


NO_SUCH_PAGE = N_("There is no such page, or it is not yours to see.")


def mark_decided() -> None:
    """Note that somebody decided on this request; without it nothing leaves the building."""
    g.decided = True


def is_decided() -> bool:
    return bool(g.get("decided"))


def found(thing: T | None) -> T:
    """Return `thing`, or stop with 404."""
    if thing is None:
        raise NotFound(NO_SUCH_PAGE)
    return thing


def is_public(endpoint: str | None) -> bool:
    """Say whether the endpoint needs no decision; no endpoint (404) and static files need none."""
    return endpoint in {None, "static"} or getattr(
        current_app.view_functions[str(endpoint)], "is_public", False
    )


def declared(app: Flask) -> dict[tuple[str, str], str]:
    """Return (route, method) -> action; raise RuntimeError where one is not declared or untrue."""
    table = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        name = getattr(app.view_functions[rule.endpoint], "action", None)
        if name is None:
            raise RuntimeError(f"{rule.endpoint} ({rule.rule}) declares no action")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if method not in SAFE_METHODS and name.rpartition(".")[2] in READS:
                raise RuntimeError(f"{method} {rule.rule} changes things under the name {name}")
            table[rule.rule, method] = name
    return table
