"""The page that shows every component with sample words, while developing."""

from datetime import timedelta
from types import SimpleNamespace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.validators import Optional as Maybe

from contest.core.words import Words
from contest.web import requests
from contest.web.access import public
from contest.web.forms import ConfirmForm, Form, LocalDateTimeField, SomeWords, WordsField
from contest.web.navigation import Item, Section

bp = Blueprint("components", __name__)
LEVELS = (
    (0, "Absent", "Nothing new is claimed."),
    (1, "Weak", "Known elsewhere, little adapted."),
    (2, "Fair", "Known, but new in this market."),
    (3, "Good", "A new combination with evidence."),
    (4, "Strong", "Clearly ahead of what exists."),
    (5, "Outstanding", "Would change how it is done."),
)


class SampleForm(Form):
    """One field of each kind."""

    title = WordsField("Title", [SomeWords()], languages=("en", "zh", "ja", "de"))
    brief = WordsField("Brief", languages=("en", "zh"), rows=4, max_length=2000)
    name = StringField(
        "Team name",
        [InputRequired(), Length(max=80)],
        description="As it is printed on certificates.",
    )
    mail = EmailField("Mail", [Length(max=254)])
    about = TextAreaField("What you make", [InputRequired(), Length(max=600)])
    track = SelectField(
        "Track",
        choices=[
            SelectChoice("a", "Payments"),
            SelectChoice("b", "Supply chains"),
            SelectChoice("c", "Identity"),
        ],
    )
    stage = RadioField(
        "Stage",
        [InputRequired()],
        choices=[
            SelectChoice("idea", "An idea"),
            SelectChoice("proto", "A prototype"),
            SelectChoice("sold", "Sold to customers"),
        ],
    )
    needs = SelectMultipleField(
        "What you look for",
        choices=[SelectChoice("money", "Capital"), SelectChoice("lab", "A laboratory")],
    )
    people = IntegerField(
        "People", [Maybe(), NumberRange(0, 10**7)], description="Everybody on the payroll."
    )
    closes_at = LocalDateTimeField(
        "Closes", zone="Asia/Shanghai", description="Wall-clock time in Asia/Shanghai."
    )
    logo = FileField("Logo")
    agree = BooleanField("We have read the rules.")


class ScoreForm(Form):
    """Two criteria, one of them scored zero."""

    innovation = RadioField(
        "Innovation", choices=[SelectChoice(str(n), name) for n, name, _ in LEVELS]
    )
    feasibility = RadioField(
        "Feasibility 实现可行性", choices=[SelectChoice(str(n), name) for n, name, _ in LEVELS]
    )
    verdict = RadioField(
        "Your verdict",
        choices=[SelectChoice("yes", "Advance"), SelectChoice("no", "Do not advance")],
    )
    deck = FileField("Deck")


@bp.get("/-components")
@public("components.index")
def index() -> ResponseReturnValue:
    """Show every component in the workspace layout."""
    return render_template("web/components.html", **_samples())


@bp.get("/-components/<string:name>")
@public("components.show")
def show(name: str) -> ResponseReturnValue:
    """Show one of the other layouts: public, focus, projector; anything else is the focus layout."""
    layout = name if name in {"public", "focus", "projector"} else "focus"
    return render_template("web/layout.html", layout=f"layouts/{layout}.html", **_samples())


@bp.get("/-components/fragment")
@public("components.poll")
def fragment() -> ResponseReturnValue:
    """Answer what the polling sample asks for."""
    return f"<p>{requests.now():%H:%M:%S} UTC</p>"


@bp.post("/-components/save")
@public("components.save")
def save() -> ResponseReturnValue:
    """Answer the sample's autosave; nothing is kept. The texts "clash" and "refuse" are not taken."""
    text, version = (
        request.form.get(request.form.get("_field", ""), ""),
        request.form.get("_version"),
    )
    if text == "clash" and version == "1":
        return {"mine": text, "theirs": "their text", "version": 2, "by": "王芳"}, 409
    if text == "refuse":
        return {"errors": ["This is refused."]}, 422
    return {"saved_at": requests.now().isoformat(), "version": 3}


def _samples() -> dict[str, object]:
    at = requests.now()
    broken = SampleForm(prefix="broken")
    broken.form_errors = ["The call closed at 23:59 (UTC+8). Your text is kept as a draft."]
    broken.name.errors = ("Another team has this name.",)
    broken.stage.errors = ("Choose one.",)
    return {
        "at": at,
        "zone": "Asia/Shanghai",
        "near": at + timedelta(hours=5, minutes=3),
        "far": at + timedelta(days=3, hours=4, minutes=12, seconds=9),
        "sample": SampleForm(
            data={"title": Words(en="Smart grid", zh="智能电网"), "name": "PowerMesh"}
        ),
        "broken": broken,
        "scores": ScoreForm(data={"innovation": "0", "feasibility": "4"}),
        "sure": ConfirmForm(),
        "levels": LEVELS,
        "me": SimpleNamespace(
            name="佐藤 美咲", detail="Organiser · Asia/Tokyo", url="#", sign_out_url="#"
        ),
        "here": SimpleNamespace(
            title="Global Challenge",
            detail="Shanghai 2019",
            url="#",
            others=[
                SimpleNamespace(title="Shanghai 2019", url="#"),
                SimpleNamespace(title="U.S. 2018", url="#"),
            ],
        ),
        "search_url": "/-components",
        "notices_url": "#",
        "notices": 3,
        "places": PLACES,
    }


PLACES = (
    Section(
        "Contest",
        (
            Item("Overview", icon="layout-dashboard", url="#overview", current=True),
            Item("Entries", icon="inbox", url="#entries", current=False, count=15),
            Item("Teams", icon="users", url="#teams", current=False, count=15),
            Item("Judging", icon="gavel", url="#judging", current=False, count=6),
            Item("Rubrics", icon="list-checks", url="#rubrics", current=False),
            Item("Pitch day", icon="presentation", url="#pitch-day", current=False),
            Item("Messages", icon="mail", url="#messages", current=False, count=3),
            Item("Settings", icon="settings", url="#settings", current=False),
        ),
    ),
    Section(
        "After the contest",
        (
            Item("Results and winners", icon="award", url="#results", current=False),
            Item("Follow-up", icon="sprout", url="#follow-up", current=False),
            Item("History", icon="history", url="#history", current=False),
        ),
    ),
)
