"""Who is asked, and what they answer."""

from flask import request
from wtforms import BooleanField, EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from contest.accounts.forms import ArrivalForm
from contest.contests.actions.people import Invitation
from contest.contests.forms.base import ContestForm, id_or_none
from contest.contests.models import Contest, Role
from contest.organisations.forms import OrganisationField
from contest.web.states import choices
from contest.web.text import lazy as _


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
