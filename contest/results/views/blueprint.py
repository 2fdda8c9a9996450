"""The blueprint that the views of results hang on."""

from flask import Blueprint

bp = Blueprint("results", __name__)
