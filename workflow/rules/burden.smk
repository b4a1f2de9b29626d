"""Count mutations per megabase, and test which genes are mutated in more patients than chance explains.

INPUTS   <results>/variants/*.coding_variants.tsv and status tables, <results>/reference/coding_exons.tsv,
         target_genes.tsv, the BED files of the sample sheet, <resources>/driver_genes.tsv
OUTPUTS  <results>/burden/mutation_burden.tsv   one row per sample
         <results>/burden/recurrence.tsv        one row per gene
"""


rule measure_burden:
    input:
        samples="<results>/inputs/samples.tsv",
        coding_variants=expand(
            "<results>/variants/{chunk}.coding_variants.tsv", chunk=CHUNKS
        ),
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        coding_exons="<results>/reference/coding_exons.tsv",
        beds=TARGETS,
    output:
        mutation_burden="<results>/burden/mutation_burden.tsv",
    log:
        "<logs>/burden/measure_burden.log",
    benchmark:
        "<benchmarks>/burden/measure_burden.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(1000),
        runtime=30,
    params:
        min_target_megabases=SETTINGS["burden"]["min_target_megabases"],
        stamp=get_stamp("sclcohort.burden.measure_burden", SETTINGS["burden"]),
    shell:
        "python -m sclcohort measure-burden --samples {input.samples:q} --coding-variants {input.coding_variants:q}"
        " --variant-status {input.variant_status:q} --coding-exons {input.coding_exons:q}"
        " --min-target-megabases {params.min_target_megabases} --mutation-burden {output.mutation_burden:q} &> {log:q}"


rule assess_recurrence:
    input:
        samples="<results>/inputs/samples.tsv",
        coding_variants=expand(
            "<results>/variants/{chunk}.coding_variants.tsv", chunk=CHUNKS
        ),
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        coding_exons="<results>/reference/coding_exons.tsv",
        target_genes="<results>/reference/target_genes.tsv",
        beds=TARGETS,
        driver_genes="<resources>/driver_genes.tsv",
    output:
        recurrence="<results>/burden/recurrence.tsv",
    log:
        "<logs>/burden/assess_recurrence.log",
    benchmark:
        "<benchmarks>/burden/assess_recurrence.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(2000),
        runtime=60,
    params:
        min_patients=SETTINGS["burden"]["min_patients"],
        min_background_mutations=SETTINGS["burden"]["min_background_mutations"],
        stamp=get_stamp("sclcohort.burden.assess_recurrence", SETTINGS["burden"]),
    shell:
        "python -m sclcohort assess-recurrence --samples {input.samples:q} --coding-variants {input.coding_variants:q}"
        " --variant-status {input.variant_status:q} --coding-exons {input.coding_exons:q}"
        " --target-genes {input.target_genes:q} --driver-genes {input.driver_genes:q}"
        " --min-patients {params.min_patients} --min-background-mutations {params.min_background_mutations}"
        " --recurrence {output.recurrence:q} &> {log:q}"
