"""Judge RB1 in three states, and raise flags for genotypes that call a diagnosis into question.

INPUTS   driver events and states, copy number, expression, histology of the sheet
         <resources>/driver_genes.tsv, <resources>/genotype_rules.tsv
OUTPUTS  <results>/genotypes/rb1_status.tsv   one row per sample
         <results>/genotypes/flags.tsv        one row per sample and flag
"""


rule classify_genotypes:
    input:
        samples="<results>/inputs/samples.tsv",
        events="<results>/drivers/events.tsv",
        gene_states="<results>/drivers/gene_states.tsv",
        copy_number=expand("<results>/copy_number/{chunk}.genes.tsv", chunk=CHUNKS),
        copy_number_status=expand(
            "<results>/copy_number/{chunk}.status.tsv", chunk=CHUNKS
        ),
        expression="<results>/regulators/expression.tsv",
        driver_genes="<resources>/driver_genes.tsv",
        genotype_rules="<resources>/genotype_rules.tsv",
    output:
        rb1_status="<results>/genotypes/rb1_status.tsv",
        flags="<results>/genotypes/flags.tsv",
    log:
        "<logs>/genotypes/classify_genotypes.log",
    benchmark:
        "<benchmarks>/genotypes/classify_genotypes.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(2000),
        runtime=30,
    params:
        rb1_rna_min_log2_difference=SETTINGS["genotypes"]["rb1_rna_min_log2_difference"],
        cdkn2a_silent_max_log2=SETTINGS["genotypes"]["cdkn2a_silent_max_log2"],
        optional=get_options(expression_measure=measure_of(SETTINGS["expression"])),
        stamp=get_stamp("sclcohort.genotypes.classify_genotypes", SETTINGS["genotypes"]),
    shell:
        "python -m sclcohort classify-genotypes --samples {input.samples:q} --events {input.events:q}"
        " --gene-states {input.gene_states:q} --copy-number {input.copy_number:q}"
        " --copy-number-status {input.copy_number_status:q} --expression {input.expression:q}"
        " --driver-genes {input.driver_genes:q} --genotype-rules {input.genotype_rules:q} {params.optional}"
        " --rb1-rna-min-log2-difference {params.rb1_rna_min_log2_difference}"
        " --cdkn2a-silent-max-log2 {params.cdkn2a_silent_max_log2} --rb1-status {output.rb1_status:q}"
        " --flags {output.flags:q} &> {log:q}"
