"""A year that nobody means is asked about, wherever a date is typed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from wtforms import DateField, DateTimeField, DateTimeLocalField
from wtforms.fields.core import UnboundField

from contest.web import requests
from contest.web.forms import DayField, Form, LocalDateTimeField


class Dates(Form):
    at = LocalDateTimeField(zone="Asia/Shanghai")
    on = DayField()  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("wall", "day", "wrong"),
    [
        ("2019-03-08T18:00", "2019-03-08", set()),
        ("2029-03-08T18:00", "2069-03-08", set()),
        ("2119-03-08T18:00", "2119-03-08", {"at", "on"}),
        ("0219-03-08T18:00", "0219-03-08", {"at", "on"}),
        ("0001-01-01T00:00", "0001-01-01", {"at", "on"}),  # in Shanghai still year 0
        ("9999-12-31T23:59", "9999-12-31", {"at", "on"}),
    ],
)
def test_a_year_that_cannot_be_meant_is_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch, wall: str, day: str, wrong: set[str]
) -> None:
    monkeypatch.setattr(requests, "now", lambda: datetime(2019, 3, 1, tzinfo=UTC))
    with app.test_request_context("/?lang=en", method="POST", data={"at": wall, "on": day}):
        form = Dates()
        form.validate()  # type: ignore[no-untyped-call]
        assert form.errors.keys() == wrong
        assert all("Is the year right?" in said[0] for said in form.errors.values())
        assert "1919" in form.at.errors[0] if wrong else form.on.data == date.fromisoformat(day)


def test_every_form_asks_for_the_year_of_a_day(app: Flask) -> None:
    assert app.blueprints  # every feature is loaded, and its forms with it
    kinds = [field.field_class for form in _forms(Form) for field in vars(form).values()
             if isinstance(field, UnboundField)]  # fmt: skip
    assert DayField in kinds
    assert not {DateField, DateTimeField, DateTimeLocalField} & set(kinds)


def _forms(kind: type[Form]) -> Iterator[type[Form]]:
    yield kind
    for further in kind.__subclasses__():
        yield from _forms(further)
