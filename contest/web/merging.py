"""Forms about what several people change: nobody's words are lost, and nobody is asked without need.

The page carries a digest of what each input held when it was made. When somebody else was faster, an
input that only they changed is taken over, one that only we changed is kept, and both texts of an
input that both changed stand side by side until the form is sent again.
"""

import enum
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from wtforms import Field, HiddenField

from contest.core.errors import Conflict, DomainError
from contest.core.text import N_
from contest.core.words import Words
from contest.web.forms import Form, LocalDateTimeField, WordsField
from contest.web.text import listed

CHANGED = N_(
    "Somebody changed this meanwhile. Compare with what stands there now, then save again."
)


@dataclass(frozen=True, slots=True)
class Clash:
    """What two people wrote into the input `name`; `value` is theirs as the input would hold it."""

    name: str
    mine: str
    theirs: str
    value: str
    lang: str | None = None


class MergingForm(Form):
    """A form that knows which version its reader saw, and what stood in it."""

    version = HiddenField()
    base = HiddenField()  # input -> digest of what it held

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        if self.base.raw_data is None:  # nothing was sent: this is how the page begins
            self.base.data = self._digests()

    def seen(self) -> int:
        """Return the version that the editor had before them; 0, which is none, for nonsense."""
        given = str(self.version.data or "")
        return int(given) if given.isdecimal() and len(given) < 10 else 0

    def merge(self, stored: "MergingForm") -> bool:
        """Take over what only others changed; say whether the form can be saved now.

        `stored` is this form as it would begin now. Fields that both changed get `clashes`.
        """
        before = self._bases()
        clean = True
        for mine in self._compared():
            theirs = stored[mine.short_name]
            held, there = inputs(mine), inputs(theirs)
            both = [
                name
                for name in held
                if held[name] != there[name]
                and before.get(name) not in {digest(held[name]), digest(there[name])}
            ]
            _take_over(mine, theirs, {n for n in held if before.get(n) == digest(held[n])})
            mine.clashes = [_clash(mine, theirs, name) for name in both]
            clean = clean and not both
        self.version.data, self.base.data = stored.version.data, stored.base.data
        return clean and bool(self.validate())

    def _compared(self) -> Iterator[Any]:  # fields, which have no annotations
        return (f for f in self if f.type not in {"CSRFTokenField", "HiddenField", "FileField"})

    def _digests(self) -> str:
        held = {name: text for field in self._compared() for name, text in inputs(field).items()}
        return json.dumps({name: digest(text) for name, text in held.items()})

    def _bases(self) -> dict[str, str]:
        try:
            sent = json.loads(self.base.data or "")
        except (ValueError, RecursionError):
            return {}
        return sent if isinstance(sent, dict) else {}


def save(
    form: MergingForm, stored: Callable[[], MergingForm], act: Callable[[int], object]
) -> bool:
    """Say whether the form was sent and `act` done with the version that its editor saw.

    When somebody was faster, merge with the form as it would begin now (`stored`) and try again.
    """
    if not form.validate_on_submit():
        return False
    try:
        try:
            act(form.seen())
        except Conflict:
            if not form.merge(stored()):
                raise
            act(form.seen())
    except DomainError as error:
        form.reject(error)
        return False
    return True


def save_unversioned(
    form: MergingForm, stored: Callable[[], MergingForm], act: Callable[[], object]
) -> bool:
    """Do as `save` with what has no version of its own: what stood in its form says who was faster."""

    def unless_changed(_seen: int) -> None:
        if form.base.raw_data and form.base.data != stored().base.data:
            raise Conflict(CHANGED)
        act()

    return save(form, stored, unless_changed)


def inputs(field: Field) -> dict[str, str]:
    """Return the inputs of a field and what they hold, in one spelling for what is the same."""
    if isinstance(field, WordsField):
        return {name: _plain(text) for _lang, _own, name, text in field.inputs()}
    return {field.name: _plain(field.data)}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _plain(value: object) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "y"
        case enum.Enum():
            return str(value.value)
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            return value.isoformat()
        case list():
            return " ".join(sorted(map(str, value)))
    return str(value).replace("\r\n", "\n").strip()


def _take_over(mine: Any, theirs: Any, names: set[str]) -> None:
    if isinstance(mine, WordsField):
        texts = {lang: text for lang, _own, name, text in theirs.inputs() if name in names}
        mine.data = Words({**mine.data.plain(), **texts})
    elif mine.name in names:
        mine.data, mine.raw_data = theirs.data, [_value(theirs)]
        if hasattr(mine, "typed"):  # fields that are written otherwise than they are kept
            mine.typed = ""


def _clash(mine: Any, theirs: Any, name: str) -> Clash:
    if isinstance(mine, WordsField):
        lang = next(lang for lang, _own, given, _text in mine.inputs() if given == name)
        theirs_text = theirs.data.get(lang, "")
        return Clash(name, mine.data.get(lang, ""), theirs_text, theirs_text, lang)
    return Clash(name, _shown(mine), _shown(theirs), _value(theirs))


def _value(field: Field) -> str:
    """Return what the input of a field holds; of several choices, one a line."""
    if isinstance(field.data, bool) and not hasattr(field, "iter_choices"):
        return _plain(field.data)
    if hasattr(field, "iter_choices"):
        return "\n".join(str(choice[0]) for choice in field.iter_choices() if choice[2])
    return str(field._value()) if hasattr(field, "_value") else _plain(field.data)  # noqa: SLF001 -- as its widget does


def _shown(field: Field) -> str:
    """Return what a reader sees chosen or written in a field."""
    if hasattr(field, "iter_choices"):
        return listed([str(choice[1]) for choice in field.iter_choices() if choice[2]])
    if isinstance(field.data, bool):
        return gettext("Yes") if field.data else gettext("No")
    return (
        _value(field).replace("T", " ") if isinstance(field, LocalDateTimeField) else _value(field)
    )
