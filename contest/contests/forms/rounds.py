"""How a round runs."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from contest.contests.forms.base import ContestForm
from contest.contests.models import (
    AGGREGATIONS,
    USUAL_LADDER,
    Aggregation,
    Mode,
    RoundKind,
    TieBreak,
)
from contest.web import states
from contest.web.forms import LocalDateTimeField, SomeWords, WordsField
from contest.web.text import lazy as _

DAY_MINUTES = 24 * 60


def _way(mode: Mode, rule: Aggregation | None) -> str:
    return f"{mode.value}.{rule.value}" if rule else mode.value


def _ways() -> Iterator[tuple[str, str]]:
    """Yield every mode, once for each aggregation that it leaves to choose."""
    for mode in Mode:
        word = states.state_word(mode)
        for rule in AGGREGATIONS.get(mode, ()):
            yield _way(mode, rule), f"{word}: {states.state_word(rule)}"
        if mode not in AGGREGATIONS:
            yield mode.value, word


class RoundForm(ContestForm):
    """How a round runs."""

    title = WordsField(_("Name of the round"), [SomeWords()], max_length=120)
    kind = RadioField(_("How it is judged"), [InputRequired()], coerce=RoundKind)
    way = RadioField(_("How judges say what they think"), [InputRequired()])
    opens_at = LocalDateTimeField(_("Entries open"))
    closes_at = LocalDateTimeField(_("Entries close"))
    grace_minutes = IntegerField(
        _("Minutes of grace"),
        [InputRequired(), NumberRange(0, DAY_MINUTES)],
        default=0,
        description=_("For slow lines: later entries are still taken, and marked."),
    )
    judging_opens_at = LocalDateTimeField(_("Judging begins"))
    judging_closes_at = LocalDateTimeField(_("Judging ends"))
    minimum_reviews = IntegerField(
        _("Reviews per entry, at least"), [InputRequired(), NumberRange(1, 50)], default=3
    )
    load_min = IntegerField(
        _("Entries per judge, at least"), [InputRequired(), NumberRange(0, 1000)], default=0
    )
    load_max = IntegerField(
        _("Entries per judge, at most"), [InputRequired(), NumberRange(1, 1000)], default=20
    )
    advance_count = IntegerField(
        _("How many advance"),
        [Optional(), NumberRange(1, 10_000)],
        description=_("Leave open for the last round, whose best are awarded."),
    )
    budget = IntegerField(
        _("Points per judge"),
        [InputRequired(), NumberRange(1, 10_000)],
        default=100,
        description=_("Where points are distributed."),
    )
    ties_allowed = BooleanField(_("Where judges order all their entries, two may share a place"))
    tie_1 = SelectField(_("Equal results: first"), [Optional()])
    tie_2 = SelectField(_("then"), [Optional()])
    tie_3 = SelectField(_("then"), [Optional()])
    tie_4 = SelectField(_("then"), [Optional()])
    tie_5 = SelectField(_("then"), [Optional()])
    blind = BooleanField(_("Judges see codes instead of team names"))
    pitch_minutes = IntegerField(
        _("Minutes to pitch"), [InputRequired(), NumberRange(1, 240)], default=5
    )
    questions_minutes = IntegerField(
        _("Minutes for questions"), [InputRequired(), NumberRange(0, 240)], default=5
    )
    IN_MINUTES = {
        "grace_minutes": "grace_seconds",
        "pitch_minutes": "pitch_seconds",
        "questions_minutes": "questions_seconds",
    }
    LADDER = ("tie_1", "tie_2", "tie_3", "tie_4", "tie_5")
    NOT_VALUES = ContestForm.NOT_VALUES | set(IN_MINUTES) | {"way", *LADDER}

    def process(self, formdata: Any = None, obj: Any = None, *args: Any, **kwargs: Any) -> None:
        self.kind.choices = states.choices(RoundKind)
        self.way.choices = list(_ways())
        kwargs["way"] = Mode.RUBRIC.value if obj is None else _way(obj.mode, obj.rule())
        steps = dict(zip(self.LADDER, USUAL_LADDER if obj is None else obj.ladder, strict=False))
        for name in self.LADDER:
            self[name].choices = [("", "–"), *states.choices(TieBreak)]
            kwargs[name] = steps.get(name, "")
        if obj is not None:
            kwargs |= {f: getattr(obj, column) // 60 for f, column in self.IN_MINUTES.items()}
        super().process(formdata, obj, *args, **kwargs)

    def validate_load_max(self, field: Field) -> None:
        if field.data is not None and field.data < (self.load_min.data or 0):
            raise ValidationError(gettext("This must not be less than the least."))

    def values(self) -> dict[str, Any]:
        seconds = {column: self[f].data * 60 for f, column in self.IN_MINUTES.items()}
        return {**super().values(), **seconds, "ladder": self.steps(), **self._how()}

    def _how(self) -> dict[str, Any]:
        mode, _, rule = str(self.way.data).partition(".")
        return {"mode": Mode(mode), "aggregation": Aggregation(rule) if rule else None}

    def steps(self) -> list[str]:
        """Return the tie-break, without what stands there twice."""
        return list(dict.fromkeys(self[name].data for name in self.LADDER if self[name].data))
