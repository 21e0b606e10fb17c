"""Where another's web site may lead this program: to public addresses, and to no other machine.

A site that anybody names can redirect to the router, to a service of this machine, or to a cloud's own addresses. So
every address is looked up before it is asked, redirects included, and the address that a connection was really made to
is looked at before the request is sent: a name can be answered in another way the second time.
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from generator.base.errors import RemoteError
from generator.base.http import look_up

# An address within an address: IPv4 within IPv6, and the two ways to reach it through a translator.
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")
# All that is public of IPv6. What else there is reaches this machine or this network, old forms of both included, which
# the library takes for public: ::10.0.0.1, 64:ff9b:1::a00:1, fec0::1.
_PUBLIC: Final = ipaddress.ip_network("2000::/3")
_CONNECTED: Final = "connection.connect_tcp.complete"


@dataclass(frozen=True)
class PublicOnly:
    """Lets a request go to public addresses alone.

    Attributes:
        with_loopback: this machine is let, too: a site that `oms serve` shows.
        look_up: returns the addresses of a host and a port.
    """

    with_loopback: bool = False
    look_up: Callable[[str, int], list[str]] = look_up

    def check(self, url: str) -> None:
        """Check that a host is public, under all of its addresses.

        Raises:
            RemoteError: it is not, or has no address.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.username or parts.password or parts.scheme not in {"http", "https"}:
            raise RemoteError(f"{url!r} is no address of a public site; something like https://example.org/share/ is.")
        try:
            found = self.look_up(host, parts.port or (443 if parts.scheme == "https" else 80))
        except (OSError, UnicodeError, ValueError) as error:
            raise RemoteError(f"The host {host!r} of {url!r} is not known: {error}. Check the address.") from error
        for address in found:
            self._check_address(address, url)
        if parts.scheme == "http" and not all(ipaddress.ip_address(address).is_loopback for address in found):
            raise RemoteError(f"{url} is not encrypted: anybody on the way could change it. Name it with https://.")

    def watch(self, url: str) -> Mapping[str, Any]:
        """Return options of a request that end it before anything is sent, where it reached no public address."""

        def trace(event: str, info: Mapping[str, Any]) -> None:
            if event == _CONNECTED:
                self._check_address(str(info["return_value"].get_extra_info("server_addr")[0]), url)

        return {"extensions": {"trace": trace}}

    def _check_address(self, text: str, url: str) -> None:
        address = _unwrap(ipaddress.ip_address(text.partition("%")[0]))
        if address.is_loopback and self.with_loopback:
            return
        if not address.is_global or address.is_multicast or (address.version == 6 and address not in _PUBLIC):
            hint = " If it is a site that you serve yourself, set OMS_ALLOW_LOOPBACK=1." if address.is_loopback else ""
            raise RemoteError(
                f"{url} leads to {address}, which is no public address: another's site is read from the public web "
                f"alone, redirects included. Nothing was taken from it; name the site by its public address.{hint}"
            )


def _unwrap(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for; any other as it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
