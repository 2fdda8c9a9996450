import re
from pathlib import Path

from contest.events.log import UNSEEN, UNSEEN_SUBJECTS, Verb
from contest.home.sentences import SENTENCES
from contest.jobs.registry import HANDLERS

SOURCES = {p: p.read_text() for p in Path("contest").rglob("*.py")}


def test_every_verb_is_recorded_somewhere() -> None:
    others = "\n".join(s for p, s in SOURCES.items() if p.name not in {"log.py", "sentences.py"})
    assert [v.name for v in Verb if f"Verb.{v.name}" not in others] == []


def test_every_verb_has_a_sentence_for_the_readers_of_the_history() -> None:
    assert set(Verb) == SENTENCES.keys()


def test_only_subjects_that_exist_are_called_unseen() -> None:
    assert {verb.partition(".")[0] for verb in UNSEEN} >= UNSEEN_SUBJECTS


def test_every_kind_of_promised_work_has_a_handler(app: object) -> None:
    assert app is not None  # making it registers the handlers
    promised = {
        kind
        for s in SOURCES.values()
        for kind in re.findall(r'enqueue\(\s*[\w.()]+,\s*"([^"]+)"', s)
    }
    assert len(promised) >= 8
    assert promised - HANDLERS.keys() == set()
