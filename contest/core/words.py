"""Text that people wrote, in each of the languages they wrote it in."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

OWN_NAMES = {"en": "English", "zh": "中文", "ja": "日本語", "de": "Deutsch"}
LANGUAGES = tuple(OWN_NAMES)


class Words(Mapping[str, str]):
    """An immutable `language -> text`; languages without text are left out."""

    __slots__ = ("_texts",)

    def __init__(self, texts: Mapping[str, str] | None = None, /, **more: str) -> None:
        given = {**(texts or {}), **more}
        self._texts = {lang: text.strip() for lang, text in given.items() if text.strip()}

    def __getitem__(self, lang: str) -> str:
        return self._texts[lang]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        return f"Words({self._texts!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Words) and self._texts == other._texts

    def __hash__(self) -> int:
        return hash(frozenset(self._texts.items()))

    def pick(self, languages: Iterable[str]) -> tuple[str, str]:
        """Return (text, language): the first of `languages` that is there, else any, else ""."""
        for lang in languages:
            if lang in self._texts:
                return self._texts[lang], lang
        for lang, text in self._texts.items():
            return text, lang
        return "", ""

    def missing(self, languages: Iterable[str]) -> list[str]:
        """Return those of `languages` that have no text."""
        return [lang for lang in languages if lang not in self._texts]

    def plain(self) -> dict[str, str]:
        return dict(self._texts)


class WordsType(TypeDecorator[Words]):
    """Words as one JSON column; never filtered by, so it needs no table of its own."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Words | None, dialect: Dialect) -> dict[str, str]:
        return value.plain() if value is not None else {}

    def process_result_value(self, value: Any, dialect: Dialect) -> Words:
        return Words(value or {})
