"""What the outside tells the inside (庁外から庁内への電文): bookings, visits, doses, slips, audit pages.

Pure. Subjects are random ids; only the inside knows who they are. The only free text is ciphertext (slip.put).
"""

from sesshu.bridge.language import (
    CIPHER,
    CODE,
    HASH,
    ID,
    MOMENT,
    OUT_IN,
    SMALL,
    TEXT,
    UUID_,
    Field,
    Many,
    Message,
    Record,
)

_SUBJECT = Field("subject", UUID_, "誰のことかを台帳で探すため。", "The inside finds the person by it.")
_PROGRAMME = Field("programme", CODE, "どの接種事業かを分けるため。", "The programme.")
_DOSE = Field("dose", SMALL, "何回目かを記録するため。", "Which dose.")
_VISIT = Field("visit", UUID_, "来場の一連の出来事をつなぐため。", "Ties the events of one visit together.")

_BOOKING = Field("booking", ID, "どの予約で来たかを知るため。", "The booking it belongs to.")

_AUDIT = Record(
    "audit row",
    (
        Field("id", ID, "欠けを見つけるため(庁外の番号)。", "The outside's number; shows a missing row."),
        Field("at", MOMENT, "いつのことかを答えるため。", "When it happened."),
        Field("shown_at", MOMENT, "画面に出ていた時刻で答えるため。", "The time as people saw it."),
        Field("xid", TEXT, "同時に進んだ処理の漏れを防ぐため。", "The transaction; makes a page complete."),
        Field("actor", TEXT, "誰がしたかを答えるため(従事者番号)。", "Who did it, by member number."),
        Field("zone", TEXT, "どの区画からかを答えるため。", "Where."),
        Field("act", TEXT, "何をしたかを答えるため。", "What was done."),
        Field("purpose", TEXT, "何のためかを答えるため。", "Why.", optional=True),
        Field(
            "case_ref", TEXT, "どの応対・来場の中かを答えるため。", "In which case or visit.", optional=True
        ),
        Field(
            "subject",
            UUID_,
            "誰についてかを開示の一覧に載せるため。",
            "About whom, for the disclosure list.",
            optional=True,
        ),
        Field("result", TEXT, "できたか断られたかを答えるため。", "Done, or refused with which code."),
        Field(
            "fields",
            Many(TEXT, 60),
            "どの項目に触れたかを答えるため(値は渡さない)。",
            "Names of the fields touched; never a value.",
        ),
        Field(
            "request", UUID_, "同じ操作の繰返しを見分けるため。", "Tells a repeated request.", optional=True
        ),
    ),
)

