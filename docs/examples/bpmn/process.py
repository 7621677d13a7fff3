"""The process of remittance.bpmn, run by SpiffWorkflow and saved after every step.

What each service task asks of Clearlane stands in ``RemittanceProcess``, under the task's id in the diagram.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from book import Book, replace_file
from caller import Caller
from SpiffWorkflow.bpmn.parser import BpmnParser, BpmnValidator
from SpiffWorkflow.bpmn.serializer import DEFAULT_CONFIG, BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.task_spec import BpmnTaskSpecConverter
from SpiffWorkflow.bpmn.specs.defaults import ServiceTask
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

DIAGRAM = Path(__file__).parent / "remittance.bpmn"
SAVED, BOOK = "process.json", "book.jsonl"
KEPT = ("lane", "status", "queue", "confidence", "due_at", "version")  # flat, and nothing of a patient
PAGE = 200
SERIALIZER = BpmnWorkflowSerializer(
    BpmnWorkflowSerializer.configure({**DEFAULT_CONFIG, ServiceTask: BpmnTaskSpecConverter})
)
CHANGED = (409, 412)


class ChangedError(Exception):
    """The item is not as the person saw it, and nobody has decided it: it has to be looked at again."""


class RemittanceProcess:
    """One remittance on its way. ``folder`` keeps the saved process and the book."""

    def __init__(self, workflow: BpmnWorkflow, folder: Path, engine: Caller) -> None:
        self._workflow = workflow
        self._folder = folder
        self._engine = engine
        self.book = Book(folder / BOOK)
        self._work: dict[str, Callable[[dict[str, Any], str], None]] = {
            "send": self._send,
            "list": self._list,
            "post-automatically": self._post_automatically,
            "post-decided": self._post_decided,
            "tell-leads": self._tell_leads,
        }

    @staticmethod
    def start(
        remittance: Path, folder: Path, engine: Caller, *, respond_async: bool = False
    ) -> RemittanceProcess:
        """A new process, saved before it asks for anything: whoever resumes it asks under the same keys.

        ``respond_async``: leave the file to a job of the service, as one above 5 MB always is.
        """
        parser = BpmnParser(validator=BpmnValidator())
        parser.add_bpmn_file(str(DIAGRAM))
        workflow = BpmnWorkflow(parser.get_spec("remittance"), parser.get_subprocess_specs("remittance"))
        workflow.data["instance"] = uuid.uuid4().hex
        workflow.data["remittance"] = str(remittance.resolve())
        workflow.data["headers"] = {"Prefer": "respond-async"} if respond_async else {}
        folder.mkdir(parents=True, exist_ok=True)
        process = RemittanceProcess(workflow, folder, engine)
        process._save()
        return process

    @staticmethod
    def resume(folder: Path, engine: Caller) -> RemittanceProcess:
        """The process as it was saved last."""
        saved = (folder / SAVED).read_text(encoding="utf-8")
        return RemittanceProcess(SERIALIZER.deserialize_json(saved), folder, engine)

    @property
    def is_done(self) -> bool:
        """Whether every payment is settled."""
        return bool(self._workflow.completed)

    @property
    def payments(self) -> list[dict[str, Any]]:
        """The payments as they were listed, once they are."""
        (task,) = self._workflow.get_tasks(spec_name="list")
        return list(task.data.get("payments", ()))

    def waiting(self) -> dict[str, dict[str, Any]]:
        """The payments that wait for a person, by the item's id."""
        return {task.data["payment"]["item"]: task.data["payment"] for task in self._people()}

    def run(self) -> None:
        """Go on as far as can be gone without a person; raises ServiceAwayError, and is then resumed.

        Timers that are due fire, too. A service task that has begun is saved as such and counts as done once it was
        answered: where that did not come to pass, it asks again under the same key.
        """
        while True:
            self._workflow.refresh_timers()
            self._workflow.do_engine_steps()
            self._save()
            begun = [task for task in self._workflow.get_tasks(state=TaskState.STARTED) if self._asks(task)]
            if not begun:
                return
            for task in begun:
                self._work[task.task_spec.name](task.data, self._key(task))
                task.complete()
                self._save()

    def look(self) -> int:
        """Complete the tasks of people whose items were decided at the service; how many."""
        found = 0
        for task in self._people():
            decided = self._item(task.data["payment"]["item"])["decided"]
            if decided is not None:
                self._complete(task, decided)
                found += 1
        return found

    def decide(self, item: str, body: dict[str, Any], person: Caller) -> dict[str, Any]:
        """Decide in the engine's own list of tasks; answers with the decision that counts, which may be another's.

        Raises ChangedError where the item has changed and is still open, httpx.HTTPStatusError where it is refused.
        """
        (task,) = (one for one in self._people() if one.data["payment"]["item"] == item)
        answer = person.ask(
            "POST",
            f"/v1/items/{item}/decision",
            once=self._key(task),
            headers={"If-Match": f'"{task.data["payment"]["version"]}"'},
            json=body,
        )
        if answer.status_code in CHANGED:
            decided = self._after_a_conflict(task)
        else:
            decided = answer.raise_for_status().json()["decided"]
        self._complete(task, decided)
        return dict(task.data["decision"])

    def _after_a_conflict(self, task: Any) -> dict[str, Any]:
        found = self._item(task.data["payment"]["item"])
        if found["decided"] is None:
            task.data["payment"].update({name: found["row"][name] for name in KEPT})
            self._save()
            raise ChangedError("the item has changed since it was shown; look at it again")
        return dict(found["decided"])

    def _complete(self, task: Any, decided: dict[str, Any]) -> None:
        decision = decided["decision"]
        task.data["decision"] = {"action": decision["action"], "reviewer": decision["reviewer"]}
        task.run()
        self._save()

    def _people(self) -> list[Any]:
        return list(self._workflow.get_tasks(state=TaskState.READY, spec_name="decide"))

    def _asks(self, task: Any) -> bool:
        return task.task_spec.name in self._work

    def _key(self, task: Any) -> str:
        """Of the process and the task in it, both of which are saved: the same after every restart."""
        return f"{self._workflow.data['instance']}:{task.id}"

    def _send(self, data: dict[str, Any], key: str) -> None:
        path = Path(self._workflow.data["remittance"])
        answer = self._engine.ask(
            "POST",
            "/v1/files",
            once=key,
            headers=self._workflow.data.get("headers", {}),
            params={"name": path.name},
            content=path.read_bytes(),
        )
        data["file"] = self._engine.receipt(answer)["file"]

    def _list(self, data: dict[str, Any], _: str) -> None:
        rows: list[dict[str, Any]] = []
        page: dict[str, str | int] = {"file": data["file"], "kind": "remittance-match", "status": "all"}
        after: str | None = None
        while True:
            found = self._engine.get("/v1/items", limit=PAGE, **page, **({"after": after} if after else {}))
            rows += found["rows"]
            after = found["next"]
            if after is None:
                break
        data["payments"] = [{"item": row["id"], **{name: row[name] for name in KEPT}} for row in rows]

    def _post_automatically(self, data: dict[str, Any], _: str) -> None:
        data["outcome"] = self.book.add("settled", data["payment"]["item"], by="automatic", action="accept")

    def _post_decided(self, data: dict[str, Any], _: str) -> None:
        decision = data["decision"]
        data["outcome"] = self.book.add(
            "settled", data["payment"]["item"], by=decision["reviewer"], action=decision["action"]
        )

    def _tell_leads(self, data: dict[str, Any], _: str) -> None:
        row = self._item(data["payment"]["item"])["row"]
        self.book.add("late", row["id"], due_at=row["due_at"], lane=row["lane"], queue=row["queue"])

    def _item(self, item: str) -> Any:
        return self._engine.get(f"/v1/items/{item}")

    def _save(self) -> None:
        replace_file(self._folder / SAVED, SERIALIZER.serialize_json(self._workflow))
