"""Where a request came from, as it may stand in the audit log and be counted by."""

from __future__ import annotations

import ipaddress

from starlette.types import Scope

UNKNOWN = "unknown"


def address_of(scope: Scope) -> str:
    """The caller's address: the one that a proxy on this machine says, else the connection's.

    The server takes whatever stands in ``X-Forwarded-For``, so only what is an address is kept, written in one way.

    >>> address_of({"client": ("2001:DB8:0::1", 0)}), address_of({"client": ("::ffff:192.0.2.7", 0)})
    ('2001:db8::1', '192.0.2.7')
    >>> address_of({"client": ("Jane Doe", 0)}), address_of({"client": None})
    ('unknown', 'unknown')
    """
    given = str((scope.get("client") or (UNKNOWN,))[0])
    try:
        # Behind % stands the zone of a link-local address, which may be any text.
        found = ipaddress.ip_address(given.partition("%")[0])
    except ValueError:
        return UNKNOWN
    return str(getattr(found, "ipv4_mapped", None) or found)
