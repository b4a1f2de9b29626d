"""Fit how fast each measured lesion grows, apart before and after first-line platinum.

INPUTS   <results>/inputs/lesions.tsv          empty where no lesion sheet is configured
         <results>/inputs/clinical.tsv         days of platinum
OUTPUTS  <results>/growth/doubling_times.tsv   one row per patient, lesion and part of the course
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
