"""The examples for workflow engines are whole: what engines, modellers and installers read of them."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.parser import BpmnValidator  # type: ignore[import-untyped]

ROOT = Path(__file__).parent.parent
BPMN, NODE_RED = (ROOT / "docs" / "examples" / name for name in ("bpmn", "node-red"))
DIAGRAM = BPMN / "remittance.bpmn"
SPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
}


@pytest.fixture(scope="module")
def process() -> etree._Element:
    return etree.parse(str(DIAGRAM)).find("bpmn:process", SPACES)


def test_the_process_is_valid_bpmn(process: etree._Element) -> None:
    BpmnValidator().validate(process.getroottree())


def test_everything_in_the_process_is_drawn_once_and_nothing_else(process: etree._Element) -> None:
    kinds = ("Event", "Task", "Gateway", "subProcess", "sequenceFlow")
    there = [one.get("id") for one in process.iter() if str(one.tag).endswith(kinds)]
    drawn = process.getroottree().xpath("//bpmndi:*/@bpmnElement", namespaces=SPACES)
    assert sorted(drawn) == sorted([*there, "remittance"])


def test_the_runner_has_work_for_every_service_task_and_no_other(process: etree._Element) -> None:
    tasks = {task.get("id") for task in process.iter(f"{{{SPACES['bpmn']}}}serviceTask")}
    tree = ast.parse((BPMN / "process.py").read_text(encoding="utf-8"))
    found = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "self._work"
    ]
    assert [set(ast.literal_eval(ast.List(work.keys))) for work in found if isinstance(work, ast.Dict)] == [
        tasks
    ]


def test_the_picture_shows_every_name_of_the_process(process: etree._Element) -> None:
    picture = etree.parse(str(ROOT / "docs" / "workflow-engines.svg")).getroot()
    shown = " ".join(picture.itertext())
    for name in process.xpath(".//@name")[1:]:
        if name not in ("payment", "outcome"):
            assert all(word in shown for word in name.split()), name


def test_nothing_that_ships_imports_the_engine() -> None:
    for room in ("features", "models", "training", "serving"):
        for path in (ROOT / room).rglob("*.py"):
            assert not re.search(r"^\s*(import|from) SpiffWorkflow", path.read_text(), re.MULTILINE), path


def test_node_reds_lock_names_no_registry_and_has_a_digest_of_every_package() -> None:
    text = (NODE_RED / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    wanted = json.loads((NODE_RED / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert packages.pop("")["dependencies"] == wanted
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert '"resolved"' not in text
    assert len(packages) > 100
    own = [package for package in packages.values() if not package.get("inBundle")]  # others come inside one
    assert all(package["integrity"].startswith("sha512-") for package in own)


def test_the_flow_is_wired_to_nodes_that_are_there_and_holds_no_key() -> None:
    flow = json.loads((NODE_RED / "flows.json").read_text(encoding="utf-8"))
    names = {node["id"] for node in flow}
    wired = {name for node in flow for output in node.get("wires", ()) for name in output}
    assert wired <= names
    assert names - wired == {"clearlane", "tick"}
    assert not any("credentials" in node for node in flow)
    assert "clk_" not in json.dumps(flow)


def test_the_flow_waits_for_the_job_that_a_large_file_is_left_to() -> None:
    flow = json.loads((NODE_RED / "flows.json").read_text(encoding="utf-8"))
    (answered,) = (node for node in flow if node["id"] == "answered")
    for word in ("202", "headers.location", "retry-after", "job.receipt", "job.problem"):
        assert word in answered["func"], word
    assert answered["wires"] == [["next"], ["later"], ["refused"]]
