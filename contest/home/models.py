"""What may await somebody."""

import enum


class Matter(enum.StrEnum):
    """A kind of thing that waits for somebody to do it, in the order in which a contest runs."""

    ANSWER = "answer"  # an invitation to oneself
    ANNOUNCE = "announce"
    INVITATIONS = "invitations"  # that others leave unanswered
    COMPLETE = "complete"  # one's own entry, about which screeners asked
    SCREEN = "screen"
    BEGIN_JUDGING = "begin-judging"
    CALIBRATE = "calibrate"  # score the anchors that everybody scores
    SCORE = "score"
    FIND_JUDGES = "find-judges"  # for entries that lost one while they are judged
    CLOSE_JUDGING = "close-judging"
    DECIDE = "decide"
    COMPUTE = "compute"
    SIGN = "sign"
    SET_DATE = "set-date"
    LETTERS = "letters"
    CONCLUDE = "conclude"
    OWNERS = "owners"
    GATE = "gate"
    MILESTONES = "milestones"
    PROMISES = "promises"
