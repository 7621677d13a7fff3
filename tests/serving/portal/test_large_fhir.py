"""Large FHIR bodies: the work grows as the body does, and a list that is too long is not gone through."""

from __future__ import annotations

import json
from typing import Any

import pytest

from features.x12.records import Claim, Problem, Record
from serving.portal import fhir_nodes
from serving.portal.door import records_of
from tests.serving.portal.examples import FHIR

Resource = dict[str, Any]


class Work:
    """Counts the elements that are made into nodes, and those that are looked through for modifiers."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done = 0
        made, told = fhir_nodes.Node.__init__, fhir_nodes._telling

        def making(node: fhir_nodes.Node, *args: Any, **named: Any) -> None:
            self.done += 1
            made(node, *args, **named)

        def telling(value: Any) -> bool:
            self.done += 1
            return told(value)

        monkeypatch.setattr(fhir_nodes.Node, "__init__", making)
        monkeypatch.setattr(fhir_nodes, "_telling", telling)

    def of(self, body: Resource) -> tuple[int, list[Record]]:
        """The steps of one body, and what is read."""
        before = self.done
        found = list(records_of(json.dumps(body).encode(), file="a"))
        return self.done - before, found


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def claim(**changes: Any) -> Resource:
    return {**json.loads(FHIR), **changes}


def with_contained(number: int, references: int) -> Resource:
    conditions = [{"resourceType": "Condition", "id": f"c{place}"} for place in range(number)]
    diagnoses = [{"diagnosisReference": {"reference": f"#c{place}"}} for place in range(references)]
    patient = claim()["contained"]
    return claim(contained=[*conditions, *patient], diagnosis=diagnoses)


def bundle(number: int, **of_patient: Any) -> Resource:
    """As many claims as the patient, to whom they all refer, has elements."""
    patient = {"resourceType": "Patient", "id": "p", "photo": [{}] * number, **of_patient}
    entries = [{"resource": claim(patient={"reference": "Patient/p"})} for _ in range(number)]
    return {"resourceType": "Bundle", "entry": [*entries, {"resource": patient}]}


def test_what_is_contained_is_gone_through_once_for_all_references(work: Work) -> None:
    one, _ = work.of(with_contained(1000, references=1))
    many, found = work.of(with_contained(1000, references=50))
    assert isinstance(found[-1], Claim)
    assert many < 2 * one


@pytest.mark.parametrize("modifier", [{}, {"contact": [{"modifierExtension": []}]}], ids=["good", "refused"])
def test_a_resource_of_a_bundle_is_looked_through_once_for_all_that_refer_to_it(
    work: Work, modifier: Resource
) -> None:
    small, large = work.of(bundle(50, **modifier))[0], work.of(bundle(200, **modifier))[0]
    assert large < 8 * small  # 16 times, were it gone through for each claim


@pytest.mark.parametrize(
    ("name", "number"),
    [("item", 1001), ("diagnosis", 51), ("insurance", 27), ("identifier", 101), ("careTeam", 1001)],
)
def test_a_list_that_is_too_long_is_refused_before_it_is_gone_through(
    work: Work, name: str, number: int
) -> None:
    steps = []
    for times in (1, 10):
        done, (refused,) = work.of(claim(**{name: [{}] * number * times}))
        assert isinstance(refused, Problem)
        assert refused.message.startswith(f"Claim.{name}: has more than {number - 1} entries")
        steps.append(done - number * times)  # each is looked at for modifiers
    assert steps[0] == steps[1]


def test_a_line_that_points_to_too_many_diagnoses_is_refused() -> None:
    (refused,) = records_of(json.dumps(claim(item=[{"diagnosisSequence": [1] * 13}])).encode(), file="a")
    assert isinstance(refused, Problem)
    assert refused.message.startswith("Claim.item[0].diagnosisSequence: is no list of up to 12 numbers")
