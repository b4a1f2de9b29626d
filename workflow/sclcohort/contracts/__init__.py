"""Every table the workflow reads or writes, with the meaning of its columns.

Result tables live under ``results/<cohort>/``, resource tables under ``resources/``. One module per stage
holds its tables; here they are all, in the order of the data. Others may rely on names and columns given here.
"""

from __future__ import annotations

from sclcohort.contracts.copy_number import COPY_NUMBER_STATES, COPY_NUMBER_STATUS, GENE_COPY_NUMBER
from sclcohort.contracts.drivers import (
    DRIVER_GENES,
    EVENT_TYPES,
    EVENTS,
    GENE_CLASSES,
    GENE_STATE_VALUES,
    GENE_STATES,
    HOTSPOTS,
    ROLES,
    SET_ASIDE,
)
from sclcohort.contracts.inputs import AVAILABILITY, CLINICAL, LAYERS, SAMPLES, SPECIMENS
from sclcohort.contracts.patients import CHANGES, EVENT_STATUSES, PATIENT_CHANGES, PATIENT_STATUS
from sclcohort.contracts.provenance import COMPLETENESS, SOURCES
from sclcohort.contracts.reference import CODING_INTRONS, GENE_SPANS, REFERENCE_COVERAGE, REFERENCE_GENES
from sclcohort.contracts.regulators import (
    ACTIVITY,
    EXPRESSION,
    EXPRESSION_STATUS,
    GENE_ALIASES,
    GENE_MAPPING,
    GENE_SETS,
    NE_SIGNATURE,
    REGULONS,
    SCORES,
    SUBTYPE_CALIBRATION,
    SUBTYPE_CALLS,
    SUBTYPES,
)
from sclcohort.contracts.resistance import (
    CLASSES,
    DIRECTIONS,
    EVIDENCE,
    LEVELS,
    RESISTANCE_CLASSES,
    RESISTANCE_RULES,
    STRATEGIES,
)
from sclcohort.contracts.variants import CALLERS, CODING_VARIANTS, VARIANT_STATUS

RESULT_TABLES = (
    SAMPLES,
    CLINICAL,
    AVAILABILITY,
    REFERENCE_GENES,
    CODING_INTRONS,
    GENE_SPANS,
    REFERENCE_COVERAGE,
    VARIANT_STATUS,
    CODING_VARIANTS,
    COPY_NUMBER_STATUS,
    GENE_COPY_NUMBER,
    EVENTS,
    SET_ASIDE,
    GENE_STATES,
    EXPRESSION_STATUS,
    GENE_MAPPING,
    EXPRESSION,
    SCORES,
    SUBTYPE_CALLS,
    ACTIVITY,
    EVIDENCE,
    RESISTANCE_CLASSES,
    PATIENT_STATUS,
    PATIENT_CHANGES,
    COMPLETENESS,
)
RESOURCE_TABLES = (
    DRIVER_GENES,
    HOTSPOTS,
    GENE_ALIASES,
    GENE_SETS,
    NE_SIGNATURE,
    REGULONS,
    SUBTYPE_CALIBRATION,
    RESISTANCE_RULES,
    SOURCES,
)

__all__ = [
    "ACTIVITY",
    "AVAILABILITY",
    "CALLERS",
    "CHANGES",
    "CLASSES",
    "CLINICAL",
    "CODING_INTRONS",
    "CODING_VARIANTS",
    "COMPLETENESS",
    "COPY_NUMBER_STATES",
    "COPY_NUMBER_STATUS",
    "DIRECTIONS",
    "DRIVER_GENES",
    "EVENTS",
    "EVENT_STATUSES",
    "EVENT_TYPES",
    "EVIDENCE",
    "EXPRESSION",
    "EXPRESSION_STATUS",
    "GENE_ALIASES",
    "GENE_CLASSES",
    "GENE_COPY_NUMBER",
    "GENE_MAPPING",
    "GENE_SETS",
    "GENE_SPANS",
    "GENE_STATES",
    "GENE_STATE_VALUES",
    "HOTSPOTS",
    "LAYERS",
    "LEVELS",
    "NE_SIGNATURE",
    "PATIENT_CHANGES",
    "PATIENT_STATUS",
    "REFERENCE_COVERAGE",
    "REFERENCE_GENES",
    "REGULONS",
    "RESISTANCE_CLASSES",
    "RESISTANCE_RULES",
    "RESOURCE_TABLES",
    "RESULT_TABLES",
    "ROLES",
    "SAMPLES",
    "SCORES",
    "SET_ASIDE",
    "SOURCES",
    "SPECIMENS",
    "STRATEGIES",
    "SUBTYPES",
    "SUBTYPE_CALIBRATION",
    "SUBTYPE_CALLS",
    "VARIANT_STATUS",
]
