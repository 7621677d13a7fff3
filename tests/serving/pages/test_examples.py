"""The examples in the docstrings of the pages are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from serving import pages

MODULES = [f"serving.pages.{module.name}" for module in pkgutil.iter_modules(pages.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples() -> None:
    tried = sum(doctest.testmod(importlib.import_module(name)).attempted for name in MODULES)
    assert tried > 15
