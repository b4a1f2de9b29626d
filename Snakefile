"""sclcohort: from variant calls and expression of small-cell lung cancers to drivers, regulators, resistance, report.

INPUTS   config/config.yaml   or any file given with --configfile; it names the sheets, the sheets name the data
OUTPUTS  results/<cohort>/    one folder per stage; report/index.html is for people, provenance/ for auditors

Research use only. `snakemake -n` checks every input and starts nothing.
"""

from snakemake.utils import min_version

min_version("9.25")


# A configuration of the user's own is never mixed with that of the demo cohort.
if "samples" not in config:

    configfile: "config/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/inputs.smk"
include: "workflow/rules/reference.smk"
include: "workflow/rules/variants.smk"
include: "workflow/rules/structural_variants.smk"
include: "workflow/rules/copy_number.smk"
include: "workflow/rules/drivers.smk"
include: "workflow/rules/burden.smk"
include: "workflow/rules/regulators.smk"
include: "workflow/rules/genotypes.smk"
include: "workflow/rules/resistance.smk"
include: "workflow/rules/patients.smk"
include: "workflow/rules/growth.smk"
include: "workflow/rules/exports.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/provenance.smk"


rule all:
    default_target: True
    input:
        report="<results>/report/index.html",
        maf="<results>/exports/cohort.maf",
        burden="<results>/burden/mutation_burden.tsv",
        recurrence="<results>/burden/recurrence.tsv",
        growth="<results>/growth/doubling_times.tsv",
        aggression="<results>/growth/aggression.tsv",
        inference="<results>/variants/inference.tsv",
        associations="<results>/regulators/associations.tsv",
        vulnerabilities="<results>/regulators/vulnerabilities.tsv",
        manifest="<results>/provenance/manifest.json",
        completeness="<results>/provenance/completeness.tsv",
    localrule: True


# `-q rules` hides the logs of failed jobs, and they hold the message a person needs.
onerror:
    show_failed_logs(log)
