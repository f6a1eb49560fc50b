"""What the inside tells the outside (庁内から庁外への電文): plans, subjects without names, dead numbers, members.

Pure. No name, address, birth date or ticket number of a resident has a field here; keyed hashes stand for them.
"""

from sesshu.bridge import of_subjects
from sesshu.bridge.language import (
    CODE,
    COUNT,
    DATE,
    ID,
    IN_OUT,
    MOMENT,
    SCRYPTED,
    SMALL,
    TEXT,
    TIME,
    YES_NO,
    Field,
    Many,
    Message,
    Record,
)
from sesshu.bridge.of_subjects import PRODUCTS, PROGRAMME

_SLOT = Record(
    "slot",
    (
        Field("id", ID, "庁内の番号のまま扱うため。", "The inside's number is the slot's identity."),
        Field(
            "session_id",
            ID,
            "会場・日・ワクチンを開設時間帯から知るため。",
            "Venue, day and product come from its session.",
        ),
        Field("at", TIME, "来場の時刻を示すため。", "The time shown to the resident."),
        Field("cap_web", SMALL, "ウェブの予約の上限を守るため。", "Upper limit of places for the web."),
        Field("cap_phone", SMALL, "電話の予約の上限を守るため。", "Upper limit for the call centre."),
        Field("cap_section", SMALL, "所管課が先に取る枠の上限を守るため。", "Upper limit for the section."),
    ),
)

