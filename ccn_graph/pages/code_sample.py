"""Code that asks the same again: for a shell, for Python and for R, ready to be run."""

from __future__ import annotations

import re
import shlex
import urllib.parse
from collections.abc import Sequence

_PYTHON = '''\
import io

import pandas
import requests

query = """\\
{query}"""

answer = requests.post("{endpoint}", data={{"query": query}}, headers={{"Accept": "text/csv"}}, timeout=60)
answer.raise_for_status()
table = pandas.read_csv(io.StringIO(answer.text))
print(table)
'''

_R = """\
library(httr2)
library(readr)

query <- r"{dashes}(
{query}){dashes}"

answer <- request("{endpoint}") |>
  req_body_form(query = query) |>
  req_headers(Accept = "text/csv") |>
  req_perform()
table <- read_csv(I(resp_body_string(answer)))
print(table)
"""


def curl(url: str, parameters: Sequence[tuple[str, str]]) -> str:
    r"""Write a command that downloads the answer at `url`.

    >>> print(curl("http://localhost/questions/x.csv", [("city", "kobe")]))
    curl --fail --get http://localhost/questions/x.csv \
      --data-urlencode city=kobe
    """
    parts = [f"--data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in parameters]
    return " \\\n  ".join([f"curl --fail --get {shlex.quote(url)}", *parts])


def python(endpoint: str, query: str) -> str:
    """Write a program that asks `query` and puts the answer into a pandas DataFrame."""
    text = query.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    # A quotation mark at the end would join those that close the text.
    return _PYTHON.format(query=text.rstrip("\n") + "\n", endpoint=_inside(endpoint))


def r(endpoint: str, query: str) -> str:
    """Write a program that asks `query` and puts the answer into a tibble; it needs R 4.1."""
    dashes = "-"
    while f"){dashes}" in query:
        dashes += "-"
    return _R.format(query=query.rstrip("\n") + "\n", endpoint=_inside(endpoint), dashes=dashes)


def bare(query: str) -> str:
    """Leave out the lines of a query's head that only this project reads."""
    return re.sub(r"^#\+.*\n", "", query, flags=re.MULTILINE).strip("\n") + "\n"


def _inside(url: str) -> str:
    return urllib.parse.quote(url, safe=":/?&=%#[]@!,;~.-_+")
