"""The blueprint that the feature's pages share."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
