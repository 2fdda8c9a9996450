"""The blueprint of this feature's pages."""

from flask import Blueprint

bp = Blueprint("privacy", __name__)
