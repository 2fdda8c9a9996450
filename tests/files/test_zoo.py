"""A few of the hostile files; all of them go through the whole program in `make attack` (F1, F4, F5)."""

from io import BytesIO
from pathlib import Path

import pytest

from contest.core.errors import DomainError
from contest.files import store
from contest.files.arrival import arrive
from tests.files.zoo import MIB, ZOO, Sample

FEW = (
    "javascript when opened", "page that is a PDF", "archive that is a PDF",
    "PNG that is a page, among documents",
    "pages that hold themselves", "one page a million times", "deep tree",
    "form that draws itself",
    "part that leads out", "archive that lies", "picture of 2500 million points",
)  # fmt: skip


@pytest.mark.parametrize(
    "sample", [s for s in ZOO if s.name in FEW], ids=lambda sample: sample.name
)
def test_a_hostile_file_is_refused_with_its_reason_or_does_nothing(
    sample: Sample, tmp_path: Path
) -> None:
    reason = ""
    try:
        arrive(
            store.from_url(f"file://{tmp_path}/files"), BytesIO(sample.content()), "deck.pdf",
            limit_bytes=30 * MIB, most_pages=20, types=sample.types,
        )  # fmt: skip
    except DomainError as error:
        reason = error.message % error.facts
    assert sample.is_answered(reason), reason


def test_the_zoo_is_large_and_each_animal_is_another_one() -> None:
    assert len({sample.name for sample in ZOO}) == len(ZOO) > 100
    assert set(FEW) <= {sample.name for sample in ZOO}
