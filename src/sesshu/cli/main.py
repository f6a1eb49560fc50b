"""`sesshu` – the entry point. Commands are loaded when they are asked for, so that each runs in one building only."""

import importlib

import click

# command → (module, object, one line of help)
COMMANDS = {
    "demo": ("sesshu.cli.demo", "demo", "a made-up town with every zone on its port"),
    "code": ("sesshu.cli.demo", "code", "a confirmation code for a made-up account of the demo"),
    "db": ("sesshu.cli.db", "db", "start, stop, install the databases"),
    "keys": ("sesshu.cli.keys", "keys", "make keys, say where each lives"),
    "admin": ("sesshu.cli.accounts", "admin", "first and further officers (inside)"),
    "member": ("sesshu.cli.accounts", "member", "members of firms: operators, hall staff (inside)"),
    "register": ("sesshu.cli.register", "register", "stage and accept a register file (inside)"),
    "programme": ("sesshu.cli.programme", "programme", "check, load, list, judge programmes (inside)"),
    "plan": ("sesshu.cli.plan", "plan", "load halls, sessions, slots, lots (inside)"),
    "entitlement": ("sesshu.cli.entitlement", "entitlement", "recompute who may book when (inside)"),
    "ticket": ("sesshu.cli.tickets", "ticket", "issue, void, reissue tickets (inside)"),
    "mailing": ("sesshu.cli.mailing", "mailing", "build, print, release, check and close a mailing (inside)"),
    "disclose": ("sesshu.cli.disclose", "disclose", "who saw or changed what of one resident (inside)"),
    "worker": ("sesshu.cli.processes", "worker", "periodic work of one building"),
    "courier": ("sesshu.cli.bridge", "courier", "carry packets for one building"),
    "bridge": ("sesshu.cli.bridge", "bridge", "streams, epochs, numbers, gaps"),
    "audit": ("sesshu.cli.audit", "audit", "verify the log, take it away"),
    "town": ("sesshu.cli.town", "town", "make a made-up town's register files"),
    "doctor": ("sesshu.cli.doctor", "doctor", "says what is wrong and the mend"),
}


class Lazy(click.Group):
    """A group whose commands are imported only when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        return getattr(importlib.import_module(module), name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Sesshu 接種: a municipality's mass vaccination, from the register file to "who has seen my data?"."""


if __name__ == "__main__":
    main()
