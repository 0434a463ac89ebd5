"""What is wrong with a query written into a shapes graph (SHACL sections 5.2, 5.3 and appendix A)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from ccn_graph.errors import QueryError
from ccn_graph.rdf import query_guard, query_tokens, syntax_errors
from ccn_graph.text.languages import Bilingual
from ccn_graph.validation.shacl import functions
from ccn_graph.validation.shacl.shape_model import Prepared

_UNSUPPORTED = {"shapesGraph", "currentShape"}
_FORBIDDEN = ("MINUS", "VALUES", "SERVICE")


def of_query(query: Prepared, form: str, bound: Sequence[str] = ()) -> Iterator[Bilingual]:
    """Return what is wrong with a SELECT or ASK query (`form`); `bound` are the variables with values beside $this."""
    forbidden = list(_forbidden(query.text))
    if forbidden:
        yield from forbidden
        return
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in query.prefixes)
    text = query.text
    try:
        query_guard.check_query(text)
        ox.Store().query(f"{prologue}{_named(text)}", custom_functions=functions.table())
    except (SyntaxError, QueryError) as error:
        yield _unreadable(text, prologue, error)
        return
    except (OSError, ValueError, RuntimeError):
        pass  # it can be read; what it does without data does not matter
    tokens = [(token.kind, token.text) for token in query_tokens.tokens(text)]
    for name in sorted({token[1:] for kind, token in tokens if kind == "variable"} & _UNSUPPORTED):
        yield {
            "ja": f"変数 ${name} には対応していないので、この制約は調べられない",
            "en": f"the variable ${name} is not supported, so that this constraint cannot be evaluated",
        }
    words = [token.upper() for kind, token in tokens if kind == "word"]
    if not words or form not in words:
        yield {"ja": f"{form} の形のSPARQLを書く", "en": f"this must be a {form} query"}
        return
    yield from _of_words(tokens, form, ("this", *bound))


def _unreadable(text: str, prologue: str, error: SyntaxError | QueryError) -> Bilingual:
    prefix = syntax_errors.undeclared_prefix(f"{prologue}{text}")
    if prefix:
        return {
            "ja": f"接頭辞 {prefix[0]}: が sh:prefixes で宣言されていない",
            "en": f"sh:prefixes declares no {prefix[0]}:",
        }
    line = syntax_errors.syntax_error(str(error), f"{prologue}{text}").line if isinstance(error, SyntaxError) else None
    if line:
        line -= prologue.count("\n")
        return {
            "ja": f"SPARQLとして読めない(問い合わせの{line}行目か、その少し前)",
            "en": f"the query cannot be read as SPARQL, at its line {line} or shortly before",
        }
    return {"ja": f"SPARQLとして読めない({error})", "en": f"the query cannot be read as SPARQL: {error}"}


def _forbidden(text: str) -> Iterator[Bilingual]:
    words = {token.upper for token in query_tokens.tokens(text)}
    for word in _FORBIDDEN:
        if word in words:
            yield {
                "ja": f"SHACLの中のSPARQLに {word} は使えない",
                "en": f"SHACL allows no {word} in a query (appendix A)",
            }


def _named(text: str) -> str:
    """Return $PATH a property, so that the query can be read as it stands."""
    return "".join(
        gap + ("<urn:path>" if kind == "variable" and token[1:] == "PATH" else token)
        for kind, token, _, gap in query_tokens.tokens(text)
    )


def _of_words(tokens: Sequence[tuple[str, str]], form: str, bound: Sequence[str]) -> Iterator[Bilingual]:
    for (_, before), (kind, name) in itertools.pairwise(tokens):
        if before.upper() == "AS" and kind == "variable" and name[1:] in bound:
            yield {
                "ja": f"はじめから値のある変数 {name} に AS で値を与えてはいけない",
                "en": f"{name} has a value from the start and must not be assigned by AS (appendix A)",
            }
    first = form == "SELECT"
    for projected, everything in _projections(tokens):
        missing = {"this"} - projected
        if everything and not first:
            yield {
                "ja": "内側のSELECTは * ではなく、$this などの変数を挙げる",
                "en": "an inner SELECT must list its variables, $this among them, instead of * (appendix A)",
            }
        elif missing and not everything:
            names = " ".join(f"${name}" for name in sorted(missing))
            where = {"ja": "" if first else "内側の", "en": "" if first else "inner "}
            yield {
                "ja": f"{where['ja']}SELECTが {names} を返さないので、調べられない。{names} を加える",
                "en": f"the {where['en']}SELECT does not return {names}, so that nothing can be told; add {names}",
            }
        first = False


def _projections(tokens: Sequence[tuple[str, str]]) -> Iterator[tuple[set[str], bool]]:
    """Yield for each SELECT the variables that it returns, and whether it returns all."""
    for at, (kind, token) in enumerate(tokens):
        if kind != "word" or token.upper() != "SELECT":
            continue
        names, everything, depth, previous = set[str](), False, 0, ""
        for kind_, text in tokens[at + 1 :]:
            if text == "{" or (text.upper() in ("WHERE", "FROM") and kind_ == "word"):
                break
            depth += (text == "(") - (text == ")")
            if kind_ == "variable" and (depth == 0 or previous == "AS"):
                names.add(text[1:])
            everything = everything or (text == "*" and depth == 0)
            previous = text.upper()
        yield names, everything
