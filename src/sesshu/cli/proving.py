"""Asks at the command line who somebody is (本人確認): password and second factor, typed or piped, never printed."""

import sys

import click

from sesshu.trust.access.actor import Actor
from sesshu.trust.access.matrix import Proof, Role, Zone


def ask_officer(name: str, code: str | None) -> Actor:
    """The officer ``name``, after their password and, without ``--code``, their confirmation code.

    Piped, the first line is the password and the second the confirmation code. Raises Refused S03.
    """
    from sesshu.trust.access import accounts

    password = _ask(f"Password of {name}", hidden=True)
    typed = code or _ask("Confirmation code", hidden=False)
    account = accounts.prove(name, password, typed)
    role = Role(account.role)
    return Actor(account.code, role, Zone.HOST, Proof.FRESH, account_id=account.id, display=account.display)


def _ask(question: str, *, hidden: bool) -> str:
    if sys.stdin.isatty():
        return click.prompt(question, hide_input=hidden, err=True)
    return sys.stdin.readline().rstrip("\r\n")
