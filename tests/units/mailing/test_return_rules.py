"""Returned mail: what is known now decides, then what the carrier wrote."""

import pytest

from sesshu.inside.mailing.returns.rules import NEXT_WORDS, REASON_WORDS, Next, Reason, Standing, next_step

HERE = Standing(known=True)


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize(
    "now, then",
    [
        (Standing(known=False), Next.HAND_ON),  # leads to nobody: the section knows, unopened
        (Standing(known=False, seed=True), Next.SEED),
        (Standing(known=True, gone=True), Next.DESTROY),
        (Standing(known=True, ticket_void=True), Next.DESTROY),
        (Standing(known=True, changed=True), Next.NEW_ADDRESS),
    ],
)
def test_what_is_known_goes_first(reason, now, then):
    assert next_step(reason, now) is then


@pytest.mark.parametrize(
    "reason, then",
    [
        (Reason.UNKNOWN, Next.ASK_REGISTER), (Reason.MOVED, Next.ASK_REGISTER), (Reason.KEPT, Next.SEND_AGAIN),
        (Reason.REFUSED, Next.KEEP), (Reason.INCOMPLETE, Next.COMPLETE), (Reason.OTHER, Next.KEEP),
    ],
)  # fmt: skip
def test_then_the_reason(reason, then):
    assert next_step(reason, HERE) is then


def test_every_word_is_there():
    assert set(REASON_WORDS) == set(Reason) and set(NEXT_WORDS) == set(Next)
