import re

import pytest
from wtforms import PasswordField
from wtforms.fields.core import UnboundField
from zxcvbn.frequency_lists import FREQUENCY_LISTS as LISTS

from contest.accounts import forms, passwords
from contest.web.forms import Form
from tests.pages import Client

ADA = {"name": "Ada Lovelace", "email": "ada.king@example.org"}


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "リンゴとみかんとぶどう", "xK9#mPq2vL", "a" * 10 + "bcde" * 40],
)
def test_length_makes_a_password(password: str) -> None:
    assert passwords.can_be_password(password, **ADA)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "At least %(least)s characters"),
        ("x1" * 200, "At most"),
        ("my lovelace secret", "Leave out"),
        ("KING2030 and so on", "Leave out"),
        ("aaaaaaaaaaaa", "simple pattern"),
        ("1234567890", "simple pattern"),
        ("poiuytrewq", "simple pattern"),
        ("Password123!", "most used"),
        ("p4ssw0rd2026", "most used"),
        ("usuckballz1", "most used"),
        ("monkeymonkey", "most used"),
        ("Contest2026!", "most used"),
        ("unfortunately", "most used"),
    ],
)
def test_what_is_guessed_first_is_refused_with_a_sentence(password: str, reason: str) -> None:
    decision = passwords.can_be_password(password, **ADA)

    assert not decision
    assert reason in decision.reason


def test_one_password_is_one_however_it_was_composed() -> None:
    assert passwords.normalised("u\u0308bung") == passwords.normalised("übung")


def test_the_commonest_are_refused_also_with_what_people_add_to_make_them_long_enough() -> None:
    first = [word for word in list(LISTS["passwords"])[:3000] if word.isalpha() and len(word) > 4]
    long = [word for word in passwords.common() if len(word) >= passwords.SHORTEST]
    added = [f"{word}{more}" for word in first for more in ("", "1", "123", "2026!", f"{word}")]

    assert len(long) > 3000
    assert [
        word
        for word in [*long, *added]
        if len(word) >= passwords.SHORTEST and passwords.can_be_password(word, name="", email="")
    ] == []


def test_what_is_secret_is_typed_unseen() -> None:
    typed = {
        (form.__name__, name): field.field_class
        for form in vars(forms).values()
        if isinstance(form, type) and issubclass(form, Form)
        for name, field in vars(form).items()
        if isinstance(field, UnboundField) and ("password" in name or name == "current")
    }
    assert len(typed) >= 7
    assert set(typed.values()) == {PasswordField}


def test_the_page_hides_it_and_lets_password_managers_fill_it_in(client: Client) -> None:
    [field] = re.findall(r'<input[^>]*name="password"[^>]*', client.get("/sign-in").text)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
