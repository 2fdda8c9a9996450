"""The pages of entries."""

from contest.entries.views import form_edit, receipts, screening, show, write
from contest.entries.views.blueprint import bp

__all__ = ["bp", "form_edit", "receipts", "screening", "show", "write"]
