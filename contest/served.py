"""The web server: `python -m contest.served`, which `python -m contest serve` starts.

The program is imported here, once, before processes are forked: one that has to be replaced answers in
a fraction of a second, and all share the memory of what was imported.
"""

import os
import signal
from typing import Any

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

import contest.app  # noqa: F401 -- for the processes forked from this one

THREADS = (
    512  # of each process, made as they are needed; at work are few, see contest/web/senders.py
)
FAREWELL = 30  # seconds to finish what is being answered when stopped


class Server(MPServer):
    """Granian, which gives up when one of its processes dies twice within seconds. Ours replaces it.

    Only a process that ends by itself ends all: it could not begin, and nor would the next one.
    """

    def startup(self, *given: Any) -> None:
        self.blocking_threads = THREADS  # not told before: it would warn of threads that only wait
        super().startup(*given)  # type: ignore[no-untyped-call]

    def _serve_loop(self, spawn_target: Any, target_loader: Any) -> None:
        while not self.interrupt_signal:
            self.main_loop_interrupt.wait()
            self.main_loop_interrupt.clear()
            while self.interrupt_children and not self.interrupt_signal:
                place = self.interrupt_children[0]
                if (self.wrks[place].inner.exitcode or 0) >= 0:
                    return
                del self.interrupt_children[0]
                self._respawn_workers([place], spawn_target, target_loader)


@click.command()
@click.option("--host", required=True)
@click.option("--port", type=int, required=True)
@click.option("--processes", type=int, required=True)
def main(host: str, port: int, processes: int) -> None:
    """Serve the site until told to stop."""
    # One that is told to stop while it still begins does so at once.
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGTERM, signal.SIG_DFL))
    Server(
        "wsgi:app", host, port, interface=Interfaces.WSGI, workers=processes,
        blocking_threads=1, log_level=LogLevels.warning, workers_kill_timeout=FAREWELL,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
