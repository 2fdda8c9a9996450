"""Who is asked, and what they answer."""

from collections.abc import Sequence

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
from contest.contests.forms.base import ContestForm, id_or_none
from contest.contests.models import Appointment, Contest, Role
from contest.organisations.forms import OrganisationField
from contest.web.states import choices
from contest.web.text import lazy as _
from contest.web.text import own_name


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


class InviteForm(ContestForm):
    """Whom to ask for what."""

    email = EmailField(_("Mail address"), [DataRequired(), Length(max=254)])
    name = StringField(_("Name"), [DataRequired(), Length(max=120)])
    role = SelectField(_("Role"), [InputRequired()], coerce=Role)
    title = StringField(
        _("Position"),
        [Length(max=120)],
        description=_("Shown beside the name, like “CTO, Hitachi”."),
    )
    organisation_id = OrganisationField(
        _("Organisation"), description=_("Conflicts of interest are found from it.")
    )
    public = BooleanField(_("Show this person on the public page"))

    def invitation(self) -> Invitation:
        """Return what was filled in. Call after validation."""
        return Invitation(**self.values())


def appointment_form(
    appointment: Appointment, tracks: Sequence[tuple[str, str]]
) -> AppointmentForm:
    """Return the form of an appointment; who does not judge is not asked about judging."""
    contest = appointment.contest
    spoken = [(lang, own_name(lang)) for lang in contest.languages]
    form = AppointmentForm(contest, {"track_id": tracks, "languages": spoken}, obj=appointment)
    if appointment.role is not Role.JUDGE or len(tracks) < 2:
        del form.bridges
    if appointment.role is not Role.JUDGE or len(spoken) < 2:
        del form.languages
    return form


def invite_form(contest: Contest) -> InviteForm:
    """Return the form that asks whom to appoint as what, and for which organisation."""
    return InviteForm(contest, {"role": choices(Role)})


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
