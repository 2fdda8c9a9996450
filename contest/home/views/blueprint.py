"""The blueprint that the views of the start and of histories hang on."""

from flask import Blueprint

bp = Blueprint("home", __name__)
