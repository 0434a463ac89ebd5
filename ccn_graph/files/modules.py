"""Finds modules by their files, so that what is added to a package need be named nowhere else."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any


def declared(package: str, name: str) -> dict[str, Any]:
    """Import the modules of a package, not those further down; return what those that declare `name` mean by it.

    >>> sorted(declared("ccn_graph.reports", "FORMAT"))[:2]
    ['csv_report', 'github']
    """
    places = importlib.import_module(package).__path__
    names = sorted(
        module_info.name for module_info in pkgutil.iter_modules(places) if not module_info.name.startswith("__")
    )
    modules = {module: vars(importlib.import_module(f"{package}.{module}")) for module in names}
    return {module: members[name] for module, members in modules.items() if name in members}
