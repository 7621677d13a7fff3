"""The addresses at which a platform asks whether the service lives and is ready; BentoML answers them."""

from __future__ import annotations

from typing import Final

PROBES: Final = frozenset({"/livez", "/readyz", "/healthz"})
