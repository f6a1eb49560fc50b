"""Lines that a correct import refuses (受け付けられない行): one for each rule that a file can break."""

from collections.abc import Callable

from sesshu.cli.town.people import Fault


def _put(column: int, value: str) -> Callable[[list[str]], list[str]]:
    return lambda cells: [*cells[:column], value, *cells[column + 1 :]]


FAULTS = (
    Fault("R01", "-", lambda cells: cells[:-1]),
    Fault("R03", "宛名番号", lambda cells: ["A" + cells[0], *cells[1:]]),
    Fault("R06", "氏名", _put(3, "")),
    Fault("R07", "生年月日", _put(7, "S40.13.05")),
    Fault("R08", "生年月日", _put(7, "2099/01/01")),
    Fault("R09", "性別", _put(8, "M")),
    Fault("R10", "郵便番号", _put(9, "15300")),
    Fault("R11", "番地", _put(11, "")),
    Fault("R14", "異動事由", _put(15, "引っ越し")),
    Fault("R15", "異動日", _put(16, "R03.02.30")),
    Fault("R16", "異動日", _put(16, "R81.01.01")),
    Fault("R17", "住民状態", _put(17, "在住")),
    Fault("R19", "支援措置区分", _put(19, "")),
)
LATER_FAULTS = (
    Fault("R15", "異動日", _put(16, "R05.02.29")),
    Fault("R10", "郵便番号", _put(9, "153-00")),
    Fault("R01", "-", lambda cells: [*cells, ""]),
    Fault("R06", "氏名", _put(3, "　")),
)
