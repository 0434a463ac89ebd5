"""The codes of Japanese local governments (JIS X 0401 and 0402 with the check digit of the Ministry)."""

from __future__ import annotations


def check_digit(code: str) -> str:
    """Return the sixth digit that belongs to the first five.

    >>> check_digit("28100")
    '0'
    """
    weighted = sum(weight * int(digit) for weight, digit in zip(range(6, 1, -1), code[:5], strict=True))
    return str((11 - weighted % 11) % 10)
