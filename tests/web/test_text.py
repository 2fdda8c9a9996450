import pytest
from flask import Flask
from markupsafe import Markup

from contest.core.decisions import Blocker
from contest.core.errors import DomainError
from contest.core.text import NN_
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


@pytest.mark.parametrize(
    ("lang", "figures"),
    [("en", ["1,234.50", "+0.1", "-3", "58%"]), ("de", ["1.234,50", "+0,1", "-3", "58\xa0%"])],
)
def test_figures_are_written_the_way_of_the_language(
    app: Flask, lang: str, figures: list[str]
) -> None:
    with app.test_request_context(f"/?lang={lang}"):
        assert figures == [
            text.decimal(1234.5, 2),
            text.decimal(0.12, 1, signed=True),
            text.decimal(-3.0),
            text.percent(0.58),
        ]


@pytest.mark.parametrize("asked", ["xx", "../../etc", "de/../..", "e" * 10_000, "", "DE\0"])
def test_a_language_is_one_of_ours_and_no_key_to_anything_else(asked: str) -> None:
    """flaw-99: each unknown language once left a file."""
    assert text.chosen(asked, asked, [asked]) == "en"


def test_a_reason_about_one_thing_speaks_of_one(app: Flask) -> None:
    reason = NN_("%(count)s review is still open.", "%(count)s reviews are still open.")
    for lang, count, shown in (
        ("en", 1, "1 review is still open."),
        ("en", 2, "2 reviews are still open."),
        ("de", 1, "1 Bewertung ist noch offen."),
        ("ja", 1, "未完了の審査が1件あります。"),
    ):
        with app.test_request_context(f"/?lang={lang}"):
            assert text.why(Blocker(reason, "judging.close", {"count": count})) == shown
    assert str(DomainError(reason, {"count": 1})) == "1 review is still open."
