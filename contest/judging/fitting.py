"""Whether an entry is a judge's to read at all, by track and language. Pure."""

import enum

from contest.contests.models import Appointment
from contest.entries.models import Entry


class Misfit(enum.StrEnum):
    """Why somebody without a conflict does not judge an entry."""

    TRACK = "track"
    LANGUAGE = "language"


def misfit(judge: Appointment, entry: Entry) -> Misfit | None:
    """Return what keeps this judge from this entry; needs the entry's team loaded.

    A judge of a track judges only that track, unless they bridge to others. Nobody is given what they
    cannot read; of an entry or a judge without a language nothing is assumed.
    """
    of_track = judge.track_id in {None, entry.team.track_id}
    if not (of_track or judge.bridges):
        return Misfit.TRACK
    if entry.lang and judge.languages and entry.lang not in judge.languages:
        return Misfit.LANGUAGE
    return None
