"""Write the cohort report: one offline page with its figures.

INPUTS   the tables of all stages
OUTPUTS  <results>/report/index.html   the page, self-contained
         <results>/report/figures/     each figure as SVG and PDF
"""


rule write_report:
    input:
        config="<results>/inputs/config.json",
        samples="<results>/inputs/samples.tsv",
        clinical="<results>/inputs/clinical.tsv",
        availability="<results>/inputs/availability.tsv",
        coverage="<results>/reference/coverage.tsv",
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        structural_variant_status=expand(
            "<results>/structural_variants/{chunk}.status.tsv", chunk=CHUNKS
        ),
        copy_number_status=expand(
            "<results>/copy_number/{chunk}.status.tsv", chunk=CHUNKS
        ),
        expression_status="<results>/regulators/status.tsv",
        variant_inference="<results>/variants/inference.tsv",
        events="<results>/drivers/events.tsv",
        set_aside="<results>/drivers/set_aside.tsv",
        gene_states="<results>/drivers/gene_states.tsv",
        gene_disruptions=expand(
            "<results>/structural_variants/{chunk}.genes.tsv", chunk=CHUNKS
        ),
        purity="<results>/drivers/purity.tsv",
        annotation_disagreements="<results>/drivers/annotation_disagreements.tsv",
        mutation_burden="<results>/burden/mutation_burden.tsv",
        recurrence="<results>/burden/recurrence.tsv",
        associations="<results>/regulators/associations.tsv",
        vulnerabilities="<resources>/vulnerabilities.tsv",
        sample_vulnerabilities="<results>/regulators/vulnerabilities.tsv",
        cohort_vulnerabilities="<results>/regulators/cohort_vulnerabilities.tsv",
        gene_mapping="<results>/regulators/gene_mapping.tsv",
        scores="<results>/regulators/scores.tsv",
        subtypes="<results>/regulators/subtypes.tsv",
        activity="<results>/regulators/activity.tsv",
        evidence="<results>/resistance/evidence.tsv",
        classes="<results>/resistance/classes.tsv",
        rb1_status="<results>/genotypes/rb1_status.tsv",
        flags="<results>/genotypes/flags.tsv",
        doubling_times="<results>/growth/doubling_times.tsv",
        aggression="<results>/growth/aggression.tsv",
        changes="<results>/patients/changes.tsv",
        patient_status="<results>/patients/status.tsv",
        driver_genes="<resources>/driver_genes.tsv",
        genotype_rules="<resources>/genotype_rules.tsv",
        resistance_rules="<resources>/resistance_rules.tsv",
    output:
        figures=directory("<results>/report/figures"),
        index="<results>/report/index.html",
    log:
        "<logs>/report/write_report.log",
    benchmark:
        "<benchmarks>/report/write_report.tsv"
    conda:
        "../../envs/report.yaml"
    resources:
        mem_mb=get_memory(2000),
        runtime=30,
    params:
        cohort=SETTINGS["cohort"],
        stamp=get_stamp("sclcohort.report.write_report", {}),
    shell:
        "python -m sclcohort write-report --cohort {params.cohort:q} --config {input.config:q}"
        " --samples {input.samples:q} --clinical {input.clinical:q} --availability {input.availability:q}"
        " --coverage {input.coverage:q} --variant-status {input.variant_status:q}"
        " --structural-variant-status {input.structural_variant_status:q}"
        " --copy-number-status {input.copy_number_status:q} --expression-status {input.expression_status:q}"
        " --variant-inference {input.variant_inference:q}"
        " --events {input.events:q} --set-aside {input.set_aside:q} --gene-states {input.gene_states:q}"
        " --gene-disruptions {input.gene_disruptions:q} --purity {input.purity:q}"
        " --annotation-disagreements {input.annotation_disagreements:q}"
        " --mutation-burden {input.mutation_burden:q} --recurrence {input.recurrence:q}"
        " --associations {input.associations:q} --vulnerabilities {input.vulnerabilities:q}"
        " --sample-vulnerabilities {input.sample_vulnerabilities:q}"
        " --cohort-vulnerabilities {input.cohort_vulnerabilities:q}"
        " --gene-mapping {input.gene_mapping:q} --scores {input.scores:q} --subtypes {input.subtypes:q} --activity {input.activity:q}"
        " --evidence {input.evidence:q} --classes {input.classes:q} --changes {input.changes:q}"
        " --rb1-status {input.rb1_status:q} --flags {input.flags:q} --genotype-rules {input.genotype_rules:q}"
        " --patient-status {input.patient_status:q} --doubling-times {input.doubling_times:q}"
        " --aggression {input.aggression:q} --driver-genes {input.driver_genes:q}"
        " --resistance-rules {input.resistance_rules:q} --figures {output.figures:q} --index {output.index:q}"
        " &> {log:q}"
