"""Mail that came back (返戻): scanned in with the carrier's reason; what is done next is proposed and ticked off."""

from dataclasses import dataclass

from sesshu.base import clock
from sesshu.base.errors import Refused, refusal
from sesshu.db import calls
from sesshu.inside.mailing.batches import queries as batches
from sesshu.inside.mailing.batches import rules as life
from sesshu.inside.mailing.batches.rules import Code, PieceState
from sesshu.inside.mailing.models import Piece, Return
from sesshu.inside.mailing.returns.rules import Next, Reason, Standing, next_step
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor

NO_RETURN = refusal(
    "ML21",
    "この返戻はありません。すでに処理済みかもしれません。画面を開きなおしてください。",
    "no unfinished return has this number",
)


@dataclass(frozen=True, slots=True)
class Returned:
    """返戻の登録の結果 — its code and the next step."""

    id: int
    code: str
    next: Next


@action("mailing.return")
def take_back(*, by: Actor, code: str, reason: Reason) -> Returned:
    """返戻を登録する — also after the batch is closed. Refuses ML15, ML18."""
    piece = batches.get_piece(code)
    if piece.state != PieceState.POSTED:
        raise Refused(life.NOT_POSTED)
    standing = calls.one("mailing.show_standing_v1", Standing, p_piece=piece.pk)
    step = next_step(reason, standing)
    Piece.objects.filter(pk=piece.pk).update(state=PieceState.RETURNED)
    made = Return.objects.create(piece=piece, reason=str(reason), next=str(step), at=clock.now(), by=by.code)
    shown = Code(piece.batch_id, piece.serial)
    tell(case=f"piece {shown}", resident=piece.resident_id, purpose=str(reason))
    return Returned(made.pk, str(shown), step)


@action("mailing.return")
def finish(*, by: Actor, return_id: int) -> None:
    """返戻の手続を終える — the next step is done. Refuses ML21."""
    if not Return.objects.filter(pk=return_id, done_at=None).update(done_at=clock.now(), done_by=by.code):
        raise Refused(NO_RETURN)
    tell(case=f"return {return_id}")
