"""The one source of permission (権限表): every act, who may do it, in which zone, with which proof.

Default is no: an act without a row does not exist (``get`` raises), a page without an act does not start.
Rows of outside zones name the SQL functions of schema ``api`` that do the act; a test compares them with the
effective grants of the zone's database login. Imports nothing of Django.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(StrEnum):
    """役割 — what somebody is here. One role per account, one account per person and zone."""

    RESIDENT = "resident"  # 住民: no account
    OPERATOR = "operator"  # コールセンターの受付員
    SUPERVISOR = "supervisor"  # コールセンターの責任者
    RECEPTION = "reception"  # 会場の受付
    DOCTOR = "doctor"  # 予診医
    RECORDER = "recorder"  # 会場の記録
    OFFICER = "officer"  # 予防接種担当の職員
    CHIEF = "chief"  # 係長
    AUDITOR = "auditor"  # 監査担当
    SECTION = "section"  # 支援措置の所管課
    FIRM = "firm"  # 受託者
    HOST = "host"  # サーバーの管理者: the command line
    BRIDGE = "bridge"  # 連携: a message from the other building
    WORKER = "worker"  # 定時処理


class Zone(StrEnum):
    """区画 — one face of the system. ``HOST`` is the command line, ``WORKER`` the processes without a page."""

    PUBLIC = "public"
    DESK = "desk"
    VENUE = "venue"
    PARTNER = "partner"
    OFFICE = "office"
    SEALED = "sealed"
    HOST = "host"
    WORKER = "worker"


class Proof(IntEnum):
    """証明の強さ — what the actor must have shown. Draft, receipt and case are asked by the SQL function itself."""

    NONE = 0  # nobody knows who it is; the function asks for ticket, receipt or case
    SIGNED_IN = 1  # password and second factor in this session
    FRESH = 2  # a second factor within the last five minutes


@dataclass(frozen=True, slots=True)
class Act:
    """一つの行為 — a row of the matrix.

    ``sentence`` says in Japanese what it is; ``audit`` is what the resident's disclosure list prints about it.
    ``second_person``: somebody else must approve within ten minutes. ``functions``: api functions (outside).
    """

    name: str
    sentence: str
    roles: frozenset[Role]
    zones: frozenset[Zone]
    proof: Proof = Proof.SIGNED_IN
    second_person: bool = False
    functions: tuple[str, ...] = ()
    audit: str = ""


class UnknownAct(LookupError):
    """No row of the matrix has this name."""


_rows: dict[str, Act] = {}


def _act(
    name: str,
    sentence: str,
    roles: Iterable[Role],
    zones: Iterable[Zone],
    audit: str = "",
    *,
    proof: Proof = Proof.SIGNED_IN,
    second_person: bool = False,
    functions: tuple[str, ...] = (),
) -> None:
    if name in _rows:
        raise ValueError(f"the matrix has two rows {name}")
    _rows[name] = Act(
        name, sentence, frozenset(roles), frozenset(zones), proof, second_person, functions, audit or sentence
    )


def get(name: str) -> Act:
    """The row of an act. Raises UnknownAct: a misspelt permission is an error, never a quiet no."""
    try:
        return _rows[name]
    except KeyError:
        raise UnknownAct(name) from None


def acts() -> tuple[Act, ...]:
    """All rows, in the order of this file."""
    return tuple(_rows.values())


def acts_of(zone: Zone) -> tuple[Act, ...]:
    """The rows of one zone."""
    return tuple(a for a in _rows.values() if zone in a.zones)


def functions_of(zone: Zone) -> frozenset[str]:
    """Names of all api functions that a zone's login must be able to execute, and no others."""
    return frozenset(f for a in acts_of(zone) for f in a.functions)


def roles_of(zone: Zone) -> frozenset[Role]:
    """Roles that an account of this zone may have."""
    return _STAFF.get(zone, frozenset())


R, Z, P = Role, Zone, Proof
_STAFF = {
    Z.DESK: frozenset({R.OPERATOR, R.SUPERVISOR}),
    Z.VENUE: frozenset({R.RECEPTION, R.DOCTOR, R.RECORDER}),
    Z.PARTNER: frozenset({R.FIRM}),
    Z.OFFICE: frozenset({R.OFFICER, R.CHIEF, R.AUDITOR}),
    Z.SEALED: frozenset({R.SECTION}),
}
_EVERY_STAFF = frozenset().union(*_STAFF.values())
_DESK, _HALL, _DUTY = _STAFF[Z.DESK], _STAFF[Z.VENUE], (R.OFFICER, R.CHIEF)
_STAFF_ZONES = tuple(_STAFF)

