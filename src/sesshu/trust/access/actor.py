"""Who is acting in this request or command (操作者). Pure: no Django, no database."""

from dataclasses import dataclass
from uuid import UUID

from sesshu.trust.access.matrix import Act, Proof, Role, Zone


@dataclass(frozen=True, slots=True)
class Actor:
    """操作者 — a code without a name, a role, the zone of the process, and how well they are proven.

    ``account_id`` is the row on the zone's shelf; ``venue_id`` the hall of a venue account; ``request_id`` ties
    log, audit and page together.
    """

    code: str  # OP-117, "public", "host", "bridge"
    role: Role
    zone: Zone
    proof: Proof = Proof.NONE
    account_id: int | None = None
    venue_id: int | None = None
    request_id: UUID | None = None
    display: str = ""  # what colleagues see: 担当 03

    def may(self, act: Act) -> bool:
        """True where role and zone of this actor stand in the act's row. The proof is asked separately."""
        return self.role in act.roles and self.zone in act.zones

    def proves(self, act: Act) -> bool:
        """True where this actor's proof is as strong as the act asks."""
        return self.proof >= act.proof


def public_actor(request_id: UUID | None = None) -> Actor:
    """A visitor of the public site: no account; what they may do is decided by draft and receipt code."""
    return Actor("public", Role.RESIDENT, Zone.PUBLIC, Proof.NONE, request_id=request_id)


def host_actor() -> Actor:
    """Somebody at the command line of the host: the operating system has let them in; what they do is audited."""
    return Actor("host", Role.HOST, Zone.HOST, Proof.FRESH)


def worker_actor() -> Actor:
    """The worker of this building (定時処理): its database login proves it."""
    return Actor("worker", Role.WORKER, Zone.WORKER, Proof.SIGNED_IN)
