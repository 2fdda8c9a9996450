"""How much may be sent to one place, an entry or a case, in all its time: nobody fills the disk alone."""

from collections.abc import Collection

from contest.core.decisions import ALLOW, Decision, deny
from contest.core.text import N_

MOST_FILES = 500
MIB = 1024 * 1024


def room_for(size_bytes: int, sent: Collection[int], limit_bytes: int) -> Decision:
    """Say whether another file has room beside those (their bytes) that were sent before it."""
    if len(sent) >= MOST_FILES:
        return deny(
            N_("%(count)s files were sent here so far, and no more are taken."), count=len(sent)
        )
    if sum(sent) + size_bytes > limit_bytes:
        return deny(
            N_(
                "%(sent)s MB were sent here so far. With this file it would be more than %(limit)s MB,"
                " and no more is taken."
            ),
            sent=sum(sent) // MIB, limit=limit_bytes // MIB,
        )  # fmt: skip
    return ALLOW
