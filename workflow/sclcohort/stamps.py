"""Fingerprints of code and settings, so that a changed line of either reruns what it touches.

Snakemake compares only the command of a rule, and its params as a set of values without names:
an edited module, or two swapped thresholds, would look unchanged. A stamp in the params of every
rule closes both gaps.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

PACKAGE_ROOT = Path(__file__).resolve().parent.parent


def module_file(module: str) -> Path | None:
    """Return the source file of a module of this package; None for any other module."""
    base = PACKAGE_ROOT.joinpath(*module.split("."))
    if module.split(".")[0] != "sclcohort":
        return None
    for candidate in (base / "__init__.py", base.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


@functools.cache
def imported_modules(module: str) -> frozenset[str]:
    """Return the modules of this package that one module imports, read from its source."""
    source = module_file(module)
    if source is None:
        return frozenset()
    named: set[str] = set()
    for node in ast.walk(ast.parse(source.read_bytes())):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in named if module_file(name) is not None)


@functools.cache
def code_files(module: str) -> tuple[Path, ...]:
    """Return the sources a module runs: its own, and those it imports directly or indirectly."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(imported_modules(name))
    files = {source for name in found if (source := module_file(name)) is not None}
    folder = PACKAGE_ROOT.joinpath(*module.split(".")[:-1])
    # Page templates are code too: the stage's folder holds them.
    files |= {path for path in folder.glob("templates/*") if path.is_file()}
    return tuple(sorted(files))


def stamp(module: str, settings: Mapping[str, object]) -> str:
    """Return the fingerprint of a step: its code, and its settings with their names.

    Parameters
    ----------
    module : str
        Dotted name of the module of the step.
    settings : mapping
        The settings it gets, of JSON types.

    Returns
    -------
    str
        First 16 hexadecimal digits of a SHA-256.
    """
    digest = hashlib.sha256()
    for source in code_files(module):
        digest.update(str(source.relative_to(PACKAGE_ROOT)).encode())
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    digest.update(json.dumps(settings, sort_keys=True, default=str).encode())
    return digest.hexdigest()[:16]
