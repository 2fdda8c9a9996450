"""What readers call the kinds of organisations."""

from contest.core.text import N_
from contest.organisations.models import Kind
from contest.web import text

text.name(
    Kind,
    {
        Kind.COMPANY: (N_("Company"), "neutral"),
        Kind.STARTUP: (N_("Startup"), "neutral"),
        Kind.UNIVERSITY: (N_("University"), "neutral"),
        Kind.INCUBATOR: (N_("Incubator"), "neutral"),
        Kind.ASSOCIATION: (N_("Association"), "neutral"),
        Kind.MEDIA: (N_("Media"), "neutral"),
    },
)
