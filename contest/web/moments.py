"""Says instants, spans and names the way the reader's language does. Template globals."""

import unicodedata
from datetime import date, datetime, timedelta
from math import inf
from zlib import crc32
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import TIMEDELTA_UNITS, format_date, format_timedelta
from flask import Flask, current_app, g, request, url_for
from flask_babel import get_locale

from contest.core.words import LANGUAGES, OWN_NAMES
from contest.web import finished, requests

Zone = str | ZoneInfo
THRESHOLD = 1.2  # of a unit, from which on it is said in that unit
UNIT_SECONDS = [seconds for _, seconds in TIMEDELTA_UNITS]  # the largest first
_DAYS = {
    "en": {"full": "d MMM y", "short": "d MMM"},
    "de": {"full": "d. MMM y", "short": "d. MMM"},
    "zh": {"full": "y年M月d日", "short": "M月d日"},
    "ja": {"full": "y年M月d日", "short": "M月d日"},
}


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        when=when, zone_label=zone_label, span=span, time_left=time_left, day_parts=day_parts,
        server_time=server_time, initials=initials, languages_offered=languages_offered,
        fresh_id=fresh_id, on_day=on_day,
    )  # fmt: skip


def when(instant: datetime, zone: Zone, style: str = "full") -> str:
    """Return the instant as wall-clock time of `zone`; style is full, short, date or time."""
    local = instant.astimezone(_zone(zone))
    clock = f"{local:%H:%M}"
    if style == "time":
        return clock
    day = format_date(
        local.date(), _DAYS[_language()]["short" if style == "short" else "full"], _locale()
    )
    if style == "date":
        return day
    return f"{day}, {clock}" if _language() in {"en", "de"} else f"{day} {clock}"


def on_day(day: date) -> str:
    """Return a calendar date, which is the same in every zone."""
    return format_date(day, _DAYS[_language()]["full"], _locale())


def zone_label(instant: datetime, zone: Zone) -> str:
    """Return the zone's distance from UTC at that instant, like `UTC+8`."""
    offset = instant.astimezone(_zone(zone)).utcoffset() or timedelta()
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    sign = "−" if offset < timedelta() else "+"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "") if offset else "UTC"


def span(opens: datetime, closes: datetime, zone: Zone) -> str:
    """Return a window as one short text, without saying the shared part twice."""
    first, last = opens.astimezone(_zone(zone)), closes.astimezone(_zone(zone))
    if first.date() == last.date():
        return f"{when(opens, zone)} – {when(closes, zone, 'time')}"
    if first.year == last.year:
        return f"{when(opens, zone, 'short')} – {when(closes, zone)}"
    return f"{when(opens, zone)} – {when(closes, zone)}"


def time_left(instant: datetime) -> str:
    """Return how far away the instant is, like `in 3 days`: what stands there without scripts."""
    left = instant - requests.now()
    finished.good_until(requests.now() + timedelta(seconds=_unchanged_for(left)))
    return format_timedelta(left, add_direction=True, threshold=THRESHOLD, locale=_locale())


def _unchanged_for(left: timedelta) -> float:
    """Return for how many seconds, at least, `time_left` goes on saying the same (or 1)."""
    away = abs(left.total_seconds())
    larger, size = inf, inf
    for size in UNIT_SECONDS:
        if away / size >= THRESHOLD:
            break
        larger = size
    number = round(away / size)
    if left > timedelta():
        rest = away - max(size * (number - 0.5), size * THRESHOLD)
    else:
        rest = min(size * (number + 0.5), larger * THRESHOLD) - away
    return max(rest - 1, 1)  # the wording counts whole seconds


def day_parts(instant: datetime, zone: Zone) -> tuple[str, str]:
    """Return day and month of the instant for a small calendar leaf."""
    day, locale = instant.astimezone(_zone(zone)).date(), _locale()
    return str(day.day), format_date(day, "LLL", locale)


def server_time() -> str:
    """Return the instant of this request, for the clocks on the page."""
    return requests.now().isoformat()


def initials(name: str) -> str:
    """Return one character of a Chinese, Japanese or Korean name, up to two of any other.

    Of a name in both scripts the Latin one counts: two scripts are too much for a small circle.
    """
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    if unicodedata.east_asian_width(words[0][0]) == "W":
        return words[0][0]
    words = [word for word in words if unicodedata.east_asian_width(word[0]) != "W"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def fresh_id() -> str:
    """Return an id that no other part of this page has, nor what is put into it later.

    The same page gets the same ids, or it would never be unchanged.
    """
    number = g.part = g.get("part", 0) + 1
    return f"part-{crc32(request.path.encode()):x}-{number}"


def languages_offered() -> list[tuple[str, str, str]]:
    """Return (language, its own name, address that switches to it) for the foot of the page."""
    if "home.language" in current_app.view_functions:
        back = request.full_path.rstrip("?")
        return [
            (lang, OWN_NAMES[lang], url_for("home.language", lang=lang, next=back))
            for lang in LANGUAGES
        ]
    return [(lang, OWN_NAMES[lang], f"?lang={lang}") for lang in LANGUAGES]


def _zone(zone: Zone) -> ZoneInfo:
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)


def _locale() -> Locale:
    return get_locale() or Locale("en")


def _language() -> str:
    language = _locale().language
    return language if language in _DAYS else "en"
