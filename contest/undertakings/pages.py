"""What the pages say about each kind of promise."""

from contest.core.text import N_
from contest.undertakings.models import Kind

SIGNERS = {
    Kind.RULES: N_("Signed by every member of a team"),
    Kind.IP: N_("Signed by every member of a team"),
    Kind.NDA: N_("Signed by judges and screeners before they see an entry"),
    Kind.CONFLICT: N_("Signed by judges before they declare conflicts"),
}
