"""Names of nobody (架空の氏名): common parts put together by chance.

Surnames and given names are common; their combination is drawn. Gaiji surnames use user-defined code points, so that
a file in CP932 has them; the UTF-8 variant has variation sequences instead.
"""

import random


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(name, kana) for name, _, kana in (word.partition(":") for word in text.split())]


SURNAMES = _pairs("""
佐藤:サトウ 鈴木:スズキ 高橋:タカハシ 田中:タナカ 伊藤:イトウ 渡辺:ワタナベ 山本:ヤマモト 中村:ナカムラ 小林:コバヤシ
加藤:カトウ 吉田:ヨシダ 山田:ヤマダ 佐々木:ササキ 山口:ヤマグチ 松本:マツモト 井上:イノウエ 木村:キムラ 林:ハヤシ
斎藤:サイトウ 清水:シミズ 山崎:ヤマザキ 森:モリ 池田:イケダ 橋本:ハシモト 阿部:アベ 石川:イシカワ 山下:ヤマシタ
中島:ナカジマ 石井:イシイ 小川:オガワ 前田:マエダ 岡田:オカダ 長谷川:ハセガワ 藤田:フジタ 後藤:ゴトウ 近藤:コンドウ
村上:ムラカミ 遠藤:エンドウ 青木:アオキ 坂本:サカモト 福田:フクダ 太田:オオタ 西村:ニシムラ 藤井:フジイ 金子:カネコ
岡本:オカモト 藤原:フジワラ 三浦:ミウラ 中野:ナカノ 原田:ハラダ 松田:マツダ 竹内:タケウチ 小野:オノ 田村:タムラ
中山:ナカヤマ 和田:ワダ 石田:イシダ 森田:モリタ 上田:ウエダ 原:ハラ 内田:ウチダ 柴田:シバタ 酒井:サカイ 宮崎:ミヤザキ
横山:ヨコヤマ 高木:タカギ 安藤:アンドウ 宮本:ミヤモト 大野:オオノ 小島:コジマ 谷口:タニグチ 今井:イマイ 工藤:クドウ
高田:タカダ 増田:マスダ 丸山:マルヤマ 杉山:スギヤマ 村田:ムラタ 大塚:オオツカ 新井:アライ 小山:コヤマ 平野:ヒラノ
藤本:フジモト 河野:コウノ 上野:ウエノ 武田:タケダ 野口:ノグチ 松井:マツイ 千葉:チバ 菅原:スガワラ 岩崎:イワサキ
久保:クボ 木下:キノシタ 佐野:サノ 野村:ノムラ 松尾:マツオ 市川:イチカワ 菊地:キクチ 杉本:スギモト 古川:フルカワ
大西:オオニシ 島田:シマダ 水野:ミズノ 桜井:サクライ 高野:タカノ 渡部:ワタベ 吉川:ヨシカワ 山内:ヤマウチ 西田:ニシダ
飯田:イイダ 菊池:キクチ 西川:ニシカワ 小松:コマツ 北村:キタムラ 安田:ヤスダ 五十嵐:イガラシ 川口:カワグチ 平田:ヒラタ
関:セキ 中田:ナカタ 久保田:クボタ 服部:ハットリ 東:アズマ 岩田:イワタ 土屋:ツチヤ 川崎:カワサキ 福島:フクシマ
本田:ホンダ 辻:ツジ 樋口:ヒグチ 秋山:アキヤマ 田口:タグチ 永井:ナガイ 山中:ヤマナカ 中西:ナカニシ 吉村:ヨシムラ
川上:カワカミ 石原:イシハラ 大橋:オオハシ 松岡:マツオカ 馬場:ババ 浜田:ハマダ 森本:モリモト 星野:ホシノ 矢野:ヤノ
""")

GAIJI_SURNAMES = _pairs(
    "\ue000藤:サイトウ 渡\ue001:ワタナベ \ue002西:カサイ \ue003谷:シブヤ 山\ue004:ヤマザキ \ue757木:ツジキ "
    "髙橋:タカハシ 髙木:タカギ 宮﨑:ミヤザキ"
)
"""User-defined characters of CP932 (F040 … F9FC); 髙 is outside JIS X 0213, 﨑 is not."""

IVS_SURNAMES = _pairs(
    "渡邉\U000e0102:ワタナベ 渡邊\U000e0101:ワタナベ 葛\U000e0100西:カサイ 辻\U000e0100:ツジ 𠮷田:ヨシダ 斎藤\U000e0100:サイトウ"
)

GAIJI = (
    *"\ue000\ue001\ue002\ue003\ue004\ue757髙𠮷",
    "邉\U000e0102",
    "邊\U000e0101",
    "葛\U000e0100",
    "辻\U000e0100",
    "藤\U000e0100",
)
"""All that a correct import lists as 外字 in a made-up town."""

