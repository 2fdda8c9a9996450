"""The servers that other tests rely on are real ones."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

import obstore
import psycopg
import redis
from obstore.store import S3Store

from tests import servers


def test_postgresql_makes_databases_of_their_own() -> None:
    first, second = (servers.new_postgres_database().replace("+psycopg", "") for _ in range(2))
    with psycopg.connect(first) as connection:
        connection.execute("create table thing (name text)")
    with psycopg.connect(second) as connection:
        rows = connection.execute("select to_regclass('thing'), version()").fetchall()

    assert rows[0][0] is None
    assert rows[0][1].startswith("PostgreSQL 18")


def test_redis_keeps_a_value() -> None:
    client = redis.Redis.from_url(servers.redis_url(), decode_responses=True)
    client.set("winner", "東京")

    assert client.get("winner") == "東京"
    client.close()


def test_s3_keeps_an_object() -> None:
    store = S3Store(
        "decks",
        endpoint=servers.s3_url(),
        access_key_id="test",
        secret_access_key="test",
        region="us-east-1",
        client_options={"allow_http": True},
    )
    servers.make_bucket("decks")
    obstore.put(store, "deck.pdf", b"%PDF-1.7")

    assert bytes(obstore.get(store, "deck.pdf").bytes()) == b"%PDF-1.7"


def test_mail_arrives_whole() -> None:
    mailbox = servers.Mailbox()
    message = EmailMessage()
    message["From"], message["To"] = "contest@example.org", "lead@example.org"
    message["Subject"] = "入选通知"
    message.set_content("Grüße")
    with smtplib.SMTP(mailbox.host, mailbox.port) as connection:
        connection.send_message(message)
    mailbox.close()

    assert [(m["Subject"], m.get_content().strip()) for m in mailbox.messages] == [
        ("入选通知", "Grüße")
    ]


def test_a_killed_test_run_leaves_no_server_behind() -> None:
    code = "from tests import servers; print(servers.redis_url(), flush=True); input()"
    run = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    client = redis.Redis.from_url(run.stdout.readline().strip())
    home = Path(str(client.config_get("dir")["dir"]))
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    client.close()

    end = time.monotonic() + 10
    while home.exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not home.exists()
