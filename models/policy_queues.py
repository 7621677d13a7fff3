"""The queues that a policy can put items into: those that it names, and those of a kind and a lane."""

from __future__ import annotations

from models.lanes import Lane
from models.policy_table import KINDS, Policy


def named_queues(policy: Policy) -> tuple[str, ...]:
    """Queues that rows and desks name, with those that items are escalated to, in order of the alphabet."""
    named = [name for row in policy.rows for name in (row.queue, row.escalate_to)]
    named += [desk.escalate_to for desk in policy.desks.values()]
    return tuple(sorted({name for name in named if name}))


def queues_of(policy: Policy) -> tuple[str, ...]:
    """All queues: the named ones, then those where the policy names none, by kind and from review to escalate."""
    people = sorted(lane for lane in Lane if lane is not Lane.AUTO)
    plain = (f"{kind}-{lane.value}" for kind in KINDS for lane in people)
    return tuple(dict.fromkeys((*named_queues(policy), *plain)))
