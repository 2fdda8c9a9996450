"""What the page test client finds wrong with a page."""

import pytest

from tests.pages import check

RIGHT = "<!doctype html><html lang=en><head><title>A</title></head><body><h1>A</h1>{}</body></html>"


@pytest.mark.parametrize(
    "wrong",
    [
        "<div><p></div>x</p>",
        "<p><div>a block within a paragraph</div></p>",
        "<b><i>crossed</b></i>",
        "<div>left open",
        "<div/>",
        "<p id=a id=b></p>",
        "<a href=/x>one <a href=/y>other</a></a>",
        "<form><form></form></form>",
        "<table><tr><td>1<div></td></tr></table>",
        "<table><p>not a row</p></table>",
        "<p>&nosuch;</p>",
        "<p title='a'class=b></p>",
        "<i id=a></i><i id=a></i>",
        "<h1>Another</h1>",
        "<input name=unlabelled>",
        "<label for=other>Other</label><select id=this></select>",
    ],
)
def test_a_page_that_a_browser_must_put_right_is_wrong(wrong: str) -> None:
    with pytest.raises(AssertionError):
        check(RIGHT.format(wrong))


def test_a_right_page_is_returned_as_a_tree() -> None:
    root = check(
        RIGHT.format("<label>Name <input name=n></label><p lang=zh>创新 &amp; more</p>tail")
    )

    (paragraph,) = root.iter("p")
    assert (paragraph.text, paragraph.tail, paragraph.get("lang")) == ("创新 & more", "tail", "zh")


@pytest.mark.parametrize("lacking", ["lang=en", "<title>A</title>", "<h1>A</h1>"])
def test_a_page_without_a_language_a_title_or_a_heading_is_wrong(lacking: str) -> None:
    with pytest.raises(AssertionError):
        check(RIGHT.format("").replace(lacking, ""))
