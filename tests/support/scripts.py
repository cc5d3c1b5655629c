"""A script of the tree, which has no ending, as a module."""

from __future__ import annotations

import importlib.util
from importlib.machinery import SourceFileLoader
from types import ModuleType

from tests.foundation.tree import ROOT


def script(name: str) -> ModuleType:
    """`scripts/NAME`, loaded and not run."""
    loader = SourceFileLoader(f"script_{name.replace('/', '_')}", str(ROOT / "scripts" / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
