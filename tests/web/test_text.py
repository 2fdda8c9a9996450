import pytest
from flask import Flask
from markupsafe import Markup

from contest.web import text


@pytest.mark.parametrize(
    ("lang", "shown"),
    [("en", "A, B, and C"), ("de", "A, B und C"), ("zh", "A、B和C"), ("ja", "A、B、C")],
)
def test_an_enumeration_is_written_the_way_of_its_language(
    app: Flask, lang: str, shown: str
) -> None:
    with app.test_request_context(f"/?lang={lang}"):
        assert text.listed("ABC") == shown
        assert text.listed(["A"]) == "A"
        assert text.listed([]) == ""


def test_marked_up_items_stay_so_in_an_enumeration_and_the_others_are_escaped(app: Flask) -> None:
    with app.test_request_context("/?lang=ja"):
        assert text.listed([Markup("<b>A</b>"), "<i>{0}"]) == "<b>A</b>、&lt;i&gt;{0}"


@pytest.mark.parametrize(("lang", "shown"), [("en", "One. Two."), ("zh", "One.Two.")])
def test_sentences_follow_one_another_without_a_blank_where_there_is_none(
    app: Flask, lang: str, shown: str
) -> None:
    with app.test_request_context(f"/?lang={lang}"):
        assert text.sentences(["One.", "Two."]) == shown
