"""Whom a request is counted for: the address of a client, as the proxies that are trusted tell it."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Iterable

#: Proxies on the same machine speak for their clients.
LOOPBACK = ("127.0.0.0/8", "::1/128")

#: An address in X-Forwarded-For may carry a port: 192.0.2.1:80 or [2001:db8::1]:80.
_WITH_PORT = re.compile(r"\[([^\]]+)\](?::\d+)?|([\d.]+):\d+")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _read(text: str) -> Address | None:
    """Return an address; None if it is none. An IPv4 address in IPv6 clothes is that IPv4 address."""
    text = text.strip()
    match = _WITH_PORT.fullmatch(text)
    try:
        address = ipaddress.ip_address(match[1] or match[2] if match else text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@functools.lru_cache(maxsize=4_096)
def counted(address: str) -> str:
    """Return under what name a client is counted: an IPv6 client owns its /64, and may take any address of it.

    >>> counted("2001:db8::1"), counted("::ffff:192.0.2.1"), counted("192.0.2.1"), counted("?")
    ('2001:db8::/64', '192.0.2.1', '192.0.2.1', '?')
    """
    read = _read(address)
    if isinstance(read, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((read, 64), strict=False))
    return str(read) if read else address


class Proxies:
    """The proxies whose word is taken for who the client is."""

    def __init__(self, networks: Iterable[str] = LOOPBACK) -> None:
        """Trust addresses or networks, such as 10.0.0.0/8. Raises ValueError for what is none."""
        self._networks = [ipaddress.ip_network(network) for network in networks]
        # Per instance, and bounded: the same few proxies and many clients ask again and again.
        self.is_trusted = functools.lru_cache(maxsize=4_096)(self._is_trusted)
        self.client = functools.lru_cache(maxsize=4_096)(self._client)

    def _is_trusted(self, address: str) -> bool:
        read = _read(address)
        return read is not None and any(
            read in network for network in self._networks if network.version == read.version
        )

    def _client(self, near: str, forwarded: str) -> str:
        """Return the name under which a client is counted.

        `near` is at the other end of the connection, `forwarded` what X-Forwarded-For says: each proxy adds whom it
        heard, so that, from the right, the first who is no proxy of ours is the client. What stands left of it anyone
        may have written.
        """
        if not forwarded or not self.is_trusted(near):
            return counted(near)
        last = near
        for entry in reversed(forwarded.split(",")[-20:]):
            if _read(entry) is None:
                break
            last = entry.strip()
            if not self.is_trusted(last):
                break
        return counted(last)
