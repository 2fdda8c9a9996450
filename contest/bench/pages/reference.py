"""What the least program costs that does the same: bare Flask, one statement, tuples, Jinja.

Served as `granian … contest.bench.pages.reference:app`. `?bytes=` fills a page up to the size of ours.
"""

import hmac
import os
import threading

from flask import Flask, request, session
from pysqlite3 import dbapi2 as sqlite3

LIST = """SELECT e.title, t.name, t.country, v.answers FROM entries e JOIN teams t ON t.id = e.team_id
JOIN versions v ON v.entry_id = e.id WHERE e.gallery_consent_at IS NOT NULL ORDER BY e.title LIMIT ?"""
DASH = """SELECT e.title, e.code, a.state, a.id FROM assignments a JOIN entries e ON e.id = a.entry_id
JOIN appointments p ON p.id = a.appointment_id JOIN users u ON u.id = p.user_id
WHERE u.fs_uniquifier = ? ORDER BY a.position"""
PAGE = """<!DOCTYPE html><html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1><ul>
{% for a, b, c, d in rows %}<li><a href="/{{ loop.index }}">{{ a }}</a> <b>{{ b }}</b> {{ c }}
{{ d[:80] }}{{ filling }}</li>{% endfor %}</ul></body></html>"""

app = Flask(__name__)
app.secret_key = os.environ.get("CONTEST_SECRET_KEY", "")
_template = app.jinja_env.from_string(PAGE)
_kept = threading.local()
_database = os.environ.get("CONTEST_DATABASE_URL", "").removeprefix("sqlite:///")


@app.get("/hello")
def hello() -> str:
    return "Hello."


@app.get("/list")
def many() -> str:
    return _page(LIST, int(request.args.get("rows", "60")))


@app.get("/dash")
def dash() -> str:
    return _page(DASH, session["_user_id"])


@app.post("/post")
def post() -> tuple[str, int]:
    if not hmac.compare_digest(str(request.form["csrf_token"]), str(session["csrf_token"])):
        return "", 400
    return str(int(request.form["points"])), 200


def _page(statement: str, argument: object) -> str:
    if not hasattr(_kept, "connection"):
        _kept.connection = sqlite3.connect(_database)
    rows = _kept.connection.execute(statement, (argument,)).fetchall()
    missing = int(request.args.get("bytes", "0")) - 200
    filling = "x" * max(0, missing // max(1, len(rows)) - 150)
    return _template.render(title="A page", rows=rows, filling=filling)
