"""What `serve` started is started again when it dies, but not when it cannot even begin (D1)."""

import sys

from contest.__main__ import Child


def test_a_child_that_is_killed_is_replaced_however_young() -> None:
    child = Child([sys.executable, "-S", "-c", "import time; time.sleep(60)"])
    for _ in range(2):
        process = child.process
        process.kill()
        process.wait()
        assert child.goes_on()
        assert child.process.pid != process.pid
    child.process.kill()
    child.process.wait()


def test_a_child_that_ends_by_itself_at_once_is_not() -> None:
    child = Child([sys.executable, "-S", "-c", "raise SystemExit(0)"])
    child.process.wait()
    assert not child.goes_on()
