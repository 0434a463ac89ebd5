"""Characters that stand for one another in names: old and new forms of kanji, radicals, Latin letters with a stroke.

They serve to compare names. A text that is kept is never changed by them.
"""

from __future__ import annotations

import re
import unicodedata

#: A radical that fonts and PDF files put in the place of a kanji, and that kanji: the property
#: Equivalent_Unified_Ideograph of the Unicode Character Database, of the block CJK Radicals Supplement. NFKC does the
#: same for the block Kangxi Radicals.
_RADICALS = """
    ⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇𠘨 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑𡯂
    ⺒巳 ⺓幺 ⺔彑 ⺕彐 ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫
    ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪𤴔 ⺫目 ⺬示 ⺭礻 ⺮𥫗 ⺯糹 ⺰纟 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺵𦉫
    ⺶羊 ⺷𦍌 ⺸𦍋 ⺹耂 ⺺肀 ⺻聿 ⺼肉 ⺽𦥑 ⺾艹 ⺿艹 ⻀艹 ⻁虎 ⻂衤 ⻃覀 ⻄西 ⻅见 ⻆角
    ⻇𧢲 ⻈讠 ⻉贝 ⻊𧾷 ⻋车 ⻌辶 ⻍辶 ⻎辶 ⻏邑 ⻐钅 ⻑長 ⻒镸 ⻓长 ⻔门 ⻕𨸏 ⻖阝 ⻗雨
    ⻘青 ⻙韦 ⻚页 ⻛风 ⻜飞 ⻝食 ⻞𩙿 ⻟飠 ⻠饣 ⻡𩠐 ⻢马 ⻣骨 ⻤鬼 ⻥鱼 ⻦鸟 ⻧卤 ⻨麦
    ⻩黄 ⻪黾 ⻫斉 ⻬齐 ⻭歯 ⻮齿 ⻯竜 ⻰龙 ⻱龜 ⻲亀
"""

#: An old form of a kanji and the one in use in Japan: table JPVariants of OpenCC 1.4 (Apache License 2.0).
_OLD_FORMS = """
    乘乗 亂乱 亙亘 亞亜 佛仏 來来 俠侠 俱倶 倂併 值値 假仮 傳伝 僞偽 價価 儉倹 兒児 兔兎
    內内 兩両 冰氷 凛凜 剎刹 剩剰 劍剣 劑剤 勞労 勳勲 勵励 勸勧 勻匀 區区 卷巻 卻却 卽即
    參参 吳呉 咒呪 啞唖 單単 噓嘘 嚙噛 嚴厳 囑嘱 圈圏 國国 圍囲 圓円 圖図 團団 堯尭 填塡
    增増 墮堕 壓圧 壘塁 壞壊 壤壌 壯壮 壹壱 壽寿 奧奥 奬奨 妝粧 姊姉 姬姫 孃嬢 學学 寢寝
    實実 寫写 寬寛 寶宝 將将 專専 對対 屆届 屬属 峯峰 峽峡 嶽岳 巖巌 巢巣 帶帯 廁厠 廢廃
    廣広 廳庁 彈弾 彌弥 彎弯 彥彦 徑径 從従 徵徴 德徳 恆恒 悅悦 惠恵 惡悪 惱悩 愼慎 慘惨
    應応 懷懐 戀恋 戰戦 戲戯 戶戸 戾戻 拂払 拔抜 拜拝 挾挟 插挿 揭掲 搔掻 搖揺 搜捜 摑掴
    擇択 擊撃 擔担 據拠 擧挙 擴拡 攝摂 攪撹 收収 效効 敍叙 敕勅 敘叙 數数 斷断 晄晃 晉晋
    晚晩 晝昼 暨曁 曆暦 曉暁 曾曽 會会 枡桝 查査 條条 棧桟 棱稜 榆楡 榮栄 槇槙 槪概 樂楽
    樓楼 樞枢 樣様 橫横 檜桧 檢検 櫻桜 權権 歐欧 歡歓 步歩 歲歳 歷歴 歸帰 殘残 殼殻 毆殴
    每毎 氣気 污汚 沒没 涉渉 淚涙 淨浄 淺浅 渴渇 溪渓 溫温 溼湿 滯滞 滿満 潑溌 潛潜 澀渋
    澁渋 澤沢 濕湿 濟済 濤涛 濱浜 濾沪 瀧滝 瀨瀬 灣湾 焰焔 燈灯 燒焼 營営 爐炉 爭争 爲為
    牀床 犧犠 狀状 狹狭 獎奨 獨独 獵猟 獸獣 獻献 瓣弁 甁瓶 產産 畫画 當当 疊畳 痹痺 瘦痩
    癡痴 發発 皋皐 盜盗 盡尽 眞真 硏研 碎砕 礪砺 祕秘 祿禄 禦御 禪禅 禮礼 禰祢 禱祷 稅税
    稱称 稻稲 穎頴 穗穂 穩穏 穰穣 竈竃 竊窃 竝並 粹粋 糉粽 絕絶 絲糸 經経 綠緑 緖緒 緣縁
    縣県 縱縦 總総 繡繍 繩縄 繪絵 繫繋 繼継 續続 纔才 纖繊 缺欠 罐缶 羣群 聯連 聰聡 聲声
    聽聴 肅粛 脣唇 脫脱 腦脳 腳脚 膽胆 臟臓 臺台 與与 舉挙 舊旧 舍舎 艷艶 荔茘 莊荘 莖茎
    菸煙 萊莱 萠萌 萬万 蔣蒋 蔥葱 薰薫 藏蔵 藝芸 藥薬 蘆芦 處処 虛虚 號号 螢蛍 蟬蝉 蟲虫
    蠟蝋 蠶蚕 蠻蛮 衞衛 裝装 襃褒 覺覚 覽覧 觀観 觸触 說説 謠謡 證証 譯訳 譽誉 讀読 變変
    讓譲 豐豊 豫予 貓猫 貳弐 賣売 賴頼 贊賛 贗贋 踐践 輕軽 輛輌 轉転 辨弁 辭辞 辯弁 遙遥
    遞逓 遲遅 邊辺 郞郎 鄉郷 鄕郷 鄰隣 醉酔 醫医 醬醤 醱醗 釀醸 釋釈 銳鋭 鋪舗 錄録 錢銭
    鍊錬 鎭鎮 鐵鉄 鑄鋳 鑛鉱 閱閲 關関 陷陥 隨随 險険 隱隠 雙双 雜雑 雞鶏 霸覇 靈霊 靜静
    顏顔 顯顕 飜翻 餘余 餠餅 騷騒 驅駆 驗験 驛駅 髓髄 體体 髮髪 鬥闘 鬭闘 鱉鼈 鷄鶏 鷗鴎
    鹼鹸 鹽塩 麥麦 麪麺 麴麹 麵麺 黃黄 黑黒 默黙 點点 黨党 齊斉 齋斎 齒歯 齡齢 龍竜 龜亀
"""

