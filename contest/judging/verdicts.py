"""From passes and fails to one verdict. Pure."""

from contest.contests.models import Aggregation


def verdict(passes: int, fails: int, rule: Aggregation) -> bool | None:
    """Return whether an entry passes by its judges' votes; None where they do not settle it."""
    if rule is Aggregation.MAJORITY:
        return None if passes == fails else passes > fails
    return None if (passes > 0) == (fails > 0) else passes > 0
