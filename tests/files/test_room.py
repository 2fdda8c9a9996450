"""Nobody fills the disk alone (F9)."""

from contest.files.room import MIB, MOST_FILES, room_for


def test_files_have_room_up_to_the_limit_to_the_byte() -> None:
    assert room_for(MIB, [], MIB)
    assert room_for(1, [MIB - 1], MIB)

    refused = room_for(2, [3 * MIB, MIB - 1], 4 * MIB)
    assert not refused
    assert refused.facts == {"sent": 3, "limit": 4}


def test_tiny_files_are_counted() -> None:
    assert room_for(1, [1] * (MOST_FILES - 1), MIB)
    assert not room_for(1, [1] * MOST_FILES, MIB)