#: Forms that names of places and people have besides (人名・地名の異体字), among them those of IBM and NEC in CP932.
_IN_NAMES = """
    髙高 﨑崎 嵜崎 濵浜 桒桑 嶋島 嶌島 邉辺 栁柳 桺柳 𠮷吉 淸清 舘館 冨富 靑青 槗橋 𣘺橋
    枩松 柗松 寳宝 礒磯 穐秋 龝秋 篭籠 薮藪 薗園 靏鶴 靍鶴 埜野 囯国 圀国 圡土 夛多 斈学
    廰庁 杤栃 籏旗 躰体 邨村 釼剣 鐡鉄 銕鉄 閒間 隝島 鰺鯵 鴈雁 蠣蛎 壷壺 凢凡 亰京 匤匡
    煕熙 凞熙 㐂喜 曻昇 寕寧 恊協 鈎鉤 峩峨 彅薙
"""

#: Letters whose names do not say which plain letters stand for them.
_LATIN = {
    "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ı": "i", "ȷ": "j", "ŋ": "ng", "ĸ": "k", "ə": "e", "ſ": "s", "ß": "ss",
}  # fmt: skip

#: Letters that Persian and Urdu write otherwise than Arabic, and the two ends of words that Arabic writes in two ways.
_ARABIC = {"ک": "ك", "ی": "ي", "ى": "ي", "ة": "ه", "ٱ": "ا", "ہ": "ه"}

_BLOCKS = ((0x00C0, 0x0590), (0x1E00, 0x1F00), (0x2C60, 0x2C80), (0xA720, 0xA800), (0xAB30, 0xAB70))


def _without_strokes() -> dict[str, str]:
    """Lead from every small Latin or Cyrillic letter that Unicode names after another one to that one: ł is l."""
    plain: dict[str, str] = {}
    for first, end in _BLOCKS:
        for char in map(chr, range(first, end)):
            match = re.fullmatch(r"((?:LATIN|CYRILLIC) SMALL LETTER [A-Z]+) WITH .+", unicodedata.name(char, ""))
            if match and not unicodedata.decomposition(char):
                try:
                    plain[char] = unicodedata.lookup(match[1])
                except KeyError:
                    continue
    return plain


#: What to translate the letters of a folded name by, before they are taken apart into letters and accents.
LETTERS = str.maketrans(_without_strokes() | _LATIN | _ARABIC)

# What Unicode gives for these radicals is a form that Japanese fonts do not draw for them.
_DRAWN = str.maketrans("戶靑黃黑", "戸青黄黒")

#: The radicals alone, of both blocks, for what is kept: they are a fault of fonts, not a way to write.
RADICALS = str.maketrans(
    {pair[0]: pair[1] for pair in _RADICALS.split()}
    | {chr(code): unicodedata.normalize("NFKC", chr(code)).translate(_DRAWN) for code in range(0x2F00, 0x2FD6)}
)

_KANJI = {pair[0]: pair[1] for pair in (_RADICALS + _OLD_FORMS + _IN_NAMES).split()}
#: What to translate kanji by; a radical may stand for an old form.
KANJI = str.maketrans({old: _KANJI.get(new, new) for old, new in _KANJI.items()})
