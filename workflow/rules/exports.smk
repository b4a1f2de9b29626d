"""Export the cohort for other tools: one MAF, and a driver table for each sample.

INPUTS   <results>/variants/*.coding_variants.tsv and status tables, <results>/drivers/events.tsv
OUTPUTS  <results>/exports/cohort.maf                          every coding variant, with its FILTER
         <results>/exports/drivers/<sample_id>.drivers.tsv     the sample's rows of drivers/events.tsv
"""


rule export_cohort:
    input:
        samples="<results>/inputs/samples.tsv",
        coding_variants=expand(
            "<results>/variants/{chunk}.coding_variants.tsv", chunk=CHUNKS
        ),
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        events="<results>/drivers/events.tsv",
        genes="<results>/reference/genes.tsv",
    output:
        maf="<results>/exports/cohort.maf",
        drivers=directory("<results>/exports/drivers"),
    log:
        "<logs>/exports/export_cohort.log",
    benchmark:
        "<benchmarks>/exports/export_cohort.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(1000),
        runtime=30,
    params:
        build=SETTINGS["reference"]["build"],
        max_error_probability=SETTINGS["drivers"]["max_error_probability"],
        population=get_population_flag,
        stamp=get_stamp(
            "sclcohort.exports.export_cohort",
            {"build": SETTINGS["reference"]["build"]},
        ),
    shell:
        "python -m sclcohort export-cohort --samples {input.samples:q} --coding-variants {input.coding_variants:q}"
        " --variant-status {input.variant_status:q} --events {input.events:q} --genes {input.genes:q}"
        " --build {params.build:q} {params.population} --max-error-probability {params.max_error_probability}"
        " --maf {output.maf:q} --drivers {output.drivers:q} &> {log:q}"
