"""Keeping certificates true while the service runs: blind checks, estimates, alarms, revocations and incidents."""
