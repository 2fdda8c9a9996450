"""What a good answer to each kind of question is."""

import re
from urllib.parse import urlsplit

from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_
from contest.entries.models import LONGEST_TITLE, Question, QuestionKind
from contest.files.models import File, Scan

LONGEST = {  # what a draft keeps, finished or not
    QuestionKind.LINE: 1_000,
    QuestionKind.TEXT: 40_000,
    QuestionKind.CHOICE: 200,
    QuestionKind.NUMBER: 100,
    QuestionKind.LINK: 2_000,
    QuestionKind.DECK: 0,
}
NUMBER = re.compile(r"-?\d{1,15}([.,]\d{1,6})?")


def plain(kind: QuestionKind, value: str) -> str:
    """Return the value as it is stored: one kind of line end, no stray blanks around a line."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text if kind is QuestionKind.TEXT else " ".join(text.split())


def can_title(value: str) -> Decision:
    """Say whether an entry may be called this."""
    return _fits(value, LONGEST_TITLE)


def can_keep(question: Question, value: str) -> Decision:
    """Say whether a draft may hold this value, finished or not."""
    if not (decision := _fits(value, LONGEST[question.kind])):
        return decision
    if question.kind is QuestionKind.CHOICE and value and value not in question.choices:
        return deny(N_("Choose one of the answers that are offered."))
    return ALLOW


def _fits(value: str, most: int) -> Decision:
    if len(value) <= most:
        return ALLOW
    return deny(N_("This is too long to be kept: %(length)s characters of at most %(limit)s."),
                length=len(value), limit=most)  # fmt: skip


def can_submit(question: Question, value: str, file: File | None) -> Decision:
    """Say whether this answer may be handed in, and otherwise what is missing."""
    if question.kind is QuestionKind.DECK:
        return _deck(question, file)
    if not value.strip():
        if question.required:
            return deny(N_("“%(question)s” is not answered yet."), question=question.title)
        return ALLOW
    return _CHECKS[question.kind](question, value)


def _deck(question: Question, file: File | None) -> Decision:
    if file is None:
        if question.required:
            return deny(N_("“%(question)s” has no file yet."), question=question.title)
        return ALLOW
    if file.scan is Scan.PENDING:
        return deny(N_("The file of “%(question)s” is still being checked. This takes a minute."),
                    question=question.title)  # fmt: skip
    if file.scan is Scan.REFUSED:
        return deny(N_("The file of “%(question)s” was refused: the virus scanner minds it."),
                    question=question.title)  # fmt: skip
    if file.pages is not None and file.pages > question.limit:
        return deny(N_("“%(question)s” has %(pages)s pages; at most %(limit)s are taken."),
                    question=question.title, pages=file.pages, limit=question.limit)  # fmt: skip
    return ALLOW


def _text(question: Question, value: str) -> Decision:
    if len(value) <= question.limit:
        return ALLOW
    return deny(N_("“%(question)s” has %(length)s characters; at most %(limit)s are taken."),
                question=question.title, length=len(value), limit=question.limit)  # fmt: skip


def _choice(question: Question, value: str) -> Decision:
    if value in question.choices:
        return ALLOW
    return deny(N_("“%(question)s”: this answer is not offered any more. Choose again."),
                question=question.title)  # fmt: skip


def _number(question: Question, value: str) -> Decision:
    if not NUMBER.fullmatch(value):
        return deny(N_("“%(question)s” needs a number, like 12 or 12.5."), question=question.title)
    if float(value.replace(",", ".")) > question.limit:
        return deny(N_("“%(question)s” takes numbers up to %(limit)s."),
                    question=question.title, limit=question.limit)  # fmt: skip
    return ALLOW


def _link(question: Question, value: str) -> Decision:
    if is_link(value):
        return ALLOW
    return deny(N_("“%(question)s” needs a full link that begins with https://."),
                question=question.title)  # fmt: skip


def is_link(value: str) -> bool:
    """Say whether the value is an address of the web that we would show as a link."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme == "https" and "." in host and not parts.username and " " not in value


_CHECKS = {
    QuestionKind.LINE: _text,
    QuestionKind.TEXT: _text,
    QuestionKind.CHOICE: _choice,
    QuestionKind.NUMBER: _number,
    QuestionKind.LINK: _link,
}
