"""How commands say what they did: lines for people, one JSON object for scripts (結果の表示)."""

import json
from collections.abc import Mapping

import click

json_option = click.option("--json", "as_json", is_flag=True, help="report as one JSON object")
programme_option = click.option(
    "--programme", help="code of the programme; may be left out where just one is open"
)


def say(result: Mapping[str, object], as_json: bool) -> None:
    """Numbers and codes only."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, default=str))
    else:
        click.echo(" · ".join(f"{name} {value}" for name, value in result.items()))


def the_programme(named: str | None) -> str:
    """The programme that is meant, or the only open one."""
    if named:
        return named
    from sesshu.inside.planning.queries import list_open

    found = list_open()
    if len(found) != 1:
        raise click.UsageError(f"--programme is needed: {len(found)} programmes are open")
    return found[0]
