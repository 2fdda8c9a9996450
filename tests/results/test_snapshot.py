import json
from pathlib import Path

from click.testing import CliRunner

from contest.results import snapshot
from contest.results.cli import results

FACTS = snapshot.Facts(
    contest="rivers",
    title={"en": "Rivers", "zh": "河"},
    winners=[
        snapshot.Winner(
            "e1", "锦江", "Reeds", {"en": "Water"}, "p1", {"en": "First"}, 1, 100, "CNY"
        )
    ],
    others=[snapshot.Other("e2", "Secret Team", "Quiet", "not-awarded")],
    sources=[snapshot.Source(1, "reml", "a" * 64, 2, 0)],
    counts={"entries": 2},
)


def test_the_same_facts_salt_and_nonces_give_the_same_text_and_hash() -> None:
    first = snapshot.freeze(FACTS)
    nonces = {o["entry"]: o["nonce"] for o in first.sealed}

    assert snapshot.freeze(FACTS, salt=first.salt, nonces=nonces) == first
    assert snapshot.freeze(FACTS).sha256 != first.sha256


def test_who_did_not_win_is_committed_to_and_not_named() -> None:
    made = snapshot.freeze(FACTS)

    assert "锦江" in made.body
    assert "Secret Team" not in made.body
    assert json.loads(made.body)["others"] == [snapshot.commitment(made.sealed[0])]


def test_the_file_proves_the_result_and_a_changed_one_does_not() -> None:
    made = snapshot.freeze(FACTS)
    file = snapshot.revealed(1, made.sha256, made.salt, made.body)

    assert snapshot.faults(file) == []
    assert snapshot.faults(file.replace("锦江", "長江")) == ["the hash is not the one of this text"]
    assert snapshot.faults("[]") == ["this is not a file of results (TypeError)"]


def test_results_verify_says_whether_a_file_holds(tmp_path: Path) -> None:
    made = snapshot.freeze(FACTS)
    path = tmp_path / "results.json"
    path.write_text(snapshot.revealed(1, made.sha256, made.salt, made.body), encoding="utf-8")

    good = CliRunner().invoke(results, ["verify", str(path)])
    assert (good.exit_code, good.output) == (0, f"{path}: this is the text that was committed to\n")

    path.write_text(path.read_text(encoding="utf-8").replace(made.salt, "00"), encoding="utf-8")
    assert CliRunner().invoke(results, ["verify", str(path)]).exit_code == 1
