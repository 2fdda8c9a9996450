"""What readers call the kinds of promises, and who gives them."""

from contest.core.text import N_
from contest.undertakings.models import Kind
from contest.web import text

text.name(
    Kind,
    {
        Kind.RULES: (N_("Contest rules"), "neutral"),
        Kind.IP: (N_("IP terms"), "neutral"),
        Kind.NDA: (N_("Confidentiality"), "neutral"),
        Kind.CONFLICT: (N_("Conflict declaration"), "neutral"),
    },
)
SIGNERS = {
    Kind.RULES: N_("Signed by every member of a team"),
    Kind.IP: N_("Signed by every member of a team"),
    Kind.NDA: N_("Signed by judges and screeners before they see an entry"),
    Kind.CONFLICT: N_("Signed by judges before they declare conflicts"),
}
