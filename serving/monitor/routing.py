"""What routing tells the monitor of an automatic item, and the monitor a reviewer of one that no longer is."""

from __future__ import annotations

from collections.abc import Sequence

from features.evidence import Reason
from models.certificates import Certificate
from models.policy_table import Policy
from models.routing import NO_CERTIFICATE, Routed, RoutingInput, cell_of
from serving.monitor.records import Watched


def watched_under(routed: Routed, certificates: Sequence[Certificate], policy: Policy) -> Watched | None:
    """On what an automatic item went; None for every other."""
    found = next((one for one in certificates if one.id == routed.certificate), None)
    if routed.lane.value != "auto" or found is None:
        return None
    return Watched(found.cell, found.alpha, policy.audit_probability)


def with_revocation(
    routed: Routed, item: RoutingInput, certificates: Sequence[Certificate], policy: Policy
) -> tuple[Reason, ...]:
    """The reasons of a lane, and where no certificate is in force as one was revoked, that it was."""
    if NO_CERTIFICATE not in routed.reasons:
        return routed.reasons
    cell = cell_of(item, policy)
    revoked = any(one.status == "revoked" and one.cell == cell for one in certificates)
    return (*routed.reasons, REVOKED) if revoked else routed.reasons


REVOKED = Reason(
    "certificate-revoked",
    "The certificate was revoked, as checks found too many automatic items wrong; a new one on later labels is needed.",
)
