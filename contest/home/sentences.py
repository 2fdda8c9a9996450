"""What each verb of the record means to a reader of the history."""

from flask import Flask
from flask_babel import gettext

from contest.core.text import N_
from contest.events.log import Verb

SENTENCES: dict[Verb, str] = {
    Verb.USER_CREATED: N_("Account created"),
}


def verb_sentence(verb: str) -> str:
    """Return the sentence of a verb in the language of the reader. A template filter."""
    return gettext(SENTENCES[Verb(verb)])


def init_app(app: Flask) -> None:
    app.add_template_filter(verb_sentence)
