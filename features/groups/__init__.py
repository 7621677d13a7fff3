"""Payments that are not one payment for one claim: lumps, splits, reversals, takebacks, and what came twice."""