# --- Signing in (サインイン): the same in every staff zone ----------------------------------------------------
_act(
    "account.enrol", "使い始めの手続(暗証と確認コードの登録)をする", _EVERY_STAFF, _STAFF_ZONES, proof=P.NONE
)
_act("account.sign_in", "サインインする", _EVERY_STAFF, _STAFF_ZONES, proof=P.NONE)
_act("account.prove", "確認コードをもういちど示す", _EVERY_STAFF, _STAFF_ZONES)
_act("account.sign_out", "サインアウトする", _EVERY_STAFF, _STAFF_ZONES)
_act("home.show", "区画の最初のページを開く", _EVERY_STAFF, _STAFF_ZONES)

# --- Public (予約サイト) --------------------------------------------------------------------------------------
_LOOK = (
    "list_doses_v1",
    "next_opening_v1",
    "list_venues_v1",
    "list_days_v1",
    "list_times_v1",
    "show_slot_v1",
)
_act(
    "booking.find",
    "券番号と生年月日で手続を始める",
    {R.RESIDENT},
    {Z.PUBLIC},
    "予約サイトで、券番号と生年月日の一致を確かめました",
    proof=P.NONE,
    functions=("find_subject_v1",),
)
_act(
    "booking.look",
    "空いている会場と日時を見る",
    {R.RESIDENT},
    {Z.PUBLIC},
    proof=P.NONE,
    functions=_LOOK,
)
_act(
    "booking.book",
    "予約する",
    {R.RESIDENT},
    {Z.PUBLIC},
    "予約サイトで予約しました",
    proof=P.NONE,
    functions=("book_v1",),
)
_act(
    "booking.show",
    "予約番号で予約を見る",
    {R.RESIDENT},
    {Z.PUBLIC},
    "予約サイトで、予約番号により予約の日時と会場を表示しました",
    proof=P.NONE,
    functions=("find_booking_v1", "show_bookings_v1"),
)
_act(
    "booking.move",
    "予約を変更する",
    {R.RESIDENT},
    {Z.PUBLIC},
    "予約サイトで予約を変更しました",
    proof=P.NONE,
    functions=("move_v1",),
)
_act(
    "booking.cancel",
    "予約を取り消す",
    {R.RESIDENT},
    {Z.PUBLIC},
    "予約サイトで予約を取り消しました",
    proof=P.NONE,
    functions=("cancel_v1",),
)
_act(
    "booking.undo_cancel",
    "取消を元に戻す",
    {R.RESIDENT},
    {Z.PUBLIC},
    "予約サイトで取消を元に戻しました",
    proof=P.NONE,
    functions=("undo_cancel_v1",),
)

# --- Desk (コールセンター) ------------------------------------------------------------------------------------
_act("case.open", "応対を始める", _DESK, {Z.DESK}, functions=("open_case_v1",))
_act("case.list", "自分の応対の一覧を見る", _DESK, {Z.DESK}, functions=("list_my_cases_v1",))
_act("case.show", "応対の画面を開く", _DESK, {Z.DESK}, functions=("show_case_v1",))
_act(
    "case.match",
    "申出者の述べた言葉を照合する",
    _DESK,
    {Z.DESK},
    "コールセンターが、申出者の述べた券番号または住所と生年月日を照合しました(一致したことだけが見えます)",
    functions=("match_caller_v1",),
)
_act("case.look", "申出者のために空きを見る", _DESK, {Z.DESK}, functions=_LOOK)
_act(
    "case.book",
    "申出者のために予約する",
    _DESK,
    {Z.DESK},
    "コールセンターが、申出者のために予約しました",
    functions=("book_v1",),
)
_act(
    "case.prove",
    "申出者の述べた予約番号を確かめる",
    _DESK,
    {Z.DESK},
    "コールセンターが、申出者の述べた予約番号を確かめました",
    functions=("prove_booking_v1", "show_bookings_v1"),
)
_act(
    "case.move",
    "申出者のために予約を変更する",
    _DESK,
    {Z.DESK},
    "コールセンターが、申出者のために予約を変更しました",
    functions=("move_v1",),
)
_act(
    "case.cancel",
    "申出者のために予約を取り消す",
    _DESK,
    {Z.DESK},
    "コールセンターが、申出者のために予約を取り消しました",
    functions=("cancel_v1", "undo_cancel_v1"),
)
_act(
    "slip.put",
    "所管へ引き継ぐ",
    _DESK,
    {Z.DESK},
    "コールセンターが、申出を区の担当へ引き継ぎました(内容は暗号化され、コールセンターには残りません)",
    functions=("put_slip_v1",),
)
_act("case.close", "応対を終える", _DESK, {Z.DESK}, functions=("close_case_v1",))

