"""Acts of people and messages: the one place where a transaction begins (行為の実行).

``@action("name")`` opens a durable transaction, asks the matrix, runs, writes the audit entry, commits.
``@step`` joins a running one and refuses to run outside. Both ask a context variable, so that tests see it too.
"""

import functools
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction

from sesshu.base.errors import Refused, refusal
from sesshu.trust.access import matrix
from sesshu.trust.access.actor import Actor
from sesshu.trust.audit.writing import write

P = ParamSpec("P")
T = TypeVar("T")

NOT_ALLOWED = refusal(
    "A01",
    "この操作をする権限がありません。責任者に確かめてください。",
    "role or zone is not in the act's row",
)
PROOF_NEEDED = refusal(
    "A02", "確認コードをもういちど入力してください。", "the act asks for a fresher second factor"
)
SAME_PERSON = refusal(
    "A03",
    "1人目と同じ方は承認できません。別の職員が承認してください。",
    "the second person must be another one",
)


class OutsideTransaction(RuntimeError):
    """A step was called without an action around it."""


@dataclass
class _Running:
    """What the running act tells the audit log at its end."""

    act: str
    actor: Actor
    told: list[dict] = field(default_factory=list)


_running: ContextVar[_Running | None] = ContextVar("sesshu_running", default=None)


def tell(
    *,
    resident: int | None = None,
    subject: UUID | None = None,
    case: str = "",
    fields: Iterable[str] = (),
    purpose: str = "",
    act: str | None = None,
) -> None:
    """Say whom and what the running act touched: one audit entry each. Without any, the act gets one bare entry.

    Resident or subject, never both: the log only grows, and who stands behind a pseudonym must be forgotten when
    somebody is protected (P-15).
    """
    if resident is not None and subject is not None:
        raise ValueError("an entry names a resident or a subject, not both")
    now = _running.get()
    if now is None:
        raise OutsideTransaction("tell() belongs inside an @action")
    now.told.append(
        {
            "act": act or now.act,
            "resident": resident,
            "subject": subject,
            "case": case,
            "fields": tuple(fields),
            "purpose": purpose,
        }
    )


def action(name: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """行為 — mark a function as an act of the matrix. It takes keyword arguments only, ``by: Actor`` first.

    Raises Refused A01 (not allowed), A02 (a fresher proof is needed), or what the function refuses; a refused act
    leaves nothing but an entry that says which code.
    """
    act = matrix.get(name)

    def mark(function: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            by = kwargs.get("by")
            if not isinstance(by, Actor):
                raise TypeError(f"{function.__name__} needs by=Actor")
            if _running.get() is not None:
                raise RuntimeError(f"{name} is an action and was called inside another; write a @step")
            now = _Running(name, by)
            token = _running.set(now)
            try:
                with transaction.atomic(durable=True):
                    if not by.may(act):
                        raise Refused(NOT_ALLOWED)
                    if not by.proves(act):
                        raise Refused(PROOF_NEEDED)
                    answer = function(*args, **kwargs)
                    for entry in now.told or [{"act": name}]:
                        write(entry.pop("act"), by.code, request=by.request_id, **entry)
                    return answer
            except Refused as no:
                with transaction.atomic():
                    write(name, by.code, result=no.refusal.code, request=by.request_id)
                raise
            finally:
                _running.reset(token)

        run.act = name  # type: ignore[attr-defined]
        return run

    return mark


def step(function: Callable[P, T]) -> Callable[P, T]:
    """手順 — mark a function that writes inside the transaction of an action. Raises OutsideTransaction elsewhere."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        if _running.get() is None:
            raise OutsideTransaction(f"{function.__name__} is a step: call it inside an @action")
        return function(*args, **kwargs)

    return run
