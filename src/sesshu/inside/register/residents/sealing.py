"""Seals whereabouts in this process, before any database sees them (所在情報の封緘)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sesshu.base.crypto import KeyRing, change_mark, seal
from sesshu.inside.register.residents.rules import Letter, address_text, letter_about, whereabouts_text


@dataclass(frozen=True, slots=True)
class Sealed:
    """封緘済 — ciphertext for the sealed room, and keyed marks that compare it with the next file unopened."""

    ciphertext: bytes = field(repr=False)
    mark: bytes  # over all whereabouts
    address_mark: bytes  # over the address


class Sealer:
    """封緘 — closes letters to the sealed room. Holds its public key and the key of the marks; opens nothing."""

    def __init__(self, ring: KeyRing):
        self._ring, self._recipient = ring, ring.recipient("sealed")

    def whereabouts(self, reference_no: str, values: Mapping[str, object]) -> Sealed:
        """The nine fields of one resident. The marks hold the number too: who lives together is not seen in them."""
        text = whereabouts_text(values)
        return Sealed(
            self.letter(Letter.WHEREABOUTS, reference_no, text),
            change_mark(self._ring, f"{reference_no}\x1f{text}"),
            self.address_mark(reference_no, values),
        )

    def address_mark(self, reference_no: str, values: Mapping[str, object]) -> bytes:
        return change_mark(self._ring, f"{reference_no}\x1f{address_text(values)}")

    def letter(self, kind: Letter, reference_no: str, text: str) -> bytes:
        """Any other letter about a resident."""
        return seal(text, self._recipient, about=letter_about(kind, reference_no))
