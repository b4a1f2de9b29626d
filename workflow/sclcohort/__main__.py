"""``python -m sclcohort <step> --name value ...``: what every rule calls, and anyone can.

A step is a function ``run(*, ...)``; its signature is the only place where its options are
defined. A ``Path`` is a file, ``tuple[...]`` takes several values, ``X | None`` may be left out.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import logging
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, get_args, get_origin, get_type_hints

from sclcohort import __version__
from sclcohort.errors import CohortError, InputFaultsError

STEPS = {
    "check-inputs": "sclcohort.inputs.check_inputs",
    "get-reference": "sclcohort.reference.get_reference",
    "prepare-reference": "sclcohort.reference.prepare_reference",
    "prepare-targets": "sclcohort.reference.prepare_targets",
    "import-variants": "sclcohort.variants.import_variants",
    "gather-inference": "sclcohort.variants.gather_inference",
    "import-structural-variants": "sclcohort.structural_variants.import_structural_variants",
    "import-copy-number": "sclcohort.copy_number.import_copy_number",
    "annotate-drivers": "sclcohort.drivers.annotate_drivers",
    "measure-burden": "sclcohort.burden.measure_burden",
    "assess-recurrence": "sclcohort.burden.assess_recurrence",
    "score-regulators": "sclcohort.regulators.score_regulators",
    "associate-regulators": "sclcohort.regulators.associate_regulators",
    "classify-genotypes": "sclcohort.genotypes.classify_genotypes",
    "classify-resistance": "sclcohort.resistance.classify_resistance",
    "rank-vulnerabilities": "sclcohort.regulators.rank_vulnerabilities",
    "follow-patients": "sclcohort.patients.follow_patients",
    "measure-growth": "sclcohort.growth.measure_growth",
    "rate-aggression": "sclcohort.growth.rate_aggression",
    "export-cohort": "sclcohort.exports.export_cohort",
    "write-report": "sclcohort.report.write_report",
    "write-manifest": "sclcohort.provenance.write_manifest",
    "account-samples": "sclcohort.provenance.account_samples",
    "summarise": "sclcohort.report.summarise",
}


def load_step(step: str) -> Callable[..., None]:
    """Return the ``run`` function of a step; importing it is all that happens."""
    function: Callable[..., None] = importlib.import_module(STEPS[step]).run
    return function


def add_options(parser: argparse.ArgumentParser, function: Callable[..., None]) -> None:
    """Give a parser one option per keyword of a step function."""
    hints = get_type_hints(function)
    for name, parameter in inspect.signature(function).parameters.items():
        kind, optional = hints[name], parameter.default is not inspect.Parameter.empty
        if get_origin(kind) in (types.UnionType,):
            kind = next(argument for argument in get_args(kind) if argument is not type(None))
        options: dict[str, Any] = {"required": not optional, "default": parameter.default if optional else None}
        if kind is bool:
            options |= {"action": argparse.BooleanOptionalAction}
        elif get_origin(kind) is tuple:
            options |= {"nargs": "*", "type": get_args(kind)[0]}
        else:
            options |= {"type": kind}
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name, **options)


def build_parser(steps: Sequence[str]) -> argparse.ArgumentParser:
    """Build the command line; only the steps in `steps` are imported and get their options."""
    parser = argparse.ArgumentParser(prog="sclcohort", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--version", action="version", version=__version__)
    subparsers = parser.add_subparsers(dest="step", required=True, metavar="step")
    for step in STEPS:
        if step not in steps:
            subparsers.add_parser(step)
            continue
        function = load_step(step)
        summary = (inspect.getdoc(function) or "").split("\n\n")[0]
        add_options(subparsers.add_parser(step, help=summary, description=summary), function)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step; 0 when it worked, 2 when the user can mend what went wrong."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    named = [step for step in STEPS if given and given[0] == step]
    options = vars(build_parser(named or list(STEPS) if given[:1] in (["-h"], ["--help"]) else named).parse_args(given))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", datefmt="%H:%M:%S")
    step = options.pop("step")
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
    try:
        load_step(step)(**settings)
    except InputFaultsError as faults:
        print(faults, file=sys.stderr)
        return 2
    except CohortError as error:
        print(f"sclcohort {step}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
