"""Checks receipts on any machine that has the public key."""

import hashlib
import json
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from contest.entries import receipt as proofs
from contest.events import checkpoints
from contest.web import keys


@click.group()
def receipt() -> None:
    """Receipts of handed-in entries."""


@receipt.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--key", default="", help="The site's public key, 64 hex digits.")
@click.option(
    "--document",
    "documents",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that you handed in: is it one of those in the receipt?",
)
def verify(file: Path, key: str, documents: tuple[Path, ...]) -> None:
    """Check the receipt FILE, and that it names the DOCUMENTS. Exits with 1 when it does not hold."""
    try:
        given = json.loads(file.read_text())
        body, signature, public = given["body"], given["signature"], given["key"]
        told = json.loads(body)
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise click.ClickException("this is not a receipt") from error
    if not proofs.verifies(body, signature, public):
        raise click.ClickException("the signature does not fit the text")
    if key and key.lower() != public:
        raise click.ClickException("signed with another key than the one given")
    click.echo(f"genuine: {told['contest']}, round {told['round']}, version {told['version']}")
    click.echo(f"arrived: {told['received_at']}")
    click.echo(f"record:  event {told['sequence']} of {told['chain']}, {told['event']}")
    _say_inclusion(given.get("inclusion"), told, {public, key.lower() or public})
    if not key:
        click.echo(f"key:     {public} (compare it with the one the site publishes)")
    hashes = {each["sha256"] for each in told["files"]}
    missing = [document for document in documents if _sha256(document) not in hashes]
    for document in documents:
        click.echo(f"{'not in it' if document in missing else 'in it'}: {document}")
    if missing:
        raise click.ClickException("a document is not one of those handed in")


def _say_inclusion(proof: dict[str, Any] | None, told: dict[str, Any], keys: set[str]) -> None:
    """Say whether the event of the receipt was on record when that was signed the next time."""
    if proof is None:
        click.echo("proof:   none yet; download the receipt again after an hour")
    elif proof.get("key") in keys and checkpoints.includes(
        proof, told["event"], told["chain"], told["sequence"]
    ):
        signed = json.loads(proof["body"])
        click.echo(f"proof:   on record when that was signed at {signed['at']}")
    else:
        raise click.ClickException("the proof that it stands in the record does not hold")


@receipt.command()
@with_appcontext
def seed() -> None:
    """Print the seed of the key that signs here, to be kept as CONTEST_SIGNING_KEY.

    For the day on which CONTEST_SECRET_KEY is replaced. Whoever has it can sign in your name.
    """
    click.echo(keys.signing_key().private_bytes_raw().hex())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
