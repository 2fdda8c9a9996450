"""What an organiser fills in. Texts stand in the contest's languages, times in its zone."""

from contest.contests.forms.base import ChoosingForm, ContestForm, ReasonForm
from contest.contests.forms.edition import (
    FoundForm,
    IpTermsForm,
    PlaceFields,
    SettingsForm,
    TextsForm,
    UndertakingForm,
    contrast_with_white,
    language_choices,
)
from contest.contests.forms.parts import (
    ChallengeForm,
    DutyForm,
    EligibilityForm,
    FaqForm,
    PartnerForm,
    PrizeForm,
    TimelineForm,
    TrackForm,
)
from contest.contests.forms.people import (
    AnswerForm,
    AppointmentForm,
    InviteForm,
    appointment_form,
    invite_form,
)
from contest.contests.forms.rounds import RoundForm

__all__ = [
    "AnswerForm",
    "AppointmentForm",
    "ChallengeForm",
    "ChoosingForm",
    "ContestForm",
    "DutyForm",
    "EligibilityForm",
    "FaqForm",
    "FoundForm",
    "InviteForm",
    "IpTermsForm",
    "PartnerForm",
    "PlaceFields",
    "PrizeForm",
    "ReasonForm",
    "RoundForm",
    "SettingsForm",
    "TextsForm",
    "TimelineForm",
    "TrackForm",
    "UndertakingForm",
    "appointment_form",
    "contrast_with_white",
    "invite_form",
    "language_choices",
]
