"""The closed schemas of configuration and sheets, and their violations as faults.

The schema files say what a user may write; this module turns a violation into one line that
names the place, the value, what is allowed and, for a misspelt name, the likely one.
"""

from __future__ import annotations

import copy
import difflib
import functools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sclcohort.errors import Fault

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

SCHEMA_FOLDER = Path(__file__).resolve().parents[2] / "schemas"


@functools.cache
def load_schema(name: str) -> dict[str, Any]:
    """Return the schema ``workflow/schemas/<name>.schema.yaml``."""
    schema: dict[str, Any] = yaml.safe_load((SCHEMA_FOLDER / f"{name}.schema.yaml").read_text(encoding="utf-8"))
    return schema


@functools.cache
def validator(name: str) -> Draft202012Validator:
    """Return a validator of one of the schemas."""
    # Steps that read a sheet that was checked before need the schema's words alone.
    from jsonschema import Draft202012Validator

    return Draft202012Validator(load_schema(name))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean "x"?``, or the list of what is known where nothing is close."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f'did you mean "{close[0]}"?'
    return f"known: {', '.join(names)}" if names else "remove it"


def allowed(schema: Mapping[str, Any]) -> str:
    """Describe in words what a schema lets a value be."""
    if "enum" in schema:
        return "one of " + ", ".join(str(choice) for choice in schema["enum"] if choice is not None)
    if "x-allowed" in schema:
        return str(schema["x-allowed"])
    kinds = schema.get("type", "value")
    words = " or ".join(kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null")
    bounds = [
        f"{sign} {schema[key]}"
        for key, sign in (("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<="), ("exclusiveMaximum", "<"))
        if key in schema
    ]
    default = f"; default {schema['default']}" if schema.get("default") not in (None, {}, []) else ""
    article = "an" if words[0] in "aeiou" else "a"
    return f"{article} {words}{' ' if bounds else ''}{' and '.join(bounds)}{default}"


def violations(
    instance: Mapping[str, Any], schema_name: str, code: str, file: str, row: int | None = None
) -> list[Fault]:
    """Return every violation of a schema as faults, in the order of the names concerned.

    Parameters
    ----------
    instance : mapping
        A configuration, or one row of a sheet.
    schema_name : str
        Schema to keep.
    code : str
        Area of the fault code, ``CFG`` or ``SHEET``.
    file, row
        Address.
    """
    errors = sorted(
        validator(schema_name).iter_errors(instance), key=lambda error: [str(p) for p in error.absolute_path]
    )
    # One missing name of several gives one error each, and each lists all of them: keep the first.
    return list(dict.fromkeys(fault for error in errors for fault in _faults_of(error, code, file, row)))


def _faults_of(error: ValidationError, code: str, file: str, row: int | None) -> Iterable[Fault]:
    place = ".".join(str(part) for part in error.absolute_path) or None
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        for name in sorted((name for name in _names(error.instance) if name not in known), key=str):
            key = f"{place}.{name}" if place else str(name)
            yield Fault(f"E-{code}-001", file, "unknown name", did_you_mean(str(name), known), row, key)
    elif error.validator == "required":
        for name in (name for name in schema["required"] if name not in _names(error.instance)):
            about = schema.get("properties", {}).get(name, {}).get("description", "")
            yield Fault(f"E-{code}-002", file, "missing", f"give it: {about}", row, name)
    else:
        choices = [str(choice) for choice in schema.get("enum", ()) if choice is not None]
        close = difflib.get_close_matches(str(error.instance), choices, n=1)
        hint = f'did you mean "{close[0]}"? ' if close else ""
        fix = f"{hint}give {allowed(schema)}"
        yield Fault(f"E-{code}-003", file, "not allowed here", fix, row, place, str(error.instance))


def _names(instance: object) -> list[object]:
    return list(instance) if isinstance(instance, Mapping) else []


def with_defaults(given: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a configuration with the schema's defaults where keys are left out, keys in schema order."""
    resolved: dict[str, Any] = {}
    for name, part in schema["properties"].items():
        value = given.get(name, copy.deepcopy(part.get("default")))
        if "properties" in part and isinstance(value, Mapping):
            value = with_defaults(value, part)
        if name in given or "default" in part:
            resolved[name] = value
    return resolved
