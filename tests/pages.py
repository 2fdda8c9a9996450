"""A browser without a screen that looks at each page: title, labels, ids, well-formed HTML."""

from collections import Counter
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

import markupever
from flask.testing import FlaskClient
from sqlalchemy.orm import object_session
from werkzeug.test import TestResponse

from contest.accounts.models import User
from tests import make, recorded

STRICT = markupever.HtmlOptions(exact_errors=True)


class Client(FlaskClient):
    """A browser."""

    def sign_in(self, user: User) -> None:
        session = object_session(user)
        assert session is not None
        with self.session_transaction() as cookie:
            cookie.update(make.signed_in(session, user))

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask, and check that whatever was changed was recorded as well (L1)."""
        with recorded.watching() as seen:
            response = super().open(*args, **kwargs)
        if response.status_code < 400:
            assert seen.unrecorded(response.request.path) == set(), response.request
        return response

    def page(self, url: str, **kwargs: Any) -> TestResponse:
        """GET a page that must be there, and check what every page must be."""
        response = self.get(url, **kwargs)
        assert response.status_code == 200, (response.status_code, response.text[:2000])
        check(response.text)
        return response


def check(text: str) -> Element:
    """Assert that a page is valid and says what it is; return it parsed."""
    root, faults = parsed(text)
    assert faults == []
    headings = ["".join(h.itertext()).split() for h in root.iter("h1")]
    assert len(headings) == 1, headings
    title = "".join(_only(root, "title").itertext()).split()
    assert " ".join(title).startswith(" ".join(headings[0])), (title, headings)
    assert _only(root, "html").get("lang")
    repeated = [
        i for i, n in Counter(e.get("id") for e in root.iter() if e.get("id")).items() if n > 1
    ]
    assert repeated == []
    assert _unlabelled(root) == []
    return root


def parsed(text: str) -> tuple[Element, list[str]]:
    """Return the tree that a browser makes of a page, and what it had to put right for that."""
    parser, builder = markupever.Parser(STRICT), TreeBuilder()
    parser.process(text.encode())
    parser.finish()
    faults = parser.errors()
    _build(parser.into_dom().root(), builder)
    return builder.close(), faults


def _build(above: Any, builder: TreeBuilder) -> None:
    node = above.first_child
    while node is not None:
        if isinstance(node, markupever.dom.Element):
            tag = node.name.local
            builder.start(tag, {name.local: value for name, value in node.attrs.items()})
            _build(node, builder)
            builder.end(tag)
        elif isinstance(node, markupever.dom.Text):
            builder.data(node.content)
        node = node.next_sibling


def _only(root: Element, tag: str) -> Element:
    found = list(root.iter(tag))
    assert len(found) == 1, (tag, len(found))
    return found[0]


def _unlabelled(root: Element) -> list[str]:
    labelled = {e.get("for") for e in root.iter("label")}
    inside = {id(e) for label in root.iter("label") for e in label.iter()}
    return [
        str(e.attrib)
        for tag in ("input", "select", "textarea")
        for e in root.iter(tag)
        if e.get("type") not in {"hidden", "submit", "button"}
        and e.get("id") not in labelled
        and id(e) not in inside
        and not (e.get("aria-label") or e.get("aria-labelledby"))
    ]