MESSAGES = (
    Message(
        "programme.put",
        1,
        (IN_OUT,),
        "接種事業の登録・変更",
        "Opens, changes or closes a programme.",
        (
            Field("code", CODE, "接種事業を指すため。", "Names the programme in all other messages."),
            Field("title", TEXT, "画面と案内に事業名を示すため。", "Shown on pages."),
            Field("doses", SMALL, "全部で何回接種するかを知るため。", "How many doses the programme has."),
            Field("season_from", DATE, "予約を受ける期間の始まり。", "First day that can be booked."),
            Field("season_until", DATE, "予約を受ける期間の終わり。", "Last day that can be booked."),
            Field(
                "phone",
                TEXT,
                "困ったときの電話番号を画面に出すため。",
                "The telephone number shown for help.",
            ),
            Field("state", CODE, "受付の開始と終了に従うため。", "Bookings are taken only while it is open."),
        ),
    ),
    Message(
        "interval.rows",
        1,
        (IN_OUT,),
        "間隔表",
        "Adds or changes rows of the interval table.",
        (
            PROGRAMME,
            Field(
                "first",
                YES_NO,
                "古い表の行を残さないため。",
                "Says that the programme's earlier rows are removed first.",
            ),
        ),
        (
            PROGRAMME,
            Field("dose", SMALL, "どの回の間隔かを知るため。", "The dose that the row decides."),
            Field(
                "previous_product",
                CODE,
                "前回のワクチンごとに間隔が違うため。",
                "Intervals differ by the previous product.",
            ),
            Field(
                "previous_on",
                DATE,
                "前回の接種日から次の日を引くため。",
                "Looked up by the day of the previous dose.",
            ),
            Field(
                "from_on",
                DATE,
                "次回を予約できる最初の日。",
                "First day on which the next dose may be booked.",
            ),
            Field(
                "until_on",
                DATE,
                "次回を予約できる最後の日。",
                "Last day on which the next dose may be booked.",
            ),
            Field(
                "products",
                PRODUCTS,
                "次回に使えるワクチンを限るため。",
                "Products allowed for the next dose.",
            ),
        ),
    ),
    Message(
        "venue.put",
        1,
        (IN_OUT,),
        "会場の登録・変更",
        "Adds or changes a venue.",
        (
            Field("id", ID, "庁内の番号のまま扱うため。", "The inside's number is the venue's identity."),
            Field("name", TEXT, "来場先を示すため。", "Shown to the resident."),
            Field("kana", TEXT, "五十音順に並べ、読み上げるため。", "Sorted by, and read aloud."),
            Field(
                "address",
                TEXT,
                "来場先への道順を示すため(会場の住所で、住民の住所ではない)。",
                "The venue's own address, shown to the resident.",
            ),
            Field("access", TEXT, "交通の案内を示すため。", "How to get there."),
            Field(
                "step_free",
                YES_NO,
                "段差のない会場を選べるようにするため。",
                "Lets people choose a hall without steps.",
            ),
            Field("state", CODE, "閉じた会場を出さないため。", "A closed venue is not offered."),
        ),
    ),
    Message(
        "session.put",
        1,
        (IN_OUT,),
        "開設時間帯の登録・変更",
        "Adds or changes a session of a venue.",
        (
            Field("id", ID, "庁内の番号のまま扱うため。", "The inside's number is the session's identity."),
            Field("venue_id", ID, "どの会場の時間帯かを知るため。", "The venue it belongs to."),
            PROGRAMME,
            Field(
                "product", CODE, "その時間帯に使うワクチンを示すため。", "The product given in this session."
            ),
            Field("on_date", DATE, "開設日を示すため。", "The day."),
            Field("opens_at", TIME, "受付の始まりを示すため。", "When it opens."),
            Field("closes_at", TIME, "受付の終わりを示すため。", "When it closes."),
            Field("state", CODE, "中止した時間帯を出さないため。", "A closed session is not offered."),
        ),
    ),
    Message(
        "slot.put",
        1,
        (IN_OUT,),
        "予約枠の登録・変更",
        "Adds or changes slots; a capacity below what is taken is answered with `refused`.",
        (
            Field(
                "slots",
                Many(_SLOT, 500),
                "空きを数え、予約を受けるため。",
                "Places are counted and booked here.",
            ),
        ),
    ),
    Message(
        "lot.put",
        1,
        (IN_OUT,),
        "ロットの登録・変更",
        "Adds or changes a lot of vaccine.",
        (
            Field("id", ID, "庁内の番号のまま扱うため。", "The inside's number is the lot's identity."),
            Field(
                "product", CODE, "予約のワクチンとロットを合わせるため。", "Compared with the booked product."
            ),
            Field("lot_no", CODE, "容器の表示と照合するため。", "Compared with the label of the vial."),
            Field("expires_on", DATE, "期限の切れたロットを使わせないため。", "An expired lot is refused."),
            Field("state", CODE, "回収したロットを使わせないため。", "A recalled lot is refused."),
        ),
    ),
    Message(
        "delivery.put",
        1,
        (IN_OUT,),
        "納入の登録・変更",
        "Adds or changes a delivery of doses of a lot to a venue.",
        (
            Field("id", ID, "同じ納入を二度数えないため。", "The inside's number; counted once."),
            Field("venue", ID, "どの会場に届いたかを知るため。", "The venue that received it."),
            Field("lot", ID, "どのロットかを知るため。", "The lot."),
            Field("doses", COUNT, "会場で使える回数を数えるため。", "Stock is counted from it."),
        ),
    ),
    *of_subjects.MESSAGES,
    Message(
        "member.put",
        1,
        (IN_OUT,),
        "従事者の登録・変更",
        "Adds, changes or disables a member of a firm.",
        (
            Field(
                "code",
                CODE,
                "氏名の代わりに従事者番号で扱うため。",
                "The member's number; the name stays inside.",
            ),
            Field(
                "display",
                TEXT,
                "画面に出す呼び名(担当 03 など。氏名ではない)。",
                "What colleagues see; no name.",
            ),
            Field("zone", CODE, "どの区画に入れるかを知るため。", "The zone the member may enter."),
            Field("role", CODE, "何ができるかを知るため。", "What the member may do."),
            Field(
                "venue",
                ID,
                "会場の担当者を会場に限るため。",
                "Binds hall staff to their venue.",
                optional=True,
            ),
            Field("state", CODE, "やめた人をすぐに止めるため。", "A disabled member is stopped at once."),
            Field(
                "enrol_hash",
                SCRYPTED,
                "初回登録の符号を照合するため(符号そのものは渡さない)。",
                "Checks the one-time enrolment code.",
                optional=True,
            ),
            Field("enrol_until", MOMENT, "初回登録の期限を守るため。", "When the code ends.", optional=True),
            Field(
                "trained_until",
                DATE,
                "研修の有効期限が切れた人を止めるため。",
                "No page without valid training.",
                optional=True,
            ),
        ),
    ),
    Message(
        "slip.receipt",
        1,
        (IN_OUT,),
        "引継票の受領",
        "Says that a hand-off slip has arrived; the outside destroys its ciphertext.",
        (Field("number", ID, "受け取った引継票を指すため。", "The slip that arrived."),),
    ),
)
