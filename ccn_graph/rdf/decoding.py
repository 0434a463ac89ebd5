"""Turns the bytes of a file into UTF-8 as the parsers want them: unpacked, without a mark, of whatever encoding."""

from __future__ import annotations

import codecs
import re
import zlib

#: Largest file that comes out of a packed one, in bytes.
MOST_UNPACKED = 200_000_000

_GZIP = b"\x1f\x8b"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
          (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
_DECLARED = re.compile(r"""(<\?xml[^>]*?)\s+encoding\s*=\s*["']([A-Za-z][\w.-]*)["']""")


class DecodingError(ValueError):
    """A file whose characters cannot be told; `line` (1 is the first), and why in both languages."""

    def __init__(self, line: int, ja: str, en: str) -> None:
        """Keep the place and the reasons."""
        super().__init__(en)
        self.line, self.ja, self.en = line, ja, en


def unpacked(data: bytes) -> bytes:
    """Return what a gzip file holds, anything else as it is. Raises DecodingError if it is broken or too large."""
    if not data.startswith(_GZIP):
        return data
    parts, size = [], 0
    while data:
        reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            parts.append(reader.decompress(data, MOST_UNPACKED - size + 1))
            size += len(parts[-1])
        except zlib.error as error:
            raise DecodingError(1, "gzipとして読めない", f"is no valid gzip file: {error}") from error
        if size > MOST_UNPACKED:
            most = MOST_UNPACKED // 1_000_000
            raise DecodingError(1, f"展開すると{most} MBを超える", f"unpacks to more than {most} MB")
        if not reader.eof:
            raise DecodingError(1, "gzipのファイルが途中で切れている", "is a gzip file that breaks off")
        # Several gzip members one after the other are one file; zeros may follow.
        data = reader.unused_data.lstrip(b"\0")
    return b"".join(parts)


def utf8(data: bytes, *, xml: bool = False) -> bytes:
    """Return text as UTF-8 without a byte order mark; XML may declare another encoding.

    Raises DecodingError where it is not what it seems.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    if encoding:
        mark = next(mark for mark, name in _MARKS if name == encoding and data.startswith(mark))
        data = data[len(mark) :]
    elif data[:4] in (b"<\0?\0", b"<\0r\0", b"<\0!\0"):
        encoding = "utf-16-le"
    elif data[:4] in (b"\0<\0?", b"\0<\0r", b"\0<\0!"):
        encoding = "utf-16-be"
    elif xml and (declared := _DECLARED.match(data[:200].decode("latin-1"))):
        encoding = declared[2]
    elif data[:200].count(0) * 3 > len(data[:200]):
        raise DecodingError(
            1, "UTF-16のようだが、それを示す印(BOM)がない。UTF-8で保存する",
            "seems to be UTF-16 without a mark that says so; save the file as UTF-8",
        )  # fmt: skip
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        line = len(re.findall(rb"\r\n|\r|\n", data[: error.start])) + 1
        named = encoding.upper() if encoding else "UTF-8"
        raise DecodingError(
            line, f"ここは{named}ではない。UTF-8で保存する", f"is not {named} here; save the file as UTF-8"
        ) from error
    except LookupError as error:
        raise DecodingError(
            1, f"文字コード {encoding} は読めない。UTF-8で保存する",
            f"declares the encoding {encoding}, which is not known; save the file as UTF-8",
        ) from error  # fmt: skip
    if not encoding or encoding.lower() == "utf-8":
        return data
    # The parser goes by what the declaration says.
    return (_DECLARED.sub(r"\1", text, count=1) if xml else text).encode("utf-8")
