"""What is filled in about organisations and positions."""

from typing import Any

from wtforms import DateField, EmailField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from contest.core.words import LANGUAGES
from contest.organisations.actions import Entry, tidy_domains
from contest.organisations.models import Kind
from contest.web.forms import Form, SomeWords, WordsField
from contest.web.merging import MergingForm
from contest.web.states import choices
from contest.web.text import countries
from contest.web.text import lazy as _


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
    from_on = DateField(_("Since"), [Optional()])
    email = EmailField(
        _("Mail address"),
        [Length(max=254)],
        description=_("Whose position it is; leave open if it is yours."),
    )
