"""Load the plan of the run once, and give the rules what they need of it. No rules here.

INPUTS   the configuration and the sheets it names
OUTPUTS  PLAN, the path variables <results> <logs> <benchmarks> <resources>, wildcard constraints, get_* functions
"""

import json
import os
import platform
import re
import shlex
import sys
from pathlib import Path

WORKFLOW = Path(workflow.basedir) / "workflow"
sys.path.insert(0, str(WORKFLOW))

from sclcohort.errors import InputFaultsError
from sclcohort.inputs.check_inputs import checked_plan
from sclcohort.inputs.plan import digest, make_plan
from sclcohort.inputs.sheets import files_of
from sclcohort.regulators.measures import measure_of
from sclcohort.regulators.table_formats import format_of
from sclcohort.stamps import stamp

# Every job, local or on a cluster, runs this package and no other, with the interpreter that runs Snakemake (a
# conda environment, when asked for, goes in front), and with everything pinned that could change a byte.
os.environ |= {
    "PYTHONPATH": str(WORKFLOW),
    "PATH": os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
    ),
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # log2, exp and their kin differ in the last bits between instruction sets; every x86-64 processor has this one.
    **({"NPY_ENABLE_CPU_FEATURES": "X86_V2"} if platform.machine() == "x86_64" else {}),
}


def load_plan(given):
    """Return the plan; in the main process, check every input first and leave with exit code 2 at any fault."""
    plan = make_plan(given)
    if not workflow.is_main_process:
        return plan
    try:
        return checked_plan(plan)
    except InputFaultsError as error:
        print(
            f"{error}\nFaults in the inputs: {len(error.faults)}. No job was started.",
            file=sys.stderr,
        )
        sys.exit(2)


PLAN = load_plan(config)
SETTINGS = PLAN.config
CHUNKS = PLAN.chunks
MATRIX = SETTINGS["expression"]["matrix"]
GENE_LENGTHS = SETTINGS["expression"]["gene_lengths"]
TX2GENE = SETTINGS["expression"]["tx2gene"]
HGNC = SETTINGS["expression"]["hgnc"]["file"]
REGULON = SETTINGS["regulators"]["regulon"]["file"]
TARGETS = sorted({str(row["target"]) for row in PLAN.samples if row["target"]})
# Path variables stand in file names only; params that hold a folder need it spelt out.
RESULTS = f"results/{SETTINGS['cohort']}"
RESOURCES = os.path.relpath(Path(workflow.basedir) / "resources")
STAGES = (
    "inputs",
    "reference",
    "variants",
    "structural_variants",
    "copy_number",
    "drivers",
    "burden",
    "regulators",
    "genotypes",
    "resistance",
    "patients",
    "growth",
    "exports",
    "report",
)
STAMPS = {}


pathvars:
    results=RESULTS,
    logs=f"logs/{SETTINGS['cohort']}",
    benchmarks=f"benchmarks/{SETTINGS['cohort']}",
    resources=RESOURCES,


wildcard_constraints:
    chunk="|".join(map(re.escape, CHUNKS)) or "none",


def get_stamp(module, settings):
    """Return the fingerprint of a step's code and settings, and remember it for the manifest."""
    step = module.rsplit(".", 1)[-1]
    STAMPS[step] = stamp(module, settings)
    return STAMPS[step]


def get_stamps(wildcards):
    """Return the fingerprints of all rules, as the manifest wants them."""
    return [f"{step}={value}" for step, value in sorted(STAMPS.items())]


def get_results(wildcards):
    """Return the results folder of the cohort."""
    return RESULTS


def get_resources(wildcards):
    """Return the folder of resource tables."""
    return RESOURCES


def get_repository(wildcards):
    """Return the root of the repository, relative to where we run."""
    return os.path.relpath(workflow.basedir)


def get_stage_folders(wildcards):
    """Return the folders of all stages that a manifest covers."""
    return [f"{RESULTS}/{stage}" for stage in STAGES]


def get_population_flag(wildcards):
    """Return the option that says whether frequencies of a population were looked up."""
    given = SETTINGS["variants"]["population_vcf"] is not None
    return "--population-configured" if given else "--no-population-configured"


def get_memory(mib):
    """Return a resource function: memory that doubles with every attempt; never below 500, Snakemake's own need."""

    def memory(wildcards, attempt):
        return max(500, mib) * 2 ** (attempt - 1)

    return memory


def get_samples(wildcards):
    """Return the sample ids of a chunk, in sheet order."""
    return [row["sample_id"] for row in CHUNKS[wildcards.chunk]]


def get_sexes(wildcards):
    """Return the recorded sex of the patient of each sample of a chunk, in sheet order."""
    sexes = {row["patient_id"]: row["sex"] for row in PLAN.clinical}
    return [
        sexes.get(row["patient_id"]) or "unknown" for row in CHUNKS[wildcards.chunk]
    ]


def get_rows_digest(wildcards):
    """Return the fingerprint of a chunk's sheet rows, so that only a changed chunk runs again."""
    return digest(CHUNKS[wildcards.chunk])


def get_chunk_files(column):
    """Return an input function: the files that one sheet column names for the samples of a chunk."""

    def files(wildcards):
        return sorted(
            {file for row in CHUNKS[wildcards.chunk] for file in files_of(row[column])}
        )

    return files


def get_options(**options):
    """Return command-line text for the options that have a value; values are quoted, lists spread."""
    words = []
    for name, value in options.items():
        if value not in (None, "", [], ()):
            words.append(f"--{name.replace('_', '-')}")
            words += [
                shlex.quote(str(item))
                for item in (value if isinstance(value, list) else [value])
            ]
    return " ".join(words)


def get_named_fields():
    """Return the configured fields of unknown callers as options want them."""
    fields = SETTINGS["variants"]["fields"] or {}
    return [f"{role}={name}" for role, name in fields.items() if name is not None]


def get_given(*paths):
    """Return the paths that are configured; an input that is not configured is no input."""
    return [path for path in paths if path]


def get_expression_files(wildcards):
    """Return the files with expression: the matrix, or of STAR and salmon one of each sample."""
    table = format_of(SETTINGS["expression"]["format"])
    if not MATRIX or not table.is_folder:
        return get_given(MATRIX)
    names = [row["expression_sample"] for row in PLAN.samples]
    found = [table.file_of(Path(MATRIX), name) for name in names if name]
    return [str(path) for path in found if path]


def show_failed_logs(run_logs):
    """Print the log of every job that failed, once, with its name; each ends with what to mend."""
    text = "".join(Path(name).read_text(errors="replace") for name in run_logs)
    for name in dict.fromkeys(
        re.findall(r"&> (\S+?)'? returned non-zero exit status", text)
    ):
        lines = (
            Path(name).read_text(errors="replace").splitlines()
            if Path(name).is_file()
            else []
        )
        print("\n".join(["", f"--- {name}", *lines[-40:]]), file=sys.stderr)
