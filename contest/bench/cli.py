"""`python -m contest bench …`: each bench is a command; what it loads, it loads when it runs."""

import click


@click.group()
def bench() -> None:
    """Measure, and print every bar with its figure."""
