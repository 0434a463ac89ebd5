"""What the parsers complain of, in Japanese: they themselves know English only."""

from __future__ import annotations

import re

#: A complaint, or its beginning, and how it is said in Japanese; what is in brackets is kept.
_KNOWN = [
    (re.compile(pattern, re.DOTALL), japanese)
    for pattern, japanese in (
        (r"Unexpected end of file, a value was expected", "値を書くべきところでファイルが終わっている"),
        (r"Unexpected end.*", "文の途中でファイルが終わっている。閉じていない引用符・括弧や、末尾の「.」を確かめる"),
        (r"The prefix (.*?):? has not been declared", "接頭辞 {} が宣言されていない"),
        (r"Unknown prefix (.*)", "接頭辞 {} が宣言されていない"),
        (r"(.*) is not a valid subject or graph name", "{} は主語として書けない。前の文の「.」や「;」を確かめる"),
        (r"(.*) is not a valid RDF object", "{} は目的語として書けない"),
        (r"(.*) is not a valid predicate", "{} は述語として書けない"),
        (r"A dot is expected at the end of statements", "文の終わりに「.」が要る"),
        (r"Invalid IRI code point (.*)", "IRIに使えない文字 {} がある"),
        (r"Invalid @(\w+) iri '(.*?)'.*", "@{} の値 {} はIRIではない"),
        (r"Invalid IRI.*?'(.*?)'.*", "IRIが正しくない: {}"),
        (r"No scheme found in an absolute IRI", "IRIに「https:」などの始まりがない"),
        (r"A language code should always start with a letter", "言語タグは英字で始める"),
        (r"Unexpected escape character (.*)", "{} というエスケープはない"),
        (r"The escape sequence (.*) is not a valid hexadecimal string", "エスケープ {} は16進数ではない"),
        (r"The (PREFIX|BASE) keyword should be followed by.*", "{} の書き方が正しくない"),
        (r"(@\w+) value must be (?:a |an )?string.*", "{} の値は文字列でなければならない"),
        (r"(@\w+) value must be (.*)", "{} の値の種類が正しくない({})"),
        (r"@list and @set must be the only keys of an object", "@list や @set は、ほかのキーと一緒に書けない"),
        (r"(.*) is not a valid rdf:ID value", "{} は rdf:ID として書けない"),
        (r"XML namespaces are required in RDF/XML", "RDF/XMLには名前空間の宣言が要る"),
        (r"ill-formed document: expected `(.*?)`, but `(.*?)` was found", "{} で閉じるべきところが {} になっている"),
        (r".*unrecognized entity `(.*)`", "実体 &{}; が定義されていない"),
        (r"Array values must be followed by.*", "配列の値のあとには「,」か「]」が要る"),
        (r"Object (?:members|values) must be.*", "オブジェクトの値のあとには「,」か「}}」が要る"),
        (r"the remote context (\S+) is not fetched.*", "文脈(@context) {} は取りに行かない。文脈をファイルの中に書く"),
        (r"a text or name is longer than 16 MiB.*", "文字列か名前が16 MiBを超える。閉じていない引用符がないか"),
        (r"cannot be read: (.*)", "読めない({})"),
        (r".*nested more than (\d+) levels deep", "入れ子が{}段より深い"),
        (r"this is no JSON.*", "JSONとして読めない"),
        (r"the entities stand for more than.*", "実体を展開すると大きくなりすぎる"),
        (r"an entity from outside the file is not read.*", "ファイルの外の実体は読まない。その内容を書く"),
        (r"an entity made of other entities is not expanded.*", "実体の中の実体は展開しない。その内容を書く"),
    )
]
_COLUMN = re.compile(r"^(.*?)(?: \(column (\d+)\))?$", re.DOTALL)


def in_japanese(message: str) -> str:
    """Say a parser's complaint in Japanese; one that is not known is quoted.

    >>> in_japanese("The prefix ccn: has not been declared (column 5)")
    '接頭辞 ccn が宣言されていない(5文字目)'
    """
    found = _COLUMN.match(message)
    reason, column = (found[1], found[2]) if found else (message, None)
    said = next((text.format(*match.groups()) for form, text in _KNOWN if (match := form.fullmatch(reason))), None)
    return (said or f"構文が正しくない(「{reason}」)") + (f"({column}文字目)" if column else "")
