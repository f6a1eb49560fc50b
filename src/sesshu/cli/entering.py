"""How a command enters one building (区画に入る): its settings file, clock, logs and Django; how it says no."""

import functools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sesshu.base import clock, logs
from sesshu.base.errors import Refused
from sesshu.base.machine import Machine, machine, set_variable, variable
from sesshu.cli.place import Place

INSIDE = "sesshu.jobs.settings_inside"
OUTSIDE = "sesshu.jobs.settings_outside"
SEALED = "sesshu.jobs.settings_sealed"


def enter(data: Path, process: str = "inside", settings: str = INSIDE) -> Machine:
    """Set this process up as ``process`` of the installation in ``data`` (or as SESSHU_CONFIG says).

    ``office`` gives a command the office's own keys, so that it can check an officer's second factor.
    """
    config = Place(data.resolve()).config(process)
    if config.exists():
        set_variable("SESSHU_CONFIG", str(config))
    elif not variable("SESSHU_CONFIG"):
        raise click.ClickException(f"There is no installation in {data}. Make one with: sesshu db install")
    machine.cache_clear()
    m = machine()
    clock.use_file(Path(m.clock_file) if m.clock_file else None)
    logs.set_up("command", logging.ERROR)
    set_variable("DJANGO_SETTINGS_MODULE", settings)
    import django

    django.setup()
    return m


def refusals(command: Callable[..., Any]) -> Callable[..., Any]:
    """A refusal ends the command with status 1, its code and its sentence; never with a value of a person."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from django.db import OperationalError

        try:
            return command(*args, **kwargs)
        except Refused as no:
            where = f"（{no.line}行目 {no.column or ''}）" if no.line else ""
            click.echo(f"{no.refusal.code} {no.refusal.sentence}{where}", err=True)
            raise SystemExit(1) from None
        except OperationalError:
            raise click.ClickException(
                "The database does not answer. Start it with: sesshu db start"
            ) from None

    return run
