"""Call driver events per sample and gene, and whether both copies of a tumour suppressor are lost.

INPUTS   <results>/variants/*.coding_variants.tsv, <results>/copy_number/*.genes.tsv and their status tables
         <resources>/driver_genes.tsv, <resources>/hotspots.tsv
OUTPUTS  <results>/drivers/events.tsv        one row per event
         <results>/drivers/gene_states.tsv   one row per sample and driver gene
         <results>/drivers/set_aside.tsv     variants in driver genes that are no events, and why
"""


rule annotate_drivers:
    input:
        samples="<results>/inputs/samples.tsv",
        coding_variants=expand(
            "<results>/variants/{chunk}.coding_variants.tsv", chunk=CHUNKS
        ),
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        copy_number=expand("<results>/copy_number/{chunk}.genes.tsv", chunk=CHUNKS),
        copy_number_status=expand(
            "<results>/copy_number/{chunk}.status.tsv", chunk=CHUNKS
        ),
        coverage="<results>/reference/coverage.tsv",
        driver_genes="<resources>/driver_genes.tsv",
        hotspots="<resources>/hotspots.tsv",
    output:
        events="<results>/drivers/events.tsv",
        set_aside="<results>/drivers/set_aside.tsv",
        gene_states="<results>/drivers/gene_states.tsv",
    log:
        "<logs>/drivers/annotate_drivers.log",
    benchmark:
        "<benchmarks>/drivers/annotate_drivers.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(2000),
        runtime=30,
    params:
        max_error_probability=SETTINGS["drivers"]["max_error_probability"],
        stamp=get_stamp("sclcohort.drivers.annotate_drivers", SETTINGS["drivers"]),
    shell:
        "python -m sclcohort annotate-drivers --samples {input.samples:q}"
        " --coding-variants {input.coding_variants:q} --variant-status {input.variant_status:q}"
        " --copy-number {input.copy_number:q} --copy-number-status {input.copy_number_status:q}"
        " --coverage {input.coverage:q} --driver-genes {input.driver_genes:q} --hotspots {input.hotspots:q}"
        " --max-error-probability {params.max_error_probability} --events {output.events:q}"
        " --set-aside {output.set_aside:q} --gene-states {output.gene_states:q} &> {log:q}"
