"""The web server: `python -m contest.served` with granian's options.

The program is imported here, once, before processes are forked: one that has to be replaced answers in
a fraction of a second, and all share the memory of what was imported.
"""

import contest.app  # noqa: F401 -- for the processes forked from this one

if __name__ == "__main__":
    from granian.cli import entrypoint

    entrypoint()  # type: ignore[no-untyped-call]
