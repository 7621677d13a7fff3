"""The command line of the serving room: ``python -m serving --help``."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from features.commandline import main

if __name__ == "__main__":
    sys.exit(
        main(
            prog="python -m serving",
            description="Score, route and queue claims and payments; serve the API and the reviewers' page.",
            # A Bento holds no command that needs a checkout.
            commands={
                name: module
                for name, module in {
                    "serve": "serving.serve_command",
                    "score": "serving.score_command",
                    "load": "serving.load_command",
                    "store": "serving.store_command",
                    "access": "serving.access_command",
                    "audit": "serving.audit_command",
                    "replay": "serving.replay_command",
                    "shadow": "serving.shadow_command",
                    "bento": "serving.bento_command",
                    "openapi": "serving.openapi_command",
                    "template": "serving.template_command",
                    "demo": "serving.demo_command",
                }.items()
                if find_spec(module)
            },
        )
    )
