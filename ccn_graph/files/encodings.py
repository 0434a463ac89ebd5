"""Which encoding the text of a file is in: told by its marks and by what fits byte for byte, never by looks alone."""

from __future__ import annotations

import codecs
import re
import unicodedata

from ccn_graph.errors import CellError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
# ISO-2022-JP switches to kanji, and to half-width kana, by escapes that no other text has.
_ESCAPES = re.compile(rb"\x1b(?:\$[@B]|\$\([A-Z]|\([BJI])")
# A character of two bytes that begins so is nothing else: kana, signs and the kanji of every day.
_SURE = re.compile(rb"[\x81-\x9f][\x40-\x7e\x80-\xfc]")
_KANA_RUN = re.compile("[\uff66-\uff9f]+")
# Half-width kana as words have them: no mark, small or long sign at the start, and marks only where sounds have them.
_WORD = re.compile(
    "(?:(?:[\uff73\uff76-\uff84]\uff9e?|[\uff8a-\uff8e][\uff9e\uff9f]?|[\uff66\uff71-\uff9d])[\uff67-\uff70]{0,2})+"
)


def decoded(data: bytes) -> str:
    r"""Decode what spreadsheets write: UTF-8 and UTF-16 with or without mark, Shift_JIS (CP932), ISO-2022-JP.

    Raises CellError for bytes that are none of these, or that may be something else too.

    >>> decoded("神戸".encode("cp932")), decoded(b"\xef\xbb\xbfKobe"), decoded("神戸,\n".encode("utf-16-le"))
    ('神戸', 'Kobe', '神戸,\n')
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    if _ESCAPES.search(data) and data.isascii():
        return _strictly(data, "iso2022_jp_ext")
    if b"\0" in data and (text := _unmarked(data)):
        return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _japanese(data)


def _unmarked(data: bytes) -> str:
    """Decode UTF-16 without mark; empty where the bytes are not that, or could be read either way round."""
    read = []
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if re.search("[,;\t\n]", text) and not any(
            unicodedata.category(char) in ("Cn", "Co", "Cs") for char in set(text)
        ):
            read.append(text)
    return read[0] if len(read) == 1 and "\0" not in read[0] else ""


def _japanese(data: bytes) -> str:
    """Decode CP932. Raises CellError where the bytes may be EUC-JP or a European encoding as well."""
    text = _strictly(data, "cp932", _maybe(data, "euc_jp"))
    if re.search("[\ue000-\uf8ff]", text):
        # Where other encodings have letters, CP932 has characters of one's own, which nobody else can read.
        raise _unclear(_maybe(data, "euc_jp"))
    if any(match[0][0] != 0x8E for match in _SURE.finditer(data)):
        return text
    kana = _KANA_RUN.findall(text)
    foreign = re.search(r"[A-Za-z][\u4e00-\u9fff]|[\u4e00-\u9fff][a-z]", text) or re.search("[\uff61-\uff65]", text)
    if foreign or _maybe(data, "euc_jp") or not all(_WORD.fullmatch(word) for word in kana):
        raise _unclear(_maybe(data, "euc_jp"))
    return text


def _maybe(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _strictly(data: bytes, encoding: str, euc: bool = False) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unclear(euc) from error


def _unclear(euc: bool) -> CellError:
    perhaps = ("EUC-JP のようだが、", "this may be EUC-JP; ") if euc else ("", "")
    read = "UTF-8, UTF-16, Shift_JIS (CP932), ISO-2022-JP"
    return CellError(
        "sheet", f"{perhaps[0]}文字コードが {read} のどれとも決まらない。「CSV UTF-8」として保存し直す",
        f"{perhaps[1]}the encoding is not clearly one of {read}; save the sheet again as 'CSV UTF-8'",
    )  # fmt: skip
