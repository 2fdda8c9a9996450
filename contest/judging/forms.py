"""What judges and chairs fill in."""

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from flask_babel import gettext, ngettext
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.validators import Optional as Maybe
from wtforms.widgets import CheckboxInput, ListWidget

from contest.contests.models import Appointment, Contest, Round
from contest.core.words import Words
from contest.entries.models import Entry
from contest.judging.actions.rubric import CriterionInput
from contest.judging.actions.scoring import COMMENT_LIMIT, NOTE_LIMIT, seal
from contest.judging.models import ConflictKind, Criterion, Rubric, Scorecard
from contest.judging.queries.calibrating import Candidate
from contest.judging.queries.interests import Name
from contest.organisations.forms import OrganisationField
from contest.web.forms import Form, LocalDateTimeField, SomeWords, WordsField
from contest.web.merging import MergingForm
from contest.web.states import state_word
from contest.web.text import lazy as _
from contest.web.text import plain

NO_VIEW = "none"
SAID = (ConflictKind.FAMILY, ConflictKind.INVESTMENT, ConflictKind.ADVISER,
        ConflictKind.ORGANISATION, ConflictKind.OTHER)  # fmt: skip


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, state_word(kind)) for kind in SAID]


class ReasonForm(Form):
    """Why."""

    reason = TextAreaField(_("Reason"), [InputRequired(), Length(max=1000)])


class RecuseForm(ReasonForm):
    """Which conflict, and what exactly."""

    kind = SelectField(_("What connects you"), [InputRequired()])
    reason = TextAreaField(_("In a few words"), [InputRequired(), Length(max=500)])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.kind.choices = _kinds()

    def conflict(self) -> ConflictKind:
        return ConflictKind(self.kind.data)


class DeclareForm(Form):
    """One choice per name; `fields_of` pairs each name with its field, None where a record decides.

    Fields go by the team: blind judges know entries by their ids, from ballots.
    """

    def conflicts(self, names: Sequence[Name]) -> dict[uuid.UUID, ConflictKind]:
        return {
            name.entry_id: ConflictKind(field.data)
            for name, field in self.fields_of(names)
            if field is not None and field.data
        }

    def fields_of(self, names: Sequence[Name]) -> list[tuple[Name, Any]]:
        return [(name, self[key] if (key := f"of_{name.team_id}") in self else None)
                for name in names]  # fmt: skip


def declare_form(names: Sequence[Name]) -> DeclareForm:
    """Return a form that asks about each name that no record has settled."""
    choices = [("", gettext("No conflict")), *_kinds()]
    fields = {
        f"of_{name.team_id}": SelectField(
            gettext("%(team)s: your conflict", team=name.team),
            [Maybe()],
            choices=choices,
            default=name.kind.value if name.kind else "",
        )
        for name in names
        if not name.is_on_record()
    }
    return cast(DeclareForm, type("DeclareFormOfNames", (DeclareForm,), fields)())


class ScoreForm(Form):
    """A whole scorecard. Points are checked by the domain; here they are only read."""

    comment = TextAreaField(
        _("Comment to the team"),
        [Length(max=COMMENT_LIMIT)],
        description=_("The team reads this after publication, without your name."),
    )
    note = TextAreaField(
        _("Private note"), [Length(max=NOTE_LIMIT)], description=_("Only you see this.")
    )
    comment_seen = HiddenField()
    note_seen = HiddenField()

    def points(self, criterion: Criterion) -> tuple[int | None, bool] | None:
        """Return (points, abstained) as chosen, None where nothing was."""
        given = self[field_name(criterion)].data
        if given in {None, "", "None"}:
            return None
        return read_points(given)


def read_points(given: str) -> tuple[int | None, bool]:
    """Return (points, abstained); raise ValueError for what is neither a number nor an abstention."""
    return (None, True) if given == NO_VIEW else (int(given), False)


def field_name(criterion: Criterion) -> str:
    return f"points_{criterion.id}"


