import threading
from typing import Any

from contest.web.senders import Layer


class Slow:
    """What somebody sends who takes their time."""

    def __init__(self) -> None:
        self.asked, self.end = threading.Event(), threading.Event()

    def read(self, _size: int) -> bytes:
        self.asked.set()
        assert self.end.wait(10)
        return b"all of it"


def test_who_waits_for_a_sender_keeps_nobody_from_being_answered() -> None:
    got: list[bytes] = []

    def app(environ: dict[str, Any], _: object) -> list[bytes]:
        got.append(environ["wsgi.input"].read(9) if environ["wsgi.input"].stream else b"at once")
        return []

    layer, slow = Layer(app, at_work=1), Slow()
    sending = threading.Thread(target=layer, args=[{"wsgi.input": slow}, None])
    sending.start()
    assert slow.asked.wait(10)

    layer({"wsgi.input": None}, None)

    assert got == [b"at once"]
    slow.end.set()
    sending.join(10)
    assert got == [b"at once", b"all of it"]


def test_of_those_who_work_there_are_no_more_than_places() -> None:
    inside = most = 0
    leave = threading.Event()

    def app(_environ: object, _: object) -> list[bytes]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        leave.wait(0.01)
        inside -= 1
        return []

    layer = Layer(app, at_work=2)
    crowd = [threading.Thread(target=layer, args=[{"wsgi.input": None}, None]) for _ in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()

    assert most == 2


def test_whoever_sends_no_file_goes_past_those_whose_files_are_looked_into() -> None:
    looked, came = threading.Event(), threading.Semaphore(0)
    most = inside = 0

    def app(environ: dict[str, Any], _: object) -> list[bytes]:
        nonlocal inside, most
        if "CONTENT_TYPE" not in environ:
            return [b"at once"]
        inside += 1
        most = max(most, inside)
        came.release()
        looked.wait(10)
        inside -= 1
        return []

    layer = Layer(app, at_work=4, with_files=2)
    carrying = {"wsgi.input": None, "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    crowd = [threading.Thread(target=layer, args=[dict(carrying), None]) for _ in range(6)]
    for one in crowd:
        one.start()
    for _ in range(2):
        assert came.acquire(timeout=10)

    assert layer({"wsgi.input": None}, None) == [b"at once"]
    looked.set()
    for one in crowd:
        one.join(10)
    assert most == 2