MESSAGES = (
    Message(
        "booking.made",
        1,
        (OUT_IN,),
        "予約の成立",
        "Keeps the booking beside the subject, for letters, disclosure and planning.",
        (
            Field("id", ID, "庁外の予約を指すため。", "The outside's number of the booking."),
            _SUBJECT,
            _PROGRAMME,
            _DOSE,
            Field("slot", ID, "いつどの会場かを計画と照らすため。", "Day and venue, by the plan's own slot."),
            Field("channel", CODE, "ウェブ・電話・会場の別を数えるため。", "Counted by web, phone, hall."),
            Field("made_at", MOMENT, "受け付けた時を答えるため。", "When it was made."),
        ),
    ),
    Message(
        "booking.ended",
        1,
        (OUT_IN,),
        "予約の終了",
        "Ends the booking: cancelled, moved, fulfilled … An undone cancellation comes as `booking.made` again.",
        (
            Field("id", ID, "庁外の予約を指すため。", "The outside's number of the booking."),
            Field("how", CODE, "取消・変更・接種済などの別を知るため。", "How it ended."),
            Field("at", MOMENT, "いつ終わったかを答えるため。", "When it ended."),
        ),
    ),
    Message(
        "visit.received",
        1,
        (OUT_IN,),
        "来場の受付",
        "Notes that the subject came.",
        (
            _VISIT,
            _SUBJECT,
            _BOOKING,
            Field("at", MOMENT, "いつ来たかを答えるため。", "When."),
        ),
    ),
    Message(
        "visit.prechecked",
        1,
        (OUT_IN,),
        "予診の結果",
        "Notes whether the dose may be given; 予診のみ is paid for, too.",
        (
            _VISIT,
            _SUBJECT,
            _BOOKING,
            _PROGRAMME,
            _DOSE,
            Field("outcome", CODE, "接種可・予診のみの別を台帳に残すため。", "go or no_go."),
            Field(
                "reason",
                TEXT,
                "予診のみの理由(決まった語)を台帳に残すため。",
                "Why not, from a closed list.",
                optional=True,
            ),
            Field("at", MOMENT, "いつの予診かを答えるため。", "When."),
        ),
    ),
    Message(
        "dose.given",
        1,
        (OUT_IN,),
        "接種の実施",
        "Writes the vaccination ledger.",
        (
            Field("id", UUID_, "同じ記録を二度書かないため。", "The record's identity; written once."),
            _VISIT,
            _BOOKING,
            _SUBJECT,
            _PROGRAMME,
            _DOSE,
            Field("product", CODE, "予防接種台帳の記載事項(ワクチンの種類)。", "Ledger: product."),
            Field("lot", ID, "予防接種台帳の記載事項(製造番号)。", "Ledger: lot."),
            Field("venue", ID, "予防接種台帳の記載事項(接種の場所)。", "Ledger: place."),
            Field("given_at", MOMENT, "予防接種台帳の記載事項(接種年月日)。", "Ledger: when it was given."),
            Field("entered_at", MOMENT, "後から入力した記録を見分けるため。", "Tells a late entry."),
            Field("by", CODE, "入力した従事者を答えるため。", "Who entered it, by member number."),
            Field("site", CODE, "予防接種台帳の記載事項(接種の部位)。", "Ledger: site of the injection."),
        ),
    ),
    Message(
        "slip.put",
        1,
        (OUT_IN,),
        "引継票",
        "Puts a caller's wish before the office; only the inside's key opens it.",
        (
            Field("number", ID, "受領を返すため。", "Named in the receipt."),
            Field("case", ID, "どの応対からかを知るため。", "The call-centre case."),
            Field(
                "subject",
                UUID_,
                "照合できた対象者がいれば、職員が探す手間を省くため。",
                "The subject that was matched, if any.",
                optional=True,
            ),
            Field("operator", CODE, "聞き取った従事者に確かめるため。", "Who wrote it, by member number."),
            Field(
                "ciphertext",
                CIPHER,
                "申出者の氏名・連絡先・用件(庁内の鍵で封をしたもの)。",
                "Name, call-back number and wish, closed to the inside's key.",
            ),
            Field("made_at", MOMENT, "待たせている時間を知るため。", "How long the caller has waited."),
        ),
    ),
    Message(
        "tripwire.hit",
        1,
        (OUT_IN,),
        "使えない番号の使用",
        "Raises a silent alarm for the section concerned; the user saw nothing special.",
        (
            Field("try", HASH, "どの番号かを庁内だけが知るため。", "Only the inside can tell the number."),
            Field("at", MOMENT, "いつ使われたかを知らせるため。", "When."),
            Field("zone", CODE, "どこで使われたかを知らせるため。", "Where."),
        ),
    ),
    Message(
        "audit.page",
        1,
        (OUT_IN,),
        "庁外の監査記録",
        "Keeps the outside's audit entries out of the outside's reach.",
        (
            Field(
                "rows",
                Many(_AUDIT, 1000),
                "庁外で誰が何をしたかを庁内で答え、改ざんを防ぐため。",
                "Disclosure and audit are answered inside.",
            ),
        ),
    ),
    Message(
        "refused",
        1,
        (OUT_IN,),
        "庁外が断った変更",
        "Says that a message of the inside could not be done, and why.",
        (
            Field("type", CODE, "どの種類の電文かを知るため。", "The type of the refused message."),
            Field("ids", Many(ID, 500), "何についてかを知るため。", "What it was about."),
            Field("code", CODE, "断った理由の符号を職員に示すため。", "The refusal's code."),
        ),
    ),
)
