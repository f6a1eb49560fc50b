"""What the inside tells of subjects (対象者の電文): keyed hashes, what each may book and from when, dead numbers. Pure."""

from sesshu.bridge.language import (
    CODE,
    DATE,
    HASH,
    IN_OUT,
    MOMENT,
    SMALL,
    UUID_,
    YES_NO,
    Field,
    Many,
    Message,
    Record,
)

PRODUCTS = Many(CODE, 20)

PROGRAMME = Field(
    "programme", CODE, "どの接種事業の予約かを分けるため。", "Bookings are kept apart by programme."
)

_ENTITLEMENT_FIELDS = (
    Field("dose", SMALL, "何回目の予約を受けてよいかを知るため。", "Says which dose may be booked."),
    Field("from_on", DATE, "この日より前の枠を断るため。", "Slots before this day are refused."),
    Field("until_on", DATE, "この日より後の枠を断るため。", "Slots after this day are refused."),
    Field(
        "products",
        PRODUCTS,
        "使えるワクチンの枠だけを示すため。",
        "Only slots of these products are offered.",
    ),
    Field(
        "after_previous",
        YES_NO,
        "前回の記録と間隔表で日を決める回かどうかを知るため。",
        "Says that the days come from the interval table and the previous dose.",
    ),
)

_OPENS_AT = Field(
    "opens_at",
    MOMENT,
    "受付の開始を、連携が止まっていてもその時刻に始めるため。",
    "Booking opens by itself at this moment, also while the bridge is down; absent: it is open.",
    optional=True,
)

_HASHES = (
    Field(
        "act",
        HASH,
        "券番号と生年月日を言える人だけに予約させるため。",
        "Only somebody who brings ticket number and birth date may act.",
    ),
    Field(
        "try",
        HASH,
        "番号ごとに試行の回数を数えて止めるため。",
        "Tries are counted and locked per number without storing the number.",
    ),
    Field(
        "ask_full",
        HASH,
        "住所(部屋まで)と生年月日で申出者を照合するため。",
        "A caller is matched by the address to the room and the birth date.",
        optional=True,
    ),
    Field(
        "ask_lot",
        HASH,
        "番地までの住所で照合するため。一人に決まるときだけ渡す。",
        "Matches the address to the lot; sent only where it means one person.",
        optional=True,
    ),
    Field(
        "ask_former",
        HASH,
        "転居から30日は前の住所でも照合するため。",
        "Matches the former address for 30 days after a move.",
        optional=True,
    ),
    Field(
        "form_version",
        SMALL,
        "住所の正規化の版をそろえるため。",
        "Both sides must normalise addresses by the same version.",
    ),
)


def _entitlement_rows(version: int, fields: tuple[Field, ...]) -> Message:
    return Message(
        "entitlement.rows",
        version,
        (IN_OUT,),
        "予約資格の一括登録",
        "Replaces the entitlements of these subjects; all rows of one subject come in one message.",
        (),
        (
            Field("subject_id", UUID_, "誰の資格かを知るため。", "The subject it belongs to."),
            *fields,
        ),
        together=True,
    )


def _subject_put(version: int, fields: tuple[Field, ...]) -> Message:
    return Message(
        "subject.put",
        version,
        (IN_OUT,),
        "対象者の登録・変更",
        "Adds or replaces one subject with all its entitlements.",
        (
            Field(
                "id", UUID_, "氏名の代わりに対象者を指すため(乱数)。", "A random id stands for the person."
            ),
            PROGRAMME,
            *_HASHES,
            Field(
                "entitlements",
                Many(Record("entitlement", fields), 50),
                "予約できる回と期間を知るため。前の資格はすべて置き換える。",
                "What may be booked; replaces all former entitlements.",
            ),
        ),
    )


MESSAGES = (
    Message(
        "subject.rows",
        1,
        (IN_OUT,),
        "対象者の一括登録",
        "Adds or replaces subjects; their entitlements come as `entitlement.rows`.",
        (),
        (
            Field(
                "id", UUID_, "氏名の代わりに対象者を指すため(乱数)。", "A random id stands for the person."
            ),
            PROGRAMME,
            *_HASHES,
        ),
    ),
    _entitlement_rows(1, _ENTITLEMENT_FIELDS),
    _entitlement_rows(2, (*_ENTITLEMENT_FIELDS, _OPENS_AT)),
    _subject_put(1, _ENTITLEMENT_FIELDS),
    _subject_put(2, (*_ENTITLEMENT_FIELDS, _OPENS_AT)),
    Message(
        "subject.withdraw",
        1,
        (IN_OUT,),
        "対象者の取下げ",
        "Removes a subject: bookings end, open screens go blank, places come back at a random moment. No reason crosses.",
        (Field("id", UUID_, "取り下げる対象者を指すため。", "The subject to remove."),),
    ),
    Message(
        "number.dead",
        1,
        (IN_OUT,),
        "使えない番号",
        "Marks numbers whose use raises a silent alarm. All reasons cross alike, so none can be told from another.",
        (
            Field(
                "tries", Many(HASH, 5000), "使われたら庁内へ知らせるため。", "Their use is reported inside."
            ),
        ),
    ),
)
