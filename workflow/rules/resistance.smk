"""Classify every sample for every therapy by published markers, with the evidence for it.

INPUTS   driver events and states, state of RB1, copy number, expression, scores, subtypes, clinical dates
         <resources>/resistance_rules.tsv        markers with level, direction, threshold, citation
OUTPUTS  <results>/resistance/classes.tsv        one row per sample and therapy
         <results>/resistance/evidence.tsv       one row per sample and rule
"""


rule classify_resistance:
    input:
        samples="<results>/inputs/samples.tsv",
        clinical="<results>/inputs/clinical.tsv",
        events="<results>/drivers/events.tsv",
        gene_states="<results>/drivers/gene_states.tsv",
        copy_number=expand("<results>/copy_number/{chunk}.genes.tsv", chunk=CHUNKS),
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        copy_number_status=expand(
            "<results>/copy_number/{chunk}.status.tsv", chunk=CHUNKS
        ),
        expression="<results>/regulators/expression.tsv",
        scores="<results>/regulators/scores.tsv",
        subtypes="<results>/regulators/subtypes.tsv",
        rb1_status="<results>/genotypes/rb1_status.tsv",
        mutation_burden="<results>/burden/mutation_burden.tsv",
        resistance_rules="<resources>/resistance_rules.tsv",
    output:
        evidence="<results>/resistance/evidence.tsv",
        classes="<results>/resistance/classes.tsv",
    log:
        "<logs>/resistance/classify_resistance.log",
    benchmark:
        "<benchmarks>/resistance/classify_resistance.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(2000),
        runtime=30,
    params:
        ctfi_cut_days=SETTINGS["resistance"]["ctfi_cut_days"],
        optional=get_options(
            thresholds=[
                f"{rule}={cut}"
                for rule, cut in SETTINGS["resistance"]["thresholds"].items()
            ]
        ),
        stamp=get_stamp(
            "sclcohort.resistance.classify_resistance", SETTINGS["resistance"]
        ),
    shell:
        "python -m sclcohort classify-resistance --samples {input.samples:q} --clinical {input.clinical:q}"
        " --events {input.events:q} --gene-states {input.gene_states:q} --copy-number {input.copy_number:q}"
        " --variant-status {input.variant_status:q} --copy-number-status {input.copy_number_status:q}"
        " --expression {input.expression:q} --scores {input.scores:q} --subtypes {input.subtypes:q}"
        " --rb1-status {input.rb1_status:q} --mutation-burden {input.mutation_burden:q}"
        " --resistance-rules {input.resistance_rules:q} --ctfi-cut-days {params.ctfi_cut_days} {params.optional}"
        " --evidence {output.evidence:q} --classes {output.classes:q} &> {log:q}"
