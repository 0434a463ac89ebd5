"""Says what is wrong with a query: where, and if it can be told, what to write instead.

The parsers know English only: what they say is told in Japanese here.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from ccn_graph.errors import QueryError
from ccn_graph.rdf import namespaces, query_tokens
from ccn_graph.rdf.query_tokens import Token, Written

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
        (r"blank node property lists should end with a '\]'", "空白ノードの「[」が「]」で閉じていない"),
        (r"(.*) is not a valid RDF quoted triple subject.*", "{} は << >> の中の主語として書けない"),
        (r"Expecting a datatype IRI after \^\^, found (.*)", "^^ のあとにはデータ型のIRIが要るが、{} がある"),
        (r"A (?:double|decimal) (?:exponent )?cannot be empty", "数の書き方が途中で終わっている"),
        (r"A blank node ID (?:cannot be empty|should not be empty)", "空白ノードの「_:」のあとに名前がない"),
        (r"(.*) is not allowed at the beginning of a prefix name", "文字 {} で名前は始められない"),
        (r"Unexpected (?:character|char):? (.*)", "ここに文字 {} は書けない"),
        (
            r"Unexpected closing (?:curly|square) bracket.*",
            "「}}」か「]」の前に値がないか、開いていない括弧を閉じている",
        ),
        (r"(.*) is not allowed in JSON strings", "文字列の中に {} をそのままは書けない。\\n のように書く"),
        (r"(true|false|null) expected", "{} と書くべきところがそうなっていない"),
        (r"The (PREFIX|BASE) (?:keyword|declaration) should be followed by.*", "{} の書き方が正しくない"),
        (r"(@\w+) value must be (?:a |an )?string.*", "{} の値は文字列でなければならない"),
        (r"(@\w+) value must be (.*)", "{} の値の種類が正しくない({})"),
        (r"@list and @set must be the only keys of an object", "@list や @set は、ほかのキーと一緒に書けない"),
        (r"(.*) is not a valid rdf:ID value", "{} は rdf:ID として書けない"),
        (r"XML namespaces are required in RDF/XML", "RDF/XMLには名前空間の宣言が要る"),
        (r"ill-formed document: expected `(.*?)`, but `(.*?)` was found", "{} で閉じるべきところが {} になっている"),
        (r".*unrecognized entity `(.*)`", "実体 &{}; が定義されていない"),
        (r"Object keys must be strings", "オブジェクトのキーは引用符で囲む"),
        (r"Trailing commas are not allowed", "最後の値のあとに「,」は書けない"),
        (r"The JSON already contains one root element", "一つ目の値のあとに、ほかの値が続いている"),
        (r"syntax error: tag not closed: `(.*?)` not found before end of input", "タグを閉じる {} がない"),
        (r"(@\w+) and (@\w+) are incompatible", "{} と {} は一緒に書けない"),
        (r"(@\w+) is defined twice", "{} が二度ある"),
        (
            r"The escape sequence '(.*?)' is encoding .* that is not a valid unicode character",
            "エスケープ {} はUnicodeの文字ではない",
        ),
        (r"The subject of a triple must be.*", "主語はIRIか空白ノードでなければならない"),
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
    column_match = _COLUMN.match(message)
    reason, column = (column_match[1], column_match[2]) if column_match else (message, None)
    wording = next((text.format(*match.groups()) for form, text in _KNOWN if (match := form.fullmatch(reason))), None)
    return (wording or f"構文が正しくない(「{reason}」)") + (f"({column}文字目)" if column else "")


_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?|, \(line:(\d+), col:(\d+)\)")


def syntax_error(reason: str, query: str, texts: Sequence[Written] = ()) -> QueryError:
    """Turn a parser's complaint about `query` into an error that says where and, if it can be told, what to write.

    `texts` are what the query was written as, the one that the parser read first.
    """
    tokens = query_tokens.tokens(query)
    explained = _not_supported(query, tokens) or _undeclared(query, tokens) or _strange(query, tokens)
    if explained:
        return explained
    place = _PLACE.search(reason)
    if not place:
        return QueryError("syntax", f"the query is not valid SPARQL: {reason}")
    line, column = _source(query, texts, int(place[1] or place[3]), int(place[2] or place[4]))
    message = f"the query is not valid SPARQL at line {line}, column {column} or shortly before"
    return QueryError("syntax", message + _expected(reason[place.end() :]), line=line, column=column)


def undeclared_prefix(query: str) -> tuple[str, int, int] | None:
    """Return the first prefix that a query uses but does not declare, with its line and column.

    >>> undeclared_prefix("SELECT * { ?s ex:p ?o }")
    ('ex', 1, 15)
    """
    token = _first_undeclared(query_tokens.tokens(query))
    return (token.text.partition(":")[0], *query_tokens.place(query, token.position)) if token else None


def _first_undeclared(tokens: Sequence[Token]) -> Token | None:
    declared = {
        name.text.partition(":")[0]
        for word, name in itertools.pairwise(tokens)
        if word.upper == "PREFIX" and name.kind == "name"
    }
    names = (token for token in tokens if token.kind == "name")
    return next((token for token in names if token.text.partition(":")[0] not in declared), None)


def _undeclared(query: str, tokens: Sequence[Token]) -> QueryError | None:
    token = _first_undeclared(tokens)
    if token is None:
        return None
    prefix = token.text.partition(":")[0]
    iri = namespaces.PREFIXES.get(prefix, "…")
    message = f"the prefix '{prefix}:' is not declared; begin the query with PREFIX {prefix}: <{iri}>"
    return _at(query, token, "syntax", message)


def _strange(query: str, tokens: Sequence[Token]) -> QueryError | None:
    seen = query_tokens.strange(tokens)
    if seen is None:
        return None
    token, name, advice = seen
    line, column = query_tokens.place(query, token.position)
    message = (
        f"{name} at line {line}, column {column} is no character of SPARQL; {advice['en']} / "
        f"{line}行目{column}文字目の {name} はSPARQLの文字ではありません。{advice['ja']}"
    )
    return _at(query, token, "syntax", message)


def _not_supported(query: str, tokens: Sequence[Token]) -> QueryError | None:
    """Name what is valid and the engine does not read, so that it is not called invalid."""
    for name, opened, word in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if name.kind in ("iri", "name") and opened.text == "(" and word.upper == "DISTINCT":
            message = f"this engine knows no aggregate {name.text}; only those of SPARQL 1.1 take DISTINCT here"
            return _at(query, name, "not-supported", message)
    return None


def _at(query: str, token: Token, code: str, message: str) -> QueryError:
    line, column = query_tokens.place(query, token.position)
    return QueryError(code, message, line=line, column=column)


def _source(query: str, texts: Sequence[Written], line: int, column: int) -> tuple[int, int]:
    for text in texts:
        position = text.position(line, column)
        before = query if text is texts[-1] else texts[texts.index(text) + 1].text
        line, column = query_tokens.place(before, position)
    return line, column


def _expected(listed: str) -> str:
    # The native parser lists all it could have taken: character classes, parts of keywords and, at times, a sentence.
    sentences = re.findall(r"(?:^|, )([A-Z][A-Za-z ]+ [a-z]+)", listed)
    marks = re.findall(r'"[^"\\]+"', listed)
    if sentences:
        return f": {sentences[0]}"
    return f"; it could go on with {' '.join(mark.strip(chr(34)) for mark in marks)}" if marks else ""
