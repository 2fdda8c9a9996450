"""Who is asked, and what they answer."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask import request
from wtforms import (
    BooleanField,
    EmailField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from contest.accounts.forms import ArrivalForm
from contest.contests.actions.people import Invitation
from contest.contests.forms.base import Choices, ContestForm, id_or_none
from contest.contests.models import Appointment, Contest, Role, Track
from contest.organisations.forms import OrganisationField
from contest.web.states import choices
from contest.web.text import lazy as _
from contest.web.text import own_name, plain

OF_JUDGES = frozenset({"track_id", "bridges", "languages"})
F = TypeVar("F", bound="AppointmentForm")


class AppointmentForm(ContestForm):
    """How somebody's role is shown, and what it is about."""

    title = StringField(
        _("Position"),
        [Length(max=120)],
        description=_("Shown beside the name, like “CTO, Hitachi”."),
    )
    track_id = SelectField(
        _("Track"), coerce=id_or_none, description=_("Leave open for all tracks.")
    )
    bridges = BooleanField(
        _("Judges other tracks too"),
        description=_("Otherwise a judge of a track gets entries of this track only."),
    )
    languages = SelectMultipleField(
        _("Reads"),
        description=_(
            "A judge is given no entry in another language. None chosen: every language."
        ),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    public = BooleanField(_("Show this person on the public page"))


class InviteForm(AppointmentForm):
    """Whom to ask for what."""

    email = EmailField(_("Mail address"), [DataRequired(), Length(max=254)])
    name = StringField(_("Name"), [DataRequired(), Length(max=120)])
    role = SelectField(_("Role"), [InputRequired()], coerce=Role)
    organisation_id = OrganisationField(
        _("Organisation"), description=_("Conflicts of interest are found from it.")
    )

    def invitation(self) -> Invitation:
        """Return what was filled in; what only judges are asked holds for judges. Call after validation."""
        values = self.values()
        if self.role.data is not Role.JUDGE:
            values = {name: value for name, value in values.items() if name not in OF_JUDGES}
        return Invitation(**values)


def appointment_form(
    appointment: Appointment, tracks: Sequence[Track], **given: Any
) -> AppointmentForm:
    """Return the form of an appointment; who does not judge is not asked about judging."""
    choices = _choices(appointment.contest, tracks)
    form = AppointmentForm(appointment.contest, choices, obj=appointment, **given)
    judges = appointment.role is Role.JUDGE
    return _without_idle(form, {"bridges": judges, "languages": judges})


def invite_form(contest: Contest, tracks: Sequence[Track]) -> InviteForm:
    """Return the form that asks whom to appoint as what, and for which organisation."""
    return _without_idle(
        InviteForm(contest, {"role": choices(Role), **_choices(contest, tracks)}), {}
    )


def _choices(contest: Contest, tracks: Sequence[Track]) -> Choices:
    return {
        "track_id": [("", "—"), *((str(t.id), plain(t.title)) for t in tracks)],
        "languages": [(lang, own_name(lang)) for lang in contest.languages],
    }


def _without_idle(form: F, asked: Mapping[str, bool]) -> F:
    """Take out what is not asked, or where there is nothing to choose."""
    several = {
        "track_id": len(form.choices["track_id"]) > 1,
        "bridges": len(form.choices["track_id"]) > 1,
        "languages": len(form.choices["languages"]) > 1,
    }
    for name, is_useful in several.items():
        if not (is_useful and asked.get(name, True)):
            del form[name]
    return form


class AnswerForm(ArrivalForm):
    """What an invited person says; a reason is welcome, not owed."""

    reason = TextAreaField(
        _("Why not?"),
        [Length(max=1000)],
        description=_("Only if you decline. The organisers read it, nobody else."),
    )

    def declines(self) -> bool:
        """Say whether the other button was pressed; nobody has to give their name to say no."""
        if request.form.get("answer") != "decline":
            return False
        del self.name
        return True
