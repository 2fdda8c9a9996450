"""What stands in the lists of a contest."""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from flask_babel import gettext
from wtforms import DecimalField, Field, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from contest.contests.forms.base import ContestForm, id_or_none
from contest.contests.models import PartnerRole
from contest.organisations.forms import OrganisationField
from contest.web.forms import DayField, SomeWords, WordsField
from contest.web.text import lazy as _

CURRENCIES = ("CNY", "USD", "EUR", "JPY", "GBP", "CHF", "HKD", "KRW", "SGD", "TWD")


class PartnerForm(ContestForm):
    """An organisation's part in the contest."""

    organisation_id = OrganisationField(_("Organisation"), [InputRequired()])
    role = SelectField(_("Part"), [InputRequired()], coerce=PartnerRole)


class ChallengeForm(ContestForm):
    """A sponsor's brief inside the contest."""

    organisation_id = OrganisationField(_("Asked by"), [InputRequired()])
    title = WordsField(_("Challenge"), [SomeWords()], max_length=200)
    brief = WordsField(_("Brief"), max_length=10_000, rows=8, description=_("Markdown."))


class TrackForm(ContestForm):
    """A parallel division."""

    title = WordsField(_("Track"), [SomeWords()], max_length=120)
    summary = WordsField(_("What belongs here"), max_length=500, rows=2)


class PrizeForm(ContestForm):
    """What is won, by how many."""

    title = WordsField(_("Prize"), [SomeWords()], max_length=120)
    places = IntegerField(
        _("Winners"), [InputRequired(), NumberRange(1, 1000)], default=1, id="winners",
        description=_("How many teams win this prize."),
    )  # fmt: skip
    amount = DecimalField(
        _("Amount for each"),
        [
            Optional(),
            NumberRange(0, 10**10, message=_("An amount is between 0 and 10,000,000,000.")),
        ],
        places=None,
    )
    currency = SelectField(
        _("Currency"), choices=[("", "—"), *((code, code) for code in CURRENCIES)], default=""
    )
    benefits = WordsField(
        _("What it brings besides money"), max_length=2000, rows=3, description=_("Markdown.")
    )
    track_id = SelectField(
        _("Only for the track"), coerce=id_or_none, description=_("Leave open for all tracks.")
    )
    NOT_VALUES = ContestForm.NOT_VALUES | {"amount"}

    def process(self, formdata: Any = None, obj: Any = None, *args: Any, **kwargs: Any) -> None:
        if obj is not None and obj.amount_minor is not None:
            unit = Decimal(10) ** get_currency_precision(obj.currency)
            kwargs["amount"] = Decimal(obj.amount_minor) / unit
        super().process(formdata, obj, *args, **kwargs)

    def validate_currency(self, field: Field) -> None:
        if self.amount.data is not None and not field.data:
            raise ValidationError(gettext("Choose the currency of the amount."))

    def validate_amount(self, field: Field) -> None:
        if field.data is not None and self.currency.data and self._minor() % 1:
            raise ValidationError(
                gettext("%(currency)s has no such small coins.", currency=self.currency.data)
            )

    def values(self) -> dict[str, Any]:
        priced = self.amount.data is not None
        return {
            **super().values(),
            "amount_minor": int(self._minor()) if priced else None,
            "currency": self.currency.data if priced else "",
        }

    def _minor(self) -> Decimal:
        amount: Decimal = self.amount.data
        return amount * Decimal(10) ** get_currency_precision(self.currency.data)


class DutyForm(ContestForm):
    """What is promised to the winners."""

    organisation_id = OrganisationField(_("Promised by"), [InputRequired()])
    title = WordsField(_("Promise"), [SomeWords()], max_length=200)
    due_days = IntegerField(
        _("Days after the results"),
        [InputRequired(), NumberRange(0, 3650)],
        description=_("When it has to be done, counted from the publication of the results."),
    )


class FaqForm(ContestForm):
    """A question that people ask, and its answer."""

    question = WordsField(_("Question"), [SomeWords()], max_length=300)
    answer = WordsField(
        _("Answer"), [SomeWords()], max_length=5000, rows=4, description=_("Markdown.")
    )


class TimelineForm(ContestForm):
    """A public date besides those of the rounds."""

    on = DayField(_("Day"), [InputRequired()], description=_("A day in the contest’s time zone."))
    title = WordsField(_("What happens"), [SomeWords()], max_length=200)


class EligibilityForm(ContestForm):
    """A yes-or-no question on whether a team may take part."""

    question = WordsField(_("Question"), [SomeWords()], max_length=300)
    expected = SelectField(
        _("A team may take part if it answers"),
        [InputRequired()],
        coerce=lambda value: str(value) in {"True", "yes"},
    )
    reason = WordsField(
        _("What a team reads that answers otherwise"), [SomeWords()], max_length=500, rows=2
    )

    def process(self, *args: Any, **kwargs: Any) -> None:
        self.expected.choices = [("yes", gettext("Yes")), ("no", gettext("No"))]
        super().process(*args, **kwargs)
