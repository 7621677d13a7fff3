"""Run the process of remittance.bpmn against a running service (make serve).

    python docs/examples/bpmn/run.py start remittance.835 --state state
    python docs/examples/bpmn/run.py resume --state state --watch 600
    python docs/examples/bpmn/run.py decide ITEM accept --state state

The engine's key stands in CLEARLANE_ENGINE_KEY, the person's in CLEARLANE_REVIEWER_KEY; without keys (a service that
asks nobody) say who decides with --reviewer. The status is 0 where every payment is settled, 3 where some wait for a
person, 65 where the service could not take the file, and 75 where it did not answer: resume later, nothing is lost.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from pathlib import Path

from caller import Caller, FileFailedError, ServiceAwayError
from process import RemittanceProcess
from rich.console import Console
from rich.table import Table

DONE, WAITS, REFUSED, AWAY = 0, 3, 65, 75
LOOK_EVERY = 1.0  # seconds


def main() -> int:
    """Do what was asked, show how it stands; the exit status."""
    arguments = _arguments()
    engine = Caller(arguments.address, os.environ.get("CLEARLANE_ENGINE_KEY"), patience=arguments.patience)
    try:
        process = _process(arguments, engine)
        process.run()
        _go_on(process, until=time.monotonic() + getattr(arguments, "watch", 0.0))
    except ServiceAwayError as away:
        Console(stderr=True).print(f"{away}; resume later", highlight=False)
        return AWAY
    except FileFailedError as failed:
        Console(stderr=True).print(str(failed), highlight=False, markup=False)
        return REFUSED
    finally:
        engine.close()
    Console().print(shown(process))
    Console().print(f"{engine.sent_again} requests were sent again.", highlight=False)
    return DONE if process.is_done else WAITS


def _process(arguments: argparse.Namespace, engine: Caller) -> RemittanceProcess:
    if arguments.verb == "start":
        return RemittanceProcess.start(
            arguments.remittance, arguments.state, engine, respond_async=arguments.respond_async
        )
    process = RemittanceProcess.resume(arguments.state, engine)
    if arguments.verb == "decide":
        person = Caller(
            arguments.address, os.environ.get("CLEARLANE_REVIEWER_KEY"), patience=arguments.patience
        )
        given = {"action": arguments.action, "reviewer": arguments.reviewer, "reason": arguments.reason}
        process.decide(arguments.item, {name: value for name, value in given.items() if value}, person)
    return process


def _go_on(process: RemittanceProcess, *, until: float) -> None:
    """Look for what was decided at the service, once at least."""
    while True:
        process.look()
        process.run()
        if process.is_done or time.monotonic() >= until:
            return
        time.sleep(LOOK_EVERY)


def shown(process: RemittanceProcess) -> Table:
    """What happened to each payment so far."""
    lines = {(line["event"], line["item"]): line for line in process.book.lines()}
    table = Table("item", "lane", "confidence", "due", "late", "settled by", "action")
    counted: Counter[str] = Counter()
    for payment in process.payments:
        settled, late = (lines.get((event, payment["item"])) for event in ("settled", "late"))
        by = settled["by"] if settled else "waits for a person"
        counted[by] += 1
        confidence = "" if payment["confidence"] is None else f"{payment['confidence']:.3f}"
        table.add_row(
            payment["item"], payment["lane"], confidence, payment["due_at"][:16],
            f"in {late['queue']}" if late else "", by, settled["action"] if settled else "",
        )  # fmt: skip
    table.caption = ", ".join(f"{count} {by}" for by, count in sorted(counted.items()))
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    starting = verbs.add_parser("start", help="start a process for a remittance file")
    starting.add_argument("remittance", type=Path)
    starting.add_argument(
        "--respond-async", action="store_true", help="leave the file to a job, as one above 5 MB always is"
    )
    resuming = verbs.add_parser("resume", help="go on with a saved process")
    resuming.add_argument(
        "--watch", type=float, default=0.0, metavar="SECONDS", help="wait so long for people"
    )
    deciding = verbs.add_parser("decide", help="decide an item in the engine's own list of tasks")
    deciding.add_argument("item")
    deciding.add_argument("action", choices=("accept", "none"))
    deciding.add_argument("--reviewer")
    deciding.add_argument("--reason")
    for verb in (starting, resuming, deciding):
        verb.add_argument(
            "--state", type=Path, required=True, metavar="DIR", help="where the process is saved"
        )
        verb.add_argument("--address", default="http://127.0.0.1:3000")
        verb.add_argument("--patience", type=float, default=60.0, help="seconds to go on asking (60)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
