"""The matrix of permission: unknown is an error, default is no."""

import pytest

from sesshu.trust.access import matrix
from sesshu.trust.access.actor import Actor, public_actor
from sesshu.trust.access.matrix import Proof, Role, Zone


def test_an_unknown_act_is_an_error():
    with pytest.raises(matrix.UnknownAct):
        matrix.get("booking.bok")


@pytest.mark.parametrize("act", matrix.acts(), ids=lambda a: a.name)
def test_every_row_is_whole(act):
    """行は埋まっている: roles, zones and both sentences; room and verb; functions only outside."""
    room, _, verb = act.name.partition(".")
    assert room and verb
    assert act.roles and act.zones and act.sentence and act.audit
    inside = {Zone.OFFICE, Zone.SEALED, Zone.HOST, Zone.WORKER}
    assert not (act.functions and act.zones & inside)


@pytest.mark.parametrize("act", matrix.acts(), ids=lambda a: a.name)
def test_a_role_of_an_act_can_be_in_one_of_its_zones(act):
    places = {z: matrix.roles_of(z) for z in act.zones}
    without_account = {Zone.PUBLIC: {Role.RESIDENT}, Zone.HOST: {Role.HOST} | matrix.roles_of(Zone.OFFICE)}
    without_account[Zone.WORKER] = {Role.WORKER, Role.BRIDGE}
    possible = set().union(*(r | without_account.get(z, set()) for z, r in places.items()))
    assert act.roles <= possible


def test_only_the_public_zone_and_signing_in_ask_no_proof():
    for act in matrix.acts():
        if act.proof is Proof.NONE:
            signing_in = act.name in ("account.enrol", "account.sign_in")
            assert signing_in or act.zones <= {Zone.PUBLIC, Zone.WORKER}


def test_a_second_person_always_means_a_fresh_proof():
    assert all(a.proof is Proof.FRESH for a in matrix.acts() if a.second_person)


def test_an_actor_may_only_in_role_and_zone():
    operator = Actor("OP-117", Role.OPERATOR, Zone.DESK, Proof.SIGNED_IN)
    assert operator.may(matrix.get("case.match")) and operator.proves(matrix.get("case.match"))
    assert not operator.may(matrix.get("visit.check_in"))
    assert not Actor("OP-117", Role.OPERATOR, Zone.VENUE, Proof.SIGNED_IN).may(matrix.get("case.match"))
    assert public_actor().may(matrix.get("booking.book"))
    assert not public_actor().may(matrix.get("case.book"))


def test_a_session_alone_does_not_prove_a_grave_act():
    officer = Actor("OF-03", Role.OFFICER, Zone.OFFICE, Proof.SIGNED_IN)
    assert officer.may(matrix.get("import.accept")) and not officer.proves(matrix.get("import.accept"))


def test_public_functions_are_those_of_its_acts():
    names = matrix.functions_of(Zone.PUBLIC)
    assert {"book_v1", "find_subject_v1", "cancel_v1"} <= names
    assert not names & {"match_caller_v1", "check_in_v1", "put_slip_v1"}
