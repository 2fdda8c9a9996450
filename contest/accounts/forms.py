"""What people fill in about themselves."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from contest.accounts import passwords
from contest.accounts.actions import NAME_LENGTH
from contest.accounts.address import LONGEST
from contest.accounts.models import User
from contest.core.words import LANGUAGES, OWN_NAMES
from contest.web.forms import Form
from contest.web.text import lazy, why

CONTINENTS = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/",
              "Indian/", "Pacific/")  # fmt: skip


def zones() -> list[str]:
    """Return the time zones that people live in."""
    return ["UTC", *sorted(z for z in available_timezones() if z.startswith(CONTINENTS))]


def _email() -> EmailField:
    return EmailField(lazy("Mail address"), [InputRequired(), Length(max=LONGEST)])


def _name() -> StringField:
    return StringField(lazy("Your name"), [DataRequired(), Length(max=NAME_LENGTH)])


def _new_password(validators: Sequence[object]) -> PasswordField:
    return PasswordField(
        lazy("New password"),
        [*validators, Length(max=passwords.LONGEST)],
        description=lazy("At least 10 characters. A few unrelated words are easy to keep in mind."),
    )


class SignInForm(Form):
    """Address and password; `resume` carries what was typed into another form before."""

    email = _email()
    password = PasswordField(lazy("Password"), [InputRequired(), Length(max=passwords.LONGEST)])
    resume = HiddenField()


class CodeForm(Form):
    """A code of the app, or one from the paper; `resume` as when signing in."""

    code = StringField(
        lazy("Code"),
        [InputRequired(), Length(max=40)],
        description=lazy("Six digits from your authenticator app, or one of your recovery codes."),
    )
    resume = HiddenField()


class LinkProofForm(Form):
    """A wish for a link, of somebody who has nothing else to prove themselves by."""

    resume = HiddenField()


class ProofForm(LinkProofForm):
    """The password once more; `resume` as when signing in."""

    password = PasswordField(lazy("Password"), [InputRequired(), Length(max=passwords.LONGEST)])

    def accepts(self, matches: bool) -> bool:
        """Keep the answer whether the password was right."""
        if not matches:
            self.password.errors = (*self.password.errors, gettext("This is not your password."))
        return matches


class PasskeyForm(Form):
    """What the browser answers for a passkey, as JSON."""

    answer = HiddenField(validators=[InputRequired(), Length(max=20_000)])


class AddressForm(Form):
    """An address to send a link to."""

    email = _email()


class SignUpForm(Form):
    """Who somebody is."""

    name = _name()
    email = _email()


class ArrivalForm(Form):
    """A step on the way in. Asks for the name of whoever was invited by an address alone."""

    name = _name()

    def __init__(self, user: User | None, **values: Any) -> None:
        super().__init__(**values)
        if user is None or user.name:
            del self.name

    def given_name(self) -> str:
        """Return what they call themselves; "" when that was known."""
        return (self.name.data or "") if self.name is not None else ""


class NewPasswordForm(Form):
    """A password, checked against what is known of the person."""

    password = _new_password([InputRequired()])

    def is_good_for(self, *, name: str, email: str) -> bool:
        """Check the password of a well-formed form; an empty one passes where it is optional."""
        decision = passwords.can_be_password(self.password.data or "", name=name, email=email)
        if not self.password.data or decision:
            return True
        self.password.errors = (*self.password.errors, why(decision))
        return False


class ResetForm(ArrivalForm, NewPasswordForm):
    """A new password by a mailed link, which may be somebody's first way in."""

    password = _new_password([InputRequired()])


class WelcomeForm(NewPasswordForm):
    """The first visit by the mailed link."""

    name = _name()
    password = _new_password([])


class SetupForm(NewPasswordForm):
    """The first administrator."""

    name = _name()
    email = _email()
    password = _new_password([InputRequired()])


class ChangePasswordForm(NewPasswordForm):
    """A new password, and the current one if there is one."""

    current = PasswordField(lazy("Current password"), [Length(max=passwords.LONGEST)])

    def accepts(self, matches: bool) -> bool:
        """Keep the answer whether the current password was right."""
        if not matches:
            self.current.errors = (*self.current.errors, gettext("This is not your password."))
        return matches


class ProfileForm(Form):
    """How somebody is called and spoken to."""

    name = _name()
    locale = SelectField(
        lazy("Language"),
        [InputRequired()],
        choices=[(lang, OWN_NAMES[lang]) for lang in LANGUAGES],
        description=lazy("Of the pages and of the mail you get."),
    )
    zone = SelectField(
        lazy("Time zone"),
        [InputRequired()],
        choices=[(zone, zone.replace("_", " ")) for zone in zones()],
        description=lazy("Deadlines are shown in the contest's zone and in yours."),
    )

    @classmethod
    def of(cls, user: User) -> "ProfileForm":
        return cls(name=user.name, locale=user.locale, zone=user.zone)
