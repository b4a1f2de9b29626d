"""Fit how fast each measured lesion grows, apart before and after first-line platinum; take it into aggression.

INPUTS   <results>/inputs/lesions.tsv          empty where no lesion sheet is configured
         <results>/inputs/samples.tsv          time point and day of each sample
         <results>/inputs/clinical.tsv         days of platinum
         <results>/regulators/scores.tsv       aggression by expression alone
OUTPUTS  <results>/growth/doubling_times.tsv   one row per patient, lesion and part of the course
         <results>/growth/aggression.tsv       aggression of each sample, without and with growth
"""


rule measure_growth:
    input:
        lesions="<results>/inputs/lesions.tsv",
        clinical="<results>/inputs/clinical.tsv",
    output:
        doubling_times="<results>/growth/doubling_times.tsv",
    log:
        "<logs>/growth/measure_growth.log",
    benchmark:
        "<benchmarks>/growth/measure_growth.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(500),
        runtime=10,
    params:
        stamp=get_stamp("sclcohort.growth.measure_growth", {}),
    shell:
        "python -m sclcohort measure-growth --lesions {input.lesions:q} --clinical {input.clinical:q}"
        " --doubling-times {output.doubling_times:q} &> {log:q}"


rule rate_aggression:
    input:
        samples="<results>/inputs/samples.tsv",
        clinical="<results>/inputs/clinical.tsv",
        scores="<results>/regulators/scores.tsv",
        doubling_times="<results>/growth/doubling_times.tsv",
    output:
        aggression="<results>/growth/aggression.tsv",
    log:
        "<logs>/growth/rate_aggression.log",
    benchmark:
        "<benchmarks>/growth/rate_aggression.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(500),
        runtime=10,
    params:
        stamp=get_stamp("sclcohort.growth.rate_aggression", {}),
    shell:
        "python -m sclcohort rate-aggression --samples {input.samples:q} --clinical {input.clinical:q}"
        " --scores {input.scores:q} --doubling-times {input.doubling_times:q}"
        " --aggression {output.aggression:q} &> {log:q}"
