"""Values of persons that refuse to be printed (個人情報)."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Personal(Generic[T]):
    """個人情報 — a value that may be used but not printed. ``open()`` gives it; every print says hidden."""

    __slots__ = ("_value",)

    def __init__(self, value: T):
        self._value = value

    def open(self) -> T:
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} hidden>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self):
        raise TypeError("A personal value is not pickled.")
