"""Writing audit entries (監査記録の書込み): names of fields, never a value."""

from collections.abc import Iterable
from uuid import UUID

from sesshu.db import calls


def write(
    act: str,
    actor: str,
    *,
    result: str = "done",
    case: str = "",
    subject: UUID | None = None,
    resident: int | None = None,
    fields: Iterable[str] = (),
    request: UUID | None = None,
    purpose: str = "",
) -> int:
    """One entry in the running transaction. Gives its id.

    ``fields`` are names of what was seen or changed; ``case`` is a reference such as ``slip 12`` or ``import 3``.
    """
    return calls.scalar(
        "audit.put_v1",
        p_act=act,
        p_actor=actor,
        p_result=result,
        p_case=case,
        p_subject=subject,
        p_resident=resident,
        p_fields=list(fields),
        p_request=request,
        p_purpose=purpose,
    )