def criterion_of(name: str) -> uuid.UUID | None:
    """Return the criterion that a field is about, None for any other field."""
    try:
        return uuid.UUID(name.removeprefix("points_")) if name.startswith("points_") else None
    except ValueError:
        return None


def score_form(rubric: Rubric | None, card: Scorecard | None) -> ScoreForm:
    """Return the form of a scorecard, filled with what the judge has given so far."""
    given = {s.criterion_id: s for s in card.scores} if card else {}
    fields: dict[str, Any] = {}
    for criterion in rubric.criteria if rubric else ():
        score = given.get(criterion.id)
        fields[field_name(criterion)] = RadioField(
            plain(criterion.title) or gettext("Does it pass?"),
            choices=verdicts() if criterion.is_verdict() else [],
            validate_choice=False,
            default=None
            if score is None
            else NO_VIEW
            if score.abstained
            else str(score.points)
            if score.points is not None
            else None,
        )
        if criterion.is_verdict():
            fields["comment"] = _why()
    kind = type("ScoreFormOfRubric", (ScoreForm,), fields)
    comment, note = (card.comment, card.note) if card else ("", "")
    return cast(ScoreForm, kind(data={
        "comment": comment, "note": note, "comment_seen": seal(comment), "note_seen": seal(note),
    }))  # fmt: skip


class ConsensusForm(ReasonForm):
    """What the panel agreed on."""

    verdict = RadioField(_("The panel's decision"), [InputRequired()])
    reason = TextAreaField(_("What it rests on"), [InputRequired(), Length(max=1000)])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.verdict.choices = verdicts()


def verdicts() -> list[tuple[str, str]]:
    """Return what a judge may say in a round of pass or fail: the points and their word."""
    return [("1", gettext("Passes")), ("0", gettext("Fails"))]


class _Asked:
    """Marks what a draft may still lack and what is handed in may not; the domain asks for it then."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: Form, field: Any) -> None: ...


def _why() -> TextAreaField:
    return TextAreaField(
        gettext("Why it passes or fails"),
        [_Asked(), Length(max=COMMENT_LIMIT)],
        description=gettext(
            "The chair reads this now, the team after publication, without your name."
        ),
    )


class LiftForm(ReasonForm):
    """Why a conflict does not hold."""


class ConflictForm(Form):
    """A conflict that the chair knows of."""

    judge = SelectField(_("Judge"), [InputRequired()])
    entry = SelectField(_("Entry"), [InputRequired()])
    kind = SelectField(_("Kind"), [InputRequired()])
    note = StringField(_("Note"), [Length(max=500)])

    def __init__(
        self, judges: Sequence[Appointment], entries: Sequence[Entry], **values: Any
    ) -> None:
        super().__init__(**values)
        self.judge.choices = _judges(judges)
        self.entry.choices = _entries(entries)
        self.kind.choices = _kinds()

    def conflict(self) -> ConflictKind:
        return ConflictKind(self.kind.data)


class DryRunForm(Form):
    """Somebody who might become a judge."""

    email = StringField(_("Mail address"), [Maybe(), Length(max=254)])
    organisation = OrganisationField(_("Organisation"))


class PlanForm(Form):
    """What a computed assignment is best at."""

    fair = RadioField(
        _("Look for"),
        [InputRequired()],
        choices=[
            ("total", _("the best fit of all entries together")),
            ("swaps", _("the best fit of all, then exchanges that lift whoever is served worst")),
            ("full", _("the best fit for the entry that is served worst")),
        ],
        description=_(
            "With thousands of entries, exchanges lift whoever is served worst as far in half the time,"
            " but prove nothing; with fewer, take the last."
        ),
        default="total",
    )


class CalibrationForm(Form):
    """Which entries everybody scores first."""

    entries = SelectMultipleField(
        _("Anchors"),
        [InputRequired()],
        description=_("Two or three: a strong one, a weak one, and one that is hard to judge."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    counts = BooleanField(
        _("The points count"),
        description=_("They become each judge's review of these entries, and cannot be changed"
                      " afterwards. Otherwise they only train."),
    )  # fmt: skip

    def __init__(self, offered: Sequence[Candidate], **values: Any) -> None:
        super().__init__(**values)
        self.entries.choices = [
            (str(c.entry.id), f"{c.entry.team.name} · {c.entry.title}") for c in offered
        ]

    def chosen(self) -> list[uuid.UUID]:
        return [uuid.UUID(chosen) for chosen in self.entries.data or ()]


class AssignForm(Form):
    """One entry for one judge, by hand."""

    judge = SelectField(_("Judge"), [InputRequired()])
    entry = SelectField(_("Entry"), [InputRequired()])

    def __init__(
        self, judges: Sequence[Appointment], entries: Sequence[Entry], **values: Any
    ) -> None:
        super().__init__(**values)
        self.judge.choices = _judges(judges)
        self.entry.choices = _entries(entries)


def _judges(judges: Sequence[Appointment]) -> list[tuple[str, str]]:
    return [(str(a.id), a.user.name or a.user.email) for a in judges]


def _entries(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    return [(str(e.id), f"{e.team.name} · {e.title}") for e in entries]


class ExtendForm(Form):
    """A later end of judging, in the contest's zone."""

    def __init__(self, contest: Contest, round_: Round, **values: Any) -> None:
        super().__init__(**values)

    until: Any


