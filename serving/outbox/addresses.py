"""Which addresses the service may send to: those that its settings allow, and no other, whatever a caller names.

A caller that could name any address could have the service ask its own network in the caller's place (SSRF). So an
address needs an entry, a name that leads to a private network needs that network as another entry, and what is
connected to is the very address that was looked at: a name that changes its mind in between gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from features.errors import BadInputError

NAME: Final = "CLEARLANE_CALLBACKS"
LONGEST: Final = 2000
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


class NotAllowedError(BadInputError):
    """An address that the service may not send to."""


class Prefix(Struct, frozen=True):
    """Addresses that begin alike."""

    scheme: str
    host: str
    port: int
    path: str  # ends with a slash, or is the whole path


class Allowed(Struct, frozen=True):
    """What ``CLEARLANE_CALLBACKS`` says; nothing by default."""

    prefixes: tuple[Prefix, ...] = ()
    networks: tuple[Network, ...] = ()

    @staticmethod
    def of(text: str) -> Allowed:
        """Entries with commas between: hosts (https), addresses that others begin with, and private networks.

        >>> len(Allowed.of("erp.example.org, http://10.1.2.3:8080/in/, 10.1.2.3").networks)
        1
        """
        prefixes, networks = [], []
        for entry in filter(None, (part.strip() for part in text.split(","))):
            network = _network(entry)
            if network is not None:
                networks.append(network)
            else:
                prefixes.append(_prefix(entry if "://" in entry else f"https://{entry}/"))
        return Allowed(tuple(prefixes), tuple(networks))

    def check(self, address: str) -> SplitResult:
        """The parts of an address that may be sent to, as far as its text tells; raises NotAllowedError."""
        parts = split(address)
        path = parts.path or "/"
        for one in self.prefixes:
            same = (one.scheme, one.host, one.port) == (parts.scheme, host_of(parts), port_of(parts))
            if same and (path == one.path or (one.path.endswith("/") and path.startswith(one.path))):
                return parts
        raise NotAllowedError("this address may not be sent to", NAME, "see docs/events.md")

    def reachable(self, found: Iterable[str]) -> str:
        """The first of the addresses that a name leads to; raises NotAllowedError where any of them is private.

        What is private, or of this machine, is reached where its network is an entry of its own.
        """
        addresses = [_mapped(ipaddress.ip_address(one.partition("%")[0])) for one in found]
        if not addresses or not all(self._is_open(one) for one in addresses):
            raise NotAllowedError("this name leads to a private network that no entry names", NAME)
        return str(addresses[0])

    def _is_open(self, address: IpAddress) -> bool:
        if any(address in network for network in self.networks if network.version == address.version):
            return True
        return address.is_global and not (address.is_multicast or address.is_reserved)


def split(address: str) -> SplitResult:
    """The parts of an address that is written as plainly as can be; raises NotAllowedError for any other.

    Two readers must not take it for two addresses: no name and password, no fragment, no steps upward, nothing that is
    not ASCII.
    """
    try:
        parts = urlsplit(address)
        plain = (
            len(address) <= LONGEST
            and re.fullmatch(r"[!#-;=?-\[\]_a-z~]+", address) is not None
            and parts.scheme in ("http", "https")
            and address.startswith(f"{parts.scheme}://")
            and "@" not in parts.netloc
            and HOST.fullmatch(parts.netloc.rpartition(":")[0] if parts.port else parts.netloc) is not None
            and not parts.fragment
            and "#" not in address
            and not re.search(r"(^|/)(\.|%2e){1,2}(/|$)|%2f|%5c|//", parts.path, re.IGNORECASE)
        )
    except ValueError:
        plain = False
    if not plain:
        raise NotAllowedError("this is no address that can be sent to", "callback", "see docs/events.md")
    return parts


def host_of(parts: SplitResult) -> str:
    """The name, or the literal address without brackets."""
    return parts.hostname or ""


def port_of(parts: SplitResult) -> int:
    """The port, where none is said that of the scheme."""
    return parts.port or (443 if parts.scheme == "https" else 80)


def shown(address: str) -> str:
    """An address as people are shown it: what comes behind the host may be a secret of its receiver.

    >>> shown("https://erp.example.org/in/1f0c?token=s")
    'https://erp.example.org'
    """
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def check_all(allowed: Allowed, addresses: Sequence[str], name: str) -> None:
    """Raises BadInputError where a setting names an address that another one does not allow."""
    for address in addresses:
        try:
            allowed.check(address)
        except NotAllowedError:
            raise BadInputError(
                f"{name} holds an address that is not allowed", NAME, "add it there"
            ) from None


CARRIERS = [
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),  # mapped
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),  # NAT64
    (ipaddress.IPv6Network("2002::/16"), 80),  # 6to4
]
"""IPv6 networks whose addresses hold one of IPv4, and the bits behind it."""


def _network(entry: str) -> Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None


def _mapped(address: IpAddress) -> IpAddress:
    """An IPv4 address that is written as one of IPv6, or that a gateway would make of one, is judged as what it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    within = next((bits for network, bits in CARRIERS if address in network), None)
    if within is None:
        return address
    return ipaddress.IPv4Address(int(address) >> within & 0xFFFFFFFF)


def _prefix(entry: str) -> Prefix:
    try:
        parts = split(entry)
    except NotAllowedError:
        raise BadInputError("an entry is no host, address or network", NAME, "see docs/events.md") from None
    if parts.query:
        raise BadInputError("an entry ends with its path", NAME, "leave out what begins with '?'")
    return Prefix(parts.scheme, host_of(parts), port_of(parts), parts.path or "/")
