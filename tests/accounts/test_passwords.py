import pytest

from contest.accounts import passwords

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
    ],
)
def test_what_is_guessed_first_is_refused_with_a_sentence(password: str, reason: str) -> None:
    decision = passwords.can_be_password(password, **ADA)

    assert not decision
    assert reason in decision.reason


def test_one_password_is_one_however_it_was_composed() -> None:
    assert passwords.normalised("u\u0308bung") == passwords.normalised("übung")
