"""Finds the built style sheets and scripts, and gives the scripts their words and their token."""

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        asset=asset, words_for_scripts=words_for_scripts, csrf_token=generate_csrf
    )

    @app.after_request
    def _keep(response: Response) -> Response:
        # The name of a built file says what is in it, so nobody needs to ask for it twice.
        if (
            request.path.startswith(f"{app.static_url_path}/assets/")
            and response.status_code == 200
        ):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def asset(name: str) -> str:
    """Return the address of what was built from `frontend/src/<name>`; KeyError if nothing was."""
    folder = str(current_app.static_folder)
    return url_for("static", filename=_manifest(folder)[f"frontend/src/{name}"])


@lru_cache(maxsize=4)
def _manifest(folder: str) -> dict[str, str]:
    """Return source -> built file; read once, because a new build needs a new process anyway."""
    text = (Path(folder) / ".vite" / "manifest.json").read_text("utf-8")
    return {source: str(entry["file"]) for source, entry in json.loads(text).items()}


def words_for_scripts() -> dict[str, str]:
    """Return what scripts say to the reader; a `{}` is where they put a value."""
    return {
        "saved": gettext("Saved {}"),
        "saving": gettext("Saving…"),
        "waiting": gettext("No connection. Kept on this device, tried again."),
        "refused": gettext("Not saved"),
        "signedOut": gettext("You are signed out. What you wrote is kept on this device: sign in"
                             " in another tab, then go on here."),
        "restored": gettext("Text that was not saved yet has been put back."),
        "clash": gettext("Somebody else changed this meanwhile."),
        "clashBy": gettext("{} changed this meanwhile."),
        "mine": gettext("Yours"),
        "theirs": gettext("Theirs"),
        "keepMine": gettext("Keep yours"),
        "takeTheirs": gettext("Take theirs"),
        "copied": gettext("Copied"),
        "tooLarge": gettext("This file has {}. That is more than is taken here."),
        "wrongKind": gettext("This kind of file is not taken here."),
        "uploadFailed": gettext("The file did not arrive. Check the connection and choose it again."),
        "characters": gettext("{} characters"),
        "words": gettext("{} words"),
        "days": gettext("{} d"),
        "left": gettext("{} left"),
        "yours": gettext("{} for you"),
    }  # fmt: skip
