"""Step check-inputs: every fault of every input in one pass, then the tables all stages read."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from sclcohort.contracts import AVAILABILITY, CLINICAL, LESIONS, SAMPLES
from sclcohort.errors import InputFaultsError
from sclcohort.files import write_text
from sclcohort.inputs.configuration import parse_configuration
from sclcohort.inputs.headers import open_files
from sclcohort.inputs.plan import Plan, availability_rows, make_plan, table_rows
from sclcohort.tables import write_rows

LOG = logging.getLogger(__name__)


def checked_plan(plan: Plan) -> Plan:
    """Return the plan when all its files open well too; raise InputFaultsError with every fault otherwise."""
    faults = [*plan.faults, *(open_files(plan) if plan.config else [])]
    if faults:
        raise InputFaultsError(faults)
    return plan


def run(
    *,
    config: str,
    samples: Path | None = None,
    clinical: Path | None = None,
    lesions: Path | None = None,
    availability: Path | None = None,
    resolved: Path | None = None,
    faults: Path | None = None,
) -> None:
    """Check configuration, sheets and files; write what they resolve to.

    Parameters
    ----------
    config : str
        A configuration file (YAML), or the configuration itself as JSON.
    samples, clinical, lesions, availability : Path or None
        Tables of the contracts of these names; left out: nothing is written.
    resolved : Path or None
        The configuration with all defaults, as JSON.
    faults : Path or None
        Where to write the faults as JSON lines, for machines.

    Raises
    ------
    InputFaultsError
        Every fault, each on a line of its own.
    """
    try:
        plan = checked_plan(make_plan(parse_configuration(config)))
    except InputFaultsError as error:
        if faults is not None:
            write_text(faults, "".join(f"{fault.as_json()}\n" for fault in error.faults))
        raise
    LOG.info("%d samples of %d patients: no fault", len(plan.samples), len({row["patient_id"] for row in plan.samples}))
    if samples is not None:
        write_rows(samples, SAMPLES, table_rows(plan.samples, SAMPLES))
    if clinical is not None:
        write_rows(clinical, CLINICAL, table_rows(plan.clinical, CLINICAL))
    if lesions is not None:
        write_rows(lesions, LESIONS, table_rows(plan.lesions, LESIONS))
    if availability is not None:
        write_rows(availability, AVAILABILITY, availability_rows(plan))
    if resolved is not None:
        write_text(resolved, json.dumps(plan.config, indent=2, sort_keys=True) + "\n")