# --- Venue (会場) ---------------------------------------------------------------------------------------------
_act(
    "visit.list",
    "本日の来場の一覧を見る(番号のみ)",
    _HALL,
    {Z.VENUE},
    functions=("list_day_v1", "count_day_v1", "show_venue_v1"),
)
_act("visit.show", "整理番号から来場を開く", _HALL, {Z.VENUE}, functions=("find_visit_v1",))
_act(
    "visit.check_in",
    "受付する",
    {R.RECEPTION},
    {Z.VENUE},
    "会場の受付が、接種券と生年月日の一致を確かめました",
    functions=("check_in_v1",),
)
_act(
    "visit.walk_in",
    "予約のない来場者を受け付ける",
    {R.RECEPTION},
    {Z.VENUE},
    "会場の受付が、予約のない来場を受け付けました",
    functions=("find_subject_v1", *_LOOK, "book_v1", "check_in_v1"),
)
_act(
    "visit.cancel_check_in",
    "受付を取り消す",
    {R.RECEPTION},
    {Z.VENUE},
    "会場の受付が、受付を取り消しました",
    functions=("cancel_check_in_v1",),
)
_act(
    "visit.precheck",
    "予診の結果を記録する",
    {R.DOCTOR},
    {Z.VENUE},
    "会場の予診医が、予診の結果を記録しました",
    functions=("precheck_v1",),
)
_act(
    "visit.record_dose",
    "接種を記録する",
    {R.RECORDER, R.DOCTOR},
    {Z.VENUE},
    "会場で接種を記録しました",
    functions=("record_dose_v1",),
)
_act("stock.list", "会場のロットを見る", _HALL, {Z.VENUE}, functions=("list_lots_v1",))

