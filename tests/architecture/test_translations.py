"""Every catalogue is whole: what the reader sees is in the reader's language, with every value in it."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from contest.core.words import LANGUAGES

SOURCE = "en"
TRANSLATED = [lang for lang in LANGUAGES if lang != SOURCE]
VALUE = re.compile(r"%\(\w+\)[a-z]|%%|%|\{\w*\}|</?\w+[^>]*>")  # %(name)s, %%, {}, <b>
KEYWORDS = ["-k", "N_", "-k", "NN_:1,2", "-k", "lazy"]


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the program and its templates say, read from them now."""
    found = tmp_path_factory.mktemp("texts") / "messages.pot"
    subprocess.run(
        [sys.executable, "-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml",
         *KEYWORDS, "-o", str(found), "."],
        check=True,
    )  # fmt: skip
    with found.open("rb") as lines:
        return read_po(lines)


@cache
def _catalogue(lang: str) -> Catalog:
    with Path(f"translations/{lang}/LC_MESSAGES/messages.po").open("rb") as lines:
        return read_po(lines, locale=lang)


def _said(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, str | None) else list(text)


def test_every_language_has_a_catalogue_and_no_other_stands_beside_them() -> None:
    kept = {path.parents[1].name for path in Path("translations").glob("*/LC_MESSAGES/*.po")}
    assert kept == set(TRANSLATED)


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_message_is_translated(lang: str, messages: Catalog) -> None:
    catalogue = _catalogue(lang)
    assert len(_said(messages)) > 1000

    kept = {(m.id, m.context) for m in _said(catalogue)}
    assert {(m.id, m.context) for m in _said(messages)} - kept == set(), "make translations"

    unsaid = [m.id for m in _said(catalogue) if not all(_forms(m.string))]
    assert unsaid == []
    assert [m.id for m in _said(catalogue) if m.fuzzy] == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_nothing_is_kept_that_is_said_no_more(lang: str, messages: Catalog) -> None:
    said = {(m.id, m.context) for m in _said(messages)}
    assert [m.id for m in _said(_catalogue(lang)) if (m.id, m.context) not in said] == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_translation_holds_the_values_of_its_message(lang: str) -> None:
    wrong = [
        (message.id, form)
        for message in _said(_catalogue(lang))
        for form in _forms(message.string)
        if form and set(VALUE.findall(form)) != set(VALUE.findall(_forms(message.id)[-1]))
    ]
    assert wrong == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_translation_has_the_plural_forms_of_its_language(lang: str) -> None:
    catalogue = _catalogue(lang)
    counts = {len(_forms(message.string)) for message in _said(catalogue) if message.pluralizable}
    assert counts == {catalogue.num_plurals}


def test_a_percent_sign_in_a_message_is_written_twice(messages: Catalog) -> None:
    """Templates fill in every message, so a single one would be read as the mark of a value."""
    single = re.compile(r"%(?!%|\(\w+\)[a-z])")
    forms = [form for message in _said(messages) for form in _forms(message.id)]
    assert [form for form in forms if single.search(form.replace("%%", ""))] == []
