"""Follow drivers and subtype of each patient across time points and sites.

INPUTS   <results>/drivers/events.tsv, gene_states.tsv, <results>/regulators/subtypes.tsv, status tables
OUTPUTS  <results>/patients/changes.tsv   one row per patient and event: kept, newly detected, no longer detected ...
         <results>/patients/status.tsv    one row per patient, event and sample
"""


rule follow_patients:
    input:
        samples="<results>/inputs/samples.tsv",
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        structural_variant_status=expand(
            "<results>/structural_variants/{chunk}.status.tsv", chunk=CHUNKS
        ),
        copy_number_status=expand(
            "<results>/copy_number/{chunk}.status.tsv", chunk=CHUNKS
        ),
        events="<results>/drivers/events.tsv",
        gene_states="<results>/drivers/gene_states.tsv",
        subtypes="<results>/regulators/subtypes.tsv",
    output:
        status="<results>/patients/status.tsv",
        changes="<results>/patients/changes.tsv",
    log:
        "<logs>/patients/follow_patients.log",
    benchmark:
        "<benchmarks>/patients/follow_patients.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(1000),
        runtime=30,
    params:
        stamp=get_stamp("sclcohort.patients.follow_patients", {}),
    shell:
        "python -m sclcohort follow-patients --samples {input.samples:q} --variant-status {input.variant_status:q}"
        " --structural-variant-status {input.structural_variant_status:q}"
        " --copy-number-status {input.copy_number_status:q} --events {input.events:q}"
        " --gene-states {input.gene_states:q} --subtypes {input.subtypes:q}"
        " --status {output.status:q} --changes {output.changes:q} &> {log:q}"
