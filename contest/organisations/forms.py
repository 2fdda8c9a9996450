"""What is filled in about organisations and positions."""

import re
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from contest.core.words import LANGUAGES
from contest.organisations import queries
from contest.organisations.actions import Entry, tidy_domains
from contest.organisations.models import Kind, Organisation
from contest.web.db import db
from contest.web.forms import DayField, Form, SomeWords, WordsField
from contest.web.merging import MergingForm
from contest.web.states import choices
from contest.web.text import countries, listed, plain
from contest.web.text import lazy as _

OFFERED = 200  # names that a page holds
IN_BRACKETS = re.compile(r"\(([a-z0-9-]+)\)$")  # the address behind a name that several have


class OrganisationField(StringField):
    """An organisation, typed by its name; what names several, or none, is asked back.

    The browser offers names while one types. Where the directory is longer than what a page holds, a
    script asks for more; without it the name is typed.
    """

    data: Any
    typed = ""

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **kwargs: Any) -> None:
        kwargs.setdefault("description", _("Type its name, or a part of it."))
        super().__init__(label, validators, **kwargs)

    def process_data(self, value: uuid.UUID | None) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = self._meant().id if self.typed else None

    def _meant(self) -> Organisation:
        address = IN_BRACKETS.search(self.typed)
        found = queries.meant(db.session(), address[1] if address else self.typed)
        if not found and (known := _id(self.typed)) is not None:
            found = tuple(filter(None, [queries.organisation(db.session(), known)]))
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValueError(gettext("The directory has no organisation of this name."))
        names = listed(_labels(found))
        raise ValueError(gettext("Which one do you mean? %(names)s", names=names))

    def _value(self) -> str:
        if self.typed or self.data is None:
            return self.typed
        chosen = queries.organisation(db.session(), self.data)
        if chosen is None:
            return ""
        alike = queries.meant(db.session(), plain(chosen.name), limit=2)
        return _label(chosen, is_alone=len(alike) == 1)

    def offers(self) -> list[str]:
        """Return the names that the page itself offers."""
        return _labels(queries.directory(db.session(), limit=OFFERED))


def suggestions(text: str) -> list[str]:
    """Return the names to offer for what somebody has typed so far."""
    return _labels(queries.meant(db.session(), text, limit=OFFERED)) if text else []


def _labels(organisations: Sequence[Organisation]) -> list[str]:
    """Return the names, each with its address where another one is called the same."""
    called = Counter(plain(o.name) for o in organisations)
    return [_label(o, is_alone=called[plain(o.name)] == 1) for o in organisations]


def _label(organisation: Organisation, *, is_alone: bool) -> str:
    name = plain(organisation.name)
    return name if is_alone else f"{name} ({organisation.slug})"


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


class OrganisationForm(MergingForm):
    """What the directory says about an organisation."""

    name = WordsField(_("Name"), [SomeWords()], languages=LANGUAGES, max_length=120)
    kind = SelectField(_("Kind"), [InputRequired()], coerce=Kind)
    country = SelectField(_("Country"), [InputRequired()])
    website = StringField(
        _("Website"),
        [Optional(), Length(max=300), Regexp("https?://", message=_("Begin with https://."))],
    )
    domains = StringField(
        _("Mail domains"),
        [Length(max=500)],
        filters=[lambda domains: ", ".join(domains) if isinstance(domains, list) else domains],
        description=_("Separated by commas. People with such an address belong here."),
    )
    summary = WordsField(
        _("What it does"), languages=LANGUAGES, max_length=2000, rows=4, description=_("Markdown.")
    )

    def process(self, formdata: Any = None, obj: Any = None, *args: Any, **kwargs: Any) -> None:
        self.kind.choices = choices(Kind)
        self.country.choices = [("", "—"), *countries()]
        super().process(formdata, obj, *args, **kwargs)

    def entry(self) -> Entry:
        """Return what was filled in. Call after validation; raises DomainError for a wrong domain."""
        return Entry(
            name=self.name.data,
            kind=self.kind.data,
            country=self.country.data,
            website=(self.website.data or "").strip(),
            domains=tuple(tidy_domains(tuple((self.domains.data or "").split(",")))),
            summary=self.summary.data,
        )

    def values(self) -> dict[str, Any]:
        """Return column -> what was filled in. Call after validation."""
        entry = self.entry()
        return {
            "name": entry.name,
            "kind": entry.kind,
            "country": entry.country,
            "website": entry.website,
            "domains": list(entry.domains),
            "summary": entry.summary,
        }


class PositionForm(Form):
    """Somebody's place in an organisation. Organisers may say whose; others mean themselves."""

    title = StringField(_("Title"), [Length(max=120)])
    from_on = DayField(_("Since"), [Optional()])
    email = EmailField(
        _("Mail address"),
        [Length(max=254)],
        description=_("Whose position it is; leave open if it is yours."),
    )