# --- Office (予防接種担当) ------------------------------------------------------------------------------------
_OFFICE = {Z.OFFICE}
_BOTH = {Z.OFFICE, Z.HOST}
_act("import.list", "住民記録の取込の一覧を見る", _DUTY, _BOTH)
_act("import.show", "住民記録の取込を見る(件数と行だけ)", _DUTY, _BOTH)
_act("import.stage", "住民記録の抽出ファイルを読み取る", (*_DUTY, R.HOST), _BOTH)
_act(
    "import.accept",
    "住民記録の取込を承認する",
    _DUTY,
    _BOTH,
    "住民記録の異動を受け取りました（2人が承認。人数だけを見ました）",
    proof=P.FRESH,
    second_person=True,
)
_act("import.withdraw", "住民記録の取込を取り下げる", _DUTY, _BOTH, proof=P.FRESH)
_act("resident.find", "住民を探す", _DUTY, _OFFICE, "担当職員が、住民記録を検索しました")
_act("resident.show", "住民の記録を開く", _DUTY, _OFFICE, "担当職員が、あなたの記録を開きました")
_act(
    "resident.protect",
    "支援措置対象者とする",
    _DUTY,
    _BOTH,
    "所在情報を、所管課だけが開ける保管に移しました",
    proof=P.FRESH,
)
_act(
    "resident.release",
    "支援措置の終了を反映する",
    {R.CHIEF},
    _OFFICE,
    "支援措置の終了を反映しました(2人が承認)",
    proof=P.FRESH,
    second_person=True,
)
_act("programme.show", "接種事業を見る", _DUTY, _BOTH)
_act("programme.load", "接種事業の版の案を作る", (*_DUTY, R.HOST), _BOTH)
_act("programme.try_out", "版が何を変えるかを試算する", (*_DUTY, R.HOST), _BOTH)
_act(
    "programme.approve",
    "接種事業の版を承認する",
    _DUTY,
    _BOTH,
    proof=P.FRESH,
    second_person=True,
)
_act("programme.withdraw", "接種事業の版を取り下げる", (*_DUTY, R.HOST), _BOTH, proof=P.FRESH)
_act(
    "programme.take_effect",
    "承認された版を、その日から使い始める",
    {R.WORKER},
    {Z.WORKER},
    "接種事業の新しい版により、予約資格(いつ、何回目を予約できるか)を計算しました",
)
_act(
    "entitlement.recompute",
    "予約資格を計算しなおす",
    (*_DUTY, R.HOST, R.WORKER),
    {*_BOTH, Z.WORKER},
    "予約資格(いつ、何回目を予約できるか)を計算しました",
)
_act(
    "subject.send",
    "庁外に要る情報(仮の番号と予約資格)を送る",
    (*_DUTY, R.HOST, R.WORKER),
    {*_BOTH, Z.WORKER},
    "予約に要る情報を庁外へ送りました（仮の番号と予約資格だけで、お名前・ご住所は渡していません）",
)
_act("plan.show", "会場と枠の計画を見る", _DUTY, _OFFICE)
_act("plan.put", "会場と枠の計画を変える", (*_DUTY, R.HOST), _BOTH, proof=P.FRESH, second_person=True)
_act("plan.change", "会場・開設・枠数の変更の案を作る", _DUTY, _BOTH)
_act(
    "plan.approve_change",
    "枠数の変更を承認する",
    _DUTY,
    _BOTH,
    proof=P.FRESH,
    second_person=True,
)
_act("plan.open", "会場と開設日を開く", _DUTY, _BOTH, proof=P.FRESH, second_person=True)
_act("plan.reach", "承認された枠数に近づける", {R.WORKER}, {Z.WORKER})
_act(
    "call_list.show",
    "振替の連絡一覧を見る",
    _DUTY,
    _OFFICE,
    "担当職員が、予約の変更をお願いするため、お名前・電話番号・予約を見ました",
)
_act(
    "call_list.close",
    "振替の連絡の結果を残す",
    _DUTY,
    _OFFICE,
    "担当職員が、予約の変更のご連絡の結果を残しました",
)
_act("supply.show", "ロットと納入を見る", _DUTY, _OFFICE)
_act("supply.put", "ロットと納入を登録する", (*_DUTY, R.HOST), _BOTH)
_act("ticket.show", "接種券の状態を見る", _DUTY, _OFFICE)
_act(
    "ticket.issue",
    "接種券を発行する",
    (*_DUTY, R.HOST, R.WORKER),
    {*_BOTH, Z.WORKER},
    "接種券の番号を割り当てました",
)
_act(
    "ticket.reissue",
    "接種券を再発行する",
    (*_DUTY, R.HOST),
    _BOTH,
    "接種券を再発行し、前の番号を無効にしました",
)
_act(
    "ticket.void",
    "接種券を無効にする",
    (*_DUTY, R.HOST, R.WORKER),
    {*_BOTH, Z.WORKER},
    "接種券を無効にしました",
)
_act("sheet.make", "接種券のシートを作る", _DUTY, _BOTH, "接種券のシートを印刷用に作りました")
_act("mailing.list", "発送の一覧を見る", (*_DUTY, R.AUDITOR), _OFFICE)
_act("mailing.show", "発送を見る(通数と管理コード)", (*_DUTY, R.AUDITOR), _OFFICE)
_act(
    "mailing.find",
    "管理コードから封書を探す",
    _DUTY,
    _OFFICE,
    "担当職員が、あなたへの封書を管理コードで探しました",
)
_act("mailing.printer", "印刷の受託者と監視先の住所を登録する", (*_DUTY, R.HOST), _BOTH, proof=P.FRESH)
_act("mailing.draft", "発送の条件を決め、人数を確かめる", (*_DUTY, R.HOST), _BOTH)
_act("mailing.build", "発送する封書の一覧を作る", (*_DUTY, R.HOST), _BOTH)
_act("mailing.seal", "発送の一覧を確定する", (*_DUTY, R.HOST), _BOTH, proof=P.FRESH)
_act(
    "mailing.sheets",
    "発送のシートを印刷用に作る",
    (*_DUTY, R.HOST, R.WORKER),
    {*_BOTH, Z.WORKER},
)
_act(
    "mailing.release",
    "印刷ファイルを受託者へ引き渡す",
    _DUTY,
    _BOTH,
    "接種券のシートを、印刷・封入の受託者へ引き渡しました(2人が承認)",
    proof=P.FRESH,
    second_person=True,
)
_act("mailing.scan", "封入の読取を照合する", (*_DUTY, R.HOST), _BOTH)
_act("mailing.resolve", "照合の差・刷損じを処理する", (*_DUTY, R.HOST), _BOTH)
_act(
    "mailing.pull", "引抜一覧の封書を抜く", (*_DUTY, R.HOST), _BOTH, "あなたへの封書を、発送の前に抜きました"
)
_act(
    "mailing.post",
    "発送を郵便に差し出した記録をつける",
    (*_DUTY, R.HOST),
    _BOTH,
    "接種券を郵便で発送しました",
    proof=P.FRESH,
)
_act(
    "mailing.return",
    "戻ってきた封書を登録する",
    (*_DUTY, R.HOST),
    _BOTH,
    "発送した接種券が、届かずに区へ戻りました",
)
_act("mailing.close", "発送を完了する", (*_DUTY, R.HOST), _BOTH, proof=P.FRESH)
_act("mailing.withdraw", "発送を取り下げる", (*_DUTY, R.HOST), _BOTH, proof=P.FRESH)
_act("record.show", "接種記録を見る", _DUTY, _OFFICE, "担当職員が、あなたの接種記録を見ました")
_act(
    "record.correct",
    "接種記録を訂正する",
    _DUTY,
    _OFFICE,
    "接種記録を訂正しました(2人が承認)",
    proof=P.FRESH,
    second_person=True,
)
_act("certificate.make", "接種済証を作る", _DUTY, _OFFICE, "接種済証を作りました")
_act("slip.list", "引継票の一覧を見る", _DUTY, _OFFICE)
_act("slip.take", "引継票を開く", _DUTY, _OFFICE, "担当職員が、コールセンターからの引継票を開きました")
_act("slip.close", "引継票を終える", _DUTY, _OFFICE, "担当職員が、引継票の対応を終えました")
_act(
    "slip.hand_on",
    "引継票を支援措置の所管課へ渡す",
    _DUTY,
    _OFFICE,
    "申出を、支援措置の所管課へ引き継ぎました",
)
_act(
    "disclosure.make",
    "本人への開示の一覧を作る",
    (*_DUTY, R.AUDITOR),
    _BOTH,
    "あなたの求めにより、この一覧を作りました",
)
_act("member.list", "庁外の従事者の一覧を見る", _DUTY, _OFFICE)
_act("member.put", "庁外の従事者を登録・停止する", (*_DUTY, R.HOST), _BOTH, proof=P.FRESH)
_act("account.list", "庁内の利用者の一覧を見る", {R.CHIEF, R.AUDITOR}, _OFFICE)
_act("account.add", "庁内の利用者を登録・停止する", {R.CHIEF, R.HOST}, {*_BOTH, Z.SEALED}, proof=P.FRESH)
_act("bridge.show", "連携の状態を見る", (*_DUTY, R.AUDITOR), _OFFICE)
_act("alarm.show", "警報を見る", (*_DUTY, R.AUDITOR), _OFFICE)
_act("alarm.clear", "警報に対応済みの印をつける", _DUTY, _OFFICE)
_act("trail.show", "監査記録を見る", {R.AUDITOR, R.CHIEF}, _OFFICE)
_act("trail.verify", "監査記録の改ざんを検査する", {R.AUDITOR, R.HOST}, _BOTH)
_act("trail.export", "監査記録を持ち出す", {R.AUDITOR, R.HOST}, _BOTH)
_act("trail.resume", "復元で失われた検証点を認めて再開する", {R.HOST}, {Z.HOST})

# --- Sealed (支援措置の所管課) --------------------------------------------------------------------------------
_SEALED = {Z.SEALED}
_act("sealed.list", "封じた記録の番号と開封の申出を見る", {R.SECTION}, _SEALED)
_act(
    "sealed.open",
    "封じた記録の開封を申し出る",
    {R.SECTION},
    _SEALED,
    "所管課が、封じた所在情報を開きました(2人が承認)",
    proof=P.FRESH,
    second_person=True,
)
_act("sealed.second", "開封を2人目として承認する", {R.SECTION}, _SEALED, proof=P.FRESH)
_act("sealed.show", "開封した記録を一度だけ見る", {R.SECTION}, _SEALED, proof=P.FRESH)

# --- Messages and times (連携と定時処理): no page --------------------------------------------------------------
_act("bridge.apply", "相手側の電文を反映する", {R.BRIDGE}, {Z.WORKER}, proof=P.NONE)
_act("worker.run", "定時処理をする", {R.WORKER}, {Z.WORKER}, proof=P.NONE)
