"""Tables of the inputs stage: the sheets, resolved, and which data they name."""

from __future__ import annotations

from sclcohort.contracts.columns import PATIENT, SAMPLE
from sclcohort.tables import Column, Table

SPECIMENS = ("tumour_tissue", "cell_line", "pdx", "organoid", "ctc")
# The time point before any treatment, in any case of letters.
BASELINE = "baseline"
SAMPLES = Table(
    "inputs/samples.tsv",
    ("sample_id",),
    (
        SAMPLE,
        Column("patient_id", "text", "Patient the tumour is from.", required=True),
        Column("chunk", "text", "Chunk of the sheet in which per-sample stages process the sample.", required=True),
        Column("timepoint", "text", "Name of the time point, e.g. baseline, relapse."),
        Column("day", "integer", "Day of sampling on the patient's own clock; orders time points."),
        Column("site", "text", "Lesion or region."),
        Column("specimen", "text", "What was sampled.", states=SPECIMENS),
        Column("variants", "text", "Small variants: VCF, BCF or MAF; several joined by ';'."),
        Column("variants_sample", "text", "Tumour column of the VCF; empty: inferred."),
        Column("normal_sample", "text", "Normal column of the VCF; empty: inferred."),
        Column("structural_variants", "text", "VCF of structural variants, relative to the working directory."),
        Column("target", "text", "BED of the sequenced target, relative to the working directory; empty: all genes."),
        Column("copy_number", "text", "File of segments, relative to the working directory."),
        Column("copy_number_sample", "text", "Sample name inside a file of several samples; empty: the sample_id."),
        Column("purity_file", "text", "Purity and ploidy as the copy-number caller fitted them."),
        Column("expression_sample", "text", "Column of the expression matrix."),
        Column("purity", "number", "Tumour purity, fraction.", minimum=0, maximum=1),
        Column("histology", "text", "Pathologist's diagnosis, free text."),
        Column("batch", "text", "Sequencing or expression batch."),
    ),
    "One tumour sample, its sheet row resolved.",
)
CLINICAL = Table(
    "inputs/clinical.tsv",
    ("patient_id",),
    (
        PATIENT,
        Column("platinum_start_day", "integer", "First day of first-line platinum."),
        Column("platinum_end_day", "integer", "Last day of first-line platinum."),
        Column("progression_day", "integer", "Day of progression after first-line platinum."),
        Column("best_response", "text", "Best response to first line (RECIST).", states=("CR", "PR", "SD", "PD", "NE")),
        Column("ctfi_days", "integer", "Chemotherapy-free interval: progression_day - platinum_end_day."),
        Column("sex", "text", "Sex as recorded.", states=("female", "male", "unknown")),
        Column("cautions", "text", "Cautions as recorded, e.g. renal, cardiac; free text."),
    ),
    "One patient, the clinical sheet's row resolved.",
)
LAYERS = ("variants", "structural_variants", "copy_number", "expression", "purity", "clinical")
AVAILABILITY = Table(
    "inputs/availability.tsv",
    ("sample_id", "layer"),
    (
        SAMPLE,
        Column("layer", "text", "Kind of data.", states=LAYERS),
        Column(
            "state", "text", "Whether the sheet names such data.", states=("provided", "not_provided"), required=True
        ),
    ),
    "Which data the sheets name for one sample.",
)
