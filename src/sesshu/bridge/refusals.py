"""Refusals of the bridge (連携の拒否理由). Pure.

X01 – X09 say what is wrong with one packet. X02 and X08 heal by themselves: the packet is asked for again. The others
stop the stream until a person has looked.
"""

from sesshu.base.errors import refusal

X01 = refusal(
    "X01",
    "連携ファイルの形式ではありません。送信側で作り直してください。",
    "Not a packet of this system, or of an unknown version.",
)
X02 = refusal(
    "X02",
    "連携ファイルが途中で切れているか、長さが合いません。再送を求めます。",
    "The packet is cut, or its lengths or checksum do not agree.",
)
X03 = refusal(
    "X03",
    "連携ファイルの署名が正しくありません。取り込まずに管理者へ知らせてください。",
    "The signature is wrong: forged, damaged, or by another sender.",
)
X04 = refusal(
    "X04",
    "別の系列の連携ファイルです。取り込みません。置き場所を確認してください。",
    "The packet belongs to another stream, or its name says other than its header.",
)
X05 = refusal(
    "X05",
    "古い世代の連携ファイルです。取り込みません。",
    "The packet is of an epoch that has ended, or of one that has not been announced.",
)
X06 = refusal(
    "X06",
    "連携ファイルの件数が内容と合いません。取り込まずに管理者へ知らせてください。",
    "The count in the header is not the count of the payload.",
)
X07 = refusal(
    "X07",
    "連携ファイルを復号できませんでした。宛先の鍵を確認してください。",
    "The packet cannot be decrypted: it was closed to another receiver.",
)
X08 = refusal(
    "X08",
    "連携ファイルの番号に欠番があります。欠けたファイルの再送を求めます。",
    "A number is missing before this packet; the stream waits for it.",
)
X09 = refusal(
    "X09",
    "連携ファイルの中身を読めませんでした。送信側で作り直してください。",
    "The payload is not what its kind promises (JSON lines or COPY rows), or is too large.",
)
X10 = refusal(
    "X10",
    "相手側はこちらが送っていない番号まで受け取っています。復元後は新しい世代を始めてください。",
    "The other side knows numbers that this side never gave: this side was restored; begin a new epoch.",
)
X11 = refusal(
    "X11",
    "前の世代の終わりに届いていない電文があります。全件を送り直してください。",
    "The other side began an epoch although numbers of the one before never came; re-send everything.",
)
X12 = refusal(
    "X12",
    "復元により、送った記録のない電文が相手側にあります。双方の記録を突き合わせてください。",
    "After a restore, one side has applied numbers that the other has forgotten; reconcile the records.",
)
X13 = refusal(
    "X13",
    "届いた電文を反映できませんでした。原因を直してから再開してください。",
    "A message that arrived could not be applied; the stream waits at its number.",
)
X14 = refusal(
    "X14",
    "再送を求められた電文はすでに廃棄されています。全件を送り直してください。",
    "Numbers that were asked for again are no longer kept; re-send everything.",
)
X15 = refusal(
    "X15",
    "相手側の受領がないため、新しい世代を始められません。受領のファイルを受渡フォルダーに置いてください。",
    "A new epoch cannot begin without the other side's acknowledgement: put its .ack file into the spool folder.",
)
X16 = refusal(
    "X16",
    "相手側で受信が止まっています。相手側の管理者が確認しています。",
    "The other side has stopped the stream; its own code stands beside.",
)

HEALING = frozenset({"X02", "X08"})
