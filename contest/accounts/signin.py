"""Who is asking. The only module that knows Flask-Login and Flask-Security."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from sqlalchemy import select

from contest.accounts.models import User
from contest.web.access import mark_decided
from contest.web.db import db

F = TypeVar("F", bound=Callable[..., Any])


def visitor() -> User | None:
    """Return the signed-in user, or None."""
    person: Any = current_user
    return cast(User, person._get_current_object()) if person.is_authenticated else None  # noqa: SLF001 -- Flask-Login's proxy has no other way out


def current() -> User:
    """Return the signed-in user. Only for views behind `signed_in`."""
    user = visitor()
    assert user is not None  # noqa: S101 -- `signed_in` turned visitors away
    return user


def signed_in(view: F) -> F:
    """Send a visitor without a session to the sign-in page, and back after it."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if visitor() is not None:
            return view(*args, **kwargs)
        mark_decided()
        back = request.full_path if request.method == "GET" else request.path
        return redirect(url_for("accounts.sign_in", next=back.rstrip("?")), 303)

    return cast(F, guarded)


def init_app(app: Flask) -> None:
    login = LoginManager(app)
    login.user_loader(_load)


def _load(number: str) -> User | None:
    g.signin_checked = True
    return db.session.scalar(
        select(User).where(User.fs_uniquifier == number, User.active.is_(True))
    )
