"""Print the OpenAPI 3.1 document of the API.

    python -m serving openapi > openapi.json

The same document is served at GET /v1/openapi.json and stands in serving/contract/openapi.json.
"""

from __future__ import annotations

import argparse
import sys

from serving.contract.document import written


def configure(_: argparse.ArgumentParser) -> None:
    """It takes no argument."""


def run(_: argparse.Namespace) -> int:
    """Print it."""
    sys.stdout.buffer.write(written())
    return 0
