"""The audit log: chain, attacks, anchors, what is logged, and replays."""