_OLD_M = _pairs("""
清:キヨシ 正:タダシ 勇:イサム 茂:シゲル 実:ミノル 進:ススム 弘:ヒロシ 勝:マサル 博:ヒロシ 昭:アキラ 三郎:サブロウ 武:タケシ
正雄:マサオ 義雄:ヨシオ 一郎:イチロウ 和夫:カズオ 幸雄:ユキオ 文雄:フミオ 忠:タダシ 豊:ユタカ 敏夫:トシオ 光男:ミツオ
""")
_OLD_F = _pairs("""
和子:カズコ 幸子:サチコ 節子:セツコ 洋子:ヨウコ 弘子:ヒロコ 文子:フミコ 千代子:チヨコ 久子:ヒサコ 美代子:ミヨコ 静子:シズコ
芳子:ヨシコ 敏子:トシコ 八重:ヤエ 澄子:スミコ 京子:キョウコ 正子:マサコ キヨ:キヨ ハル:ハル トメ:トメ 光子:ミツコ
""")
_MID_M = _pairs("""
誠:マコト 浩:ヒロシ 健一:ケンイチ 隆:タカシ 修:オサム 徹:トオル 聡:サトシ 学:マナブ 剛:ツヨシ 直樹:ナオキ 哲也:テツヤ
和也:カズヤ 英樹:ヒデキ 大輔:ダイスケ 健太郎:ケンタロウ 浩二:コウジ 秀樹:ヒデキ 真一:シンイチ 達也:タツヤ 淳:ジュン
雅之:マサユキ 康弘:ヤスヒロ 裕之:ヒロユキ 亮:リョウ
""")
_MID_F = _pairs("""
恵子:ケイコ 由美子:ユミコ 直美:ナオミ 智子:トモコ 裕子:ユウコ 陽子:ヨウコ 真由美:マユミ 久美子:クミコ 明美:アケミ 香織:カオリ
恵美:エミ 美穂:ミホ 純子:ジュンコ 理恵:リエ 麻衣:マイ 愛:アイ 美香:ミカ 典子:ノリコ 優子:ユウコ 絵美:エミ 彩:アヤ
かおり:カオリ 千春:チハル 瞳:ヒトミ
""")
_NEW_M = _pairs("""
大翔:ヒロト 蓮:レン 悠真:ユウマ 湊:ミナト 颯太:ソウタ 陽翔:ハルト 樹:イツキ 蒼:アオイ 翔太:ショウタ 拓海:タクミ 健太:ケンタ
悠斗:ユウト 律:リツ 朝陽:アサヒ 新:アラタ 大和:ヤマト 海斗:カイト 駿:シュン 陸:リク 直人:ナオト
""")
_NEW_F = _pairs("""
陽菜:ヒナ 結衣:ユイ 葵:アオイ 凛:リン さくら:サクラ 美咲:ミサキ 七海:ナナミ 芽依:メイ 紬:ツムギ 莉子:リコ 結菜:ユナ 心春:コハル
楓:カエデ 杏:アン ひなた:ヒナタ 美月:ミヅキ 琴音:コトネ 遥:ハルカ 萌:モエ 咲良:サクラ
""")
_GIVEN = {
    ("男", 0): _OLD_M,
    ("女", 0): _OLD_F,
    ("男", 1): _MID_M,
    ("女", 1): _MID_F,
    ("男", 2): _NEW_M,
    ("女", 2): _NEW_F,
}

LATIN_FAMILY = (
    "SMITH JOHNSON MILLER DUBOIS MULLER ROSSI GARCIA SILVA KUMAR SHARMA NGUYEN TRAN KIM PARK LEE CHEN "
    "WANG ZHANG LI LIU SANTOS REYES IVANOV KOWALSKI TAMANG"
).split()
LATIN_GIVEN = (
    "JOHN DAVID MARIE ANNA CARLOS LUIS PRIYA RAJESH LINH MINH JIWOO MINJUN WEI LI NA FANG JOSE OLGA PETER RAM"
).split()
HANZI_FAMILY = _pairs("王:オウ 李:リ 張:チョウ 劉:リュウ 陳:チン 楊:ヨウ 金:キン 朴:ボク 崔:サイ 周:シュウ")
HANZI_GIVEN = _pairs("偉:イ 芳:ホウ 娜:ダ 敏:ビン 静:セイ 麗:レイ 強:キョウ 洋:ヨウ 艶:エン 傑:ケツ")


def given_name(rng: random.Random, sex: str, birth_year: int) -> tuple[str, str]:
    """A given name of the person's generation, with its reading."""
    generation = 0 if birth_year < 1950 else 1 if birth_year < 1988 else 2
    return rng.choice(_GIVEN["男" if sex == "男" else "女", generation])


def surname(rng: random.Random, ivs: bool) -> tuple[str, str]:
    """A surname with its reading; one household in sixty has one with a 外字."""
    if rng.random() < (0.15 if ivs else 0.017):
        return rng.choice(IVS_SURNAMES if ivs else GAIJI_SURNAMES)
    # Common names come first in the list and are drawn more often.
    return SURNAMES[int(len(SURNAMES) * rng.random() ** 1.6)]
