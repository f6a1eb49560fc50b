"""`sesshu worker` – the periodic work of one building, until it is told to stop."""

from pathlib import Path

import click

from sesshu.base import logs
from sesshu.cli.db import data_option
from sesshu.cli.entering import INSIDE, OUTSIDE, enter


@click.command()
@click.argument("building", type=click.Choice(["inside", "outside"]))
@data_option
def worker(building: str, data: Path) -> None:
    """Do the periodic work of one building until SIGTERM; a restart of the database is survived."""
    process = f"{building}_worker"
    enter(data, process, INSIDE if building == "inside" else OUTSIDE)
    logs.set_up(process)
    from sesshu.jobs.loop import Loop

    if building == "inside":
        from sesshu.jobs.inside import JOBS
    else:
        from sesshu.jobs.outside import JOBS
    Loop(JOBS).run_forever()
