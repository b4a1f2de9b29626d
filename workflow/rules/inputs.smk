"""Check every input and resolve configuration and sheets into the tables all later stages read.

INPUTS   the sheets named in the configuration
OUTPUTS  <results>/inputs/samples.tsv        one row per tumour sample, with its chunk
         <results>/inputs/clinical.tsv       one row per patient
         <results>/inputs/lesions.tsv        one row per measurement of a lesion
         <results>/inputs/availability.tsv   what the sheets name for each sample
         <results>/inputs/config.json        the configuration with all defaults
"""


rule check_inputs:
    input:
        sheets=get_given(SETTINGS["samples"], SETTINGS["clinical"], SETTINGS["lesions"]),
    output:
        samples="<results>/inputs/samples.tsv",
        clinical="<results>/inputs/clinical.tsv",
        lesions="<results>/inputs/lesions.tsv",
        availability="<results>/inputs/availability.tsv",
        resolved="<results>/inputs/config.json",
    log:
        "<logs>/inputs/check_inputs.log",
    benchmark:
        "<benchmarks>/inputs/check_inputs.tsv"
    conda:
        "../../envs/inputs.yaml"
    resources:
        mem_mb=get_memory(500),
        runtime=10,
    params:
        config=json.dumps(dict(SETTINGS), sort_keys=True),
        stamp=get_stamp("sclcohort.inputs.check_inputs", SETTINGS),
    shell:
        "python -m sclcohort check-inputs --config {params.config:q} --samples {output.samples:q}"
        " --clinical {output.clinical:q} --lesions {output.lesions:q} --availability {output.availability:q}"
        " --resolved {output.resolved:q} &> {log:q}"
