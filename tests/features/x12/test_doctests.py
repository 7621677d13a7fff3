"""The examples in the reader's docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import features.x12

MODULES = [module.name for module in pkgutil.iter_modules(features.x12.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"features.x12.{name}")).failed == 0
