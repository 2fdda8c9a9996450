"""How instants and names are said."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from contest.web import moments, requests
from contest.web.finished import CHANGES

CLOSES = datetime(2019, 3, 1, 15, 59, tzinfo=UTC)


def test_an_instant_is_said_in_the_zone_of_the_contest() -> None:
    assert moments.when(CLOSES, "Asia/Shanghai") == "1 Mar 2019, 23:59"
    assert moments.when(CLOSES, "America/New_York") == "1 Mar 2019, 10:59"


@pytest.mark.parametrize(
    ("style", "said"),
    [("short", "1 Mar, 23:59"), ("date", "1 Mar 2019"), ("time", "23:59")],
)
def test_a_style_says_less(style: str, said: str) -> None:
    assert moments.when(CLOSES, "Asia/Shanghai", style) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "2019年3月1日 23:59"), ("ja", "2019年3月1日 23:59"), ("de", "1. März 2019, 23:59")],
)
def test_every_language_has_its_own_order(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        assert moments.when(CLOSES, "Asia/Shanghai") == said


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("UTC", "UTC"),
        ("Asia/Shanghai", "UTC+8"),
        ("Asia/Kolkata", "UTC+5:30"),
        ("America/New_York", "UTC−5"),
        ("America/St_Johns", "UTC−3:30"),
    ],
)
def test_a_zone_is_named_by_its_distance_at_that_instant(zone: str, label: str) -> None:
    assert moments.zone_label(CLOSES, zone) == label


def test_a_zone_with_summer_time_changes_its_label() -> None:
    assert moments.zone_label(CLOSES + timedelta(days=120), "America/New_York") == "UTC−4"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(minutes=30), "1 Mar 2019, 15:59 – 16:29"),
        (timedelta(days=30), "1 Mar, 15:59 – 31 Mar 2019, 15:59"),
        (timedelta(days=365), "1 Mar 2019, 15:59 – 29 Feb 2020, 15:59"),
    ],
)
def test_a_window_does_not_say_the_shared_part_twice(length: timedelta, said: str) -> None:
    assert moments.span(CLOSES, CLOSES + length, "UTC") == said


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Lovelace", "AL"),
        ("Jean-Luc de la Tour", "JT"),
        ("佐藤 美咲", "佐"),
        ("Zhou Min 周敏", "ZM"),
        ("李伟", "李"),
        ("김민준", "김"),
        ("prince", "P"),
        ("  ", "?"),
        ("(anonymous)", "?"),
    ],
)
def test_initials_fit_the_script_of_the_name(name: str, letters: str) -> None:
    assert moments.initials(name) == letters


@given(left=st.floats(-9e7, 9e7), share=st.floats(0, 1, exclude_max=True))
def test_a_kept_page_says_how_far_away_an_instant_is_as_long_as_that_is_true(
    app: Flask, left: float, share: float
) -> None:
    instant = CLOSES + timedelta(seconds=left)
    changes: list[datetime] = []

    def said(at: datetime) -> str:
        with (
            pytest.MonkeyPatch.context() as patch,
            app.test_request_context("/", environ_overrides={CHANGES: changes}),
        ):
            patch.setattr(requests, "now", lambda: at)
            return moments.time_left(instant)

    first = said(CLOSES)
    [until] = changes
    assert until > CLOSES
    if until - CLOSES > timedelta(seconds=1):
        assert said(CLOSES + (until - CLOSES) * share) == first
