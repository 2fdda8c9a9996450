"""What a team says about itself, and whom it asks."""

import uuid
from collections.abc import Sequence
from typing import Any, cast

from wtforms import EmailField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from contest.accounts.address import LONGEST
from contest.contests.models import Track
from contest.organisations.forms import OrganisationField
from contest.teams.actions import Founding
from contest.teams.models import Kind, Team
from contest.teams.queries import Question
from contest.web.forms import Form
from contest.web.merging import MergingForm
from contest.web.states import state_word
from contest.web.text import countries, lazy, plain

NONE = ("", "—")


class TeamForm(MergingForm):
    """Name, kind and where the team comes from."""

    name = StringField(
        lazy("Name of the team"),
        [InputRequired(), Length(max=120)],
        description=lazy("As it is read out on pitch day and printed on certificates."),
    )
    kind = SelectField(lazy("What you are"), [InputRequired()])
    country = SelectField(lazy("Country"), [InputRequired()])
    track = SelectField(lazy("Track"), [Optional()])
    organisation = OrganisationField(
        lazy("Organisation"),
        description=lazy("The company or university behind the team, if there is one."),
    )

    def __init__(
        self,
        *,
        tracks: Sequence[Track],
        team: Team | None = None,
        country: str = "",
        **given: Any,
    ) -> None:
        values = (
            {"name": team.name, "kind": team.kind.value, "country": team.country,
             "track": str(team.track_id or ""), "organisation": team.organisation_id}
            if team is not None
            else {"country": country}
        )  # fmt: skip
        super().__init__(data=values, **given)
        self.kind.choices = [(kind.value, state_word(kind)) for kind in Kind]
        self.country.choices = countries()
        self.track.choices = [NONE, *((str(t.id), plain(t.title)) for t in tracks)]
        if not tracks:
            del self.track

    def founding(self) -> Founding:
        """Return what was filled in. Call after validation."""
        return Founding(
            name=self.name.data or "",
            kind=Kind(self.kind.data),
            country=self.country.data,
            track_id=_id(self.track.data) if "track" in self else None,
            organisation_id=self.organisation.data,
        )


class InviteForm(Form):
    """Whom to mail."""

    email = EmailField(lazy("Mail address"), [InputRequired(), Length(max=LONGEST)])


def eligibility_form(questions: Sequence[Question], **given: Any) -> MergingForm:
    """Return a form with one yes-or-no question per eligibility question, named by its number."""
    fields = {
        _name(question): RadioField(
            plain(question.text),
            [InputRequired()],
            choices=[("yes", lazy("Yes")), ("no", lazy("No"))],
            default=None if question.answer is None else "yes" if question.answer else "no",
        )
        for question in questions
    }
    return cast(MergingForm, type("EligibilityForm", (MergingForm,), fields)(**given))


def answered(form: Form, questions: Sequence[Question]) -> dict[uuid.UUID, bool]:
    """Return question -> answer of a form that was checked."""
    return {q.id: form[_name(q)].data == "yes" for q in questions}


def _name(question: Question) -> str:
    return f"question_{question.id.hex}"


def _id(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