def extend_form(contest: Contest, round_: Round) -> ExtendForm:
    """Return the form that asks for a later end of judging in the contest's zone."""
    field = LocalDateTimeField(
        gettext("Judging until"),
        [InputRequired()],
        zone=contest.zone,
        default=round_.judging_closes_at,
        description=gettext("Wall-clock time in %(zone)s.", zone=contest.zone),
    )
    return cast(
        ExtendForm, type("ExtendFormInZone", (ExtendForm,), {"until": field})(contest, round_)
    )


class CriterionForm(MergingForm):
    """A criterion with its scale and described levels."""

    weight = IntegerField(
        _("Weight in percent"),
        [InputRequired(), NumberRange(1, 100)],
        description=_("The weights of a rubric sum to 100."),
    )
    low = IntegerField(_("Lowest points"), [InputRequired(), NumberRange(-100, 100)])
    high = IntegerField(_("Highest points"), [InputRequired(), NumberRange(-100, 100)])
    title: Any
    help: Any

    def levels(self) -> list[Any]:
        """Return the fields of the described levels, lowest first."""
        return [field for field in self if field.name.startswith("level_")]

    def given(self) -> CriterionInput:
        return CriterionInput(
            title=self.title.data,
            help=self.help.data,
            weight=self.weight.data or 0,
            low=self.low.data or 0,
            high=self.high.data or 0,
            levels={
                int(field.name.removeprefix("level_").replace("m", "-")): field.data
                for field in self.levels()
                if field.data
            },
        )


def criterion_form(
    contest: Contest, criterion: Criterion | None = None, **given: Any
) -> CriterionForm:
    """Return the form of a criterion; its levels are described in the contest's languages."""
    low, high = (criterion.low, criterion.high) if criterion else (0, 5)
    languages = contest.languages
    fields: dict[str, Any] = {
        "title": WordsField(gettext("Criterion"), [SomeWords()], languages=languages),
        "help": WordsField(
            gettext("What to look at"), languages=languages, rows=3, max_length=1000
        ),
    }
    for points in range(low, high + 1):
        fields[f"level_{points}".replace("-", "m")] = WordsField(
            ngettext("%(num)s point means", "%(num)s points mean", points), languages=languages
        )
    values: dict[str, Any] = {"low": low, "high": high, "weight": None}
    if criterion is not None:
        values |= {"title": criterion.title, "help": criterion.help, "weight": criterion.weight}
        known: dict[int, Words] = {level.points: level.title for level in criterion.levels}
        values |= {f"level_{p}".replace("-", "m"): words for p, words in known.items()}
    kind = type("CriterionFormOfScale", (CriterionForm,), fields)
    return cast(CriterionForm, kind(data=values, **given))
