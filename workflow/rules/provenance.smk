"""Account for every file and every sample of the run.

INPUTS   all tables of the run
OUTPUTS  <results>/provenance/manifest.json       sha256 and size of every input, resource, code file and output
         <results>/provenance/completeness.tsv    what became of each row of the sample sheet
"""


rule write_manifest:
    input:
        config="<results>/inputs/config.json",
        samples="<results>/inputs/samples.tsv",
        configured=get_given(
            SETTINGS["samples"],
            SETTINGS["clinical"],
            SETTINGS["lesions"],
            FASTA,
            GFF,
            GENE_COORDINATES,
            GENE_LENGTHS,
            TX2GENE,
            HGNC,
            REGULON,
        )
        + get_expression_files(None),
        vcfs=expand("<results>/variants/{chunk}", chunk=CHUNKS),
        disruptions=expand(
            "<results>/structural_variants/{chunk}.genes.tsv", chunk=CHUNKS
        ),
        inference="<results>/variants/inference.tsv",
        maf="<results>/exports/cohort.maf",
        burden="<results>/burden/mutation_burden.tsv",
        recurrence="<results>/burden/recurrence.tsv",
        growth="<results>/growth/doubling_times.tsv",
        report="<results>/report/index.html",
    output:
        manifest="<results>/provenance/manifest.json",
    log:
        "<logs>/provenance/write_manifest.log",
    benchmark:
        "<benchmarks>/provenance/write_manifest.tsv"
    conda:
        "../../envs/provenance.yaml"
    resources:
        mem_mb=get_memory(500),
        runtime=60,
    params:
        results=get_results,
        resources=get_resources,
        code=get_repository,
        stages=get_stage_folders,
        stamps=get_stamps,
        stamp=get_stamp("sclcohort.provenance.write_manifest", SETTINGS),
    shell:
        "python -m sclcohort write-manifest --results {params.results:q} --config {input.config:q}"
        " --samples {input.samples:q} --inputs {input.configured:q} --resources {params.resources:q}"
        " --code {params.code:q} --lock {params.code:q}/requirements.lock --stamps {params.stamps:q}"
        " --outputs {params.stages:q} --manifest {output.manifest:q} &> {log:q}"


rule account_samples:
    input:
        samples="<results>/inputs/samples.tsv",
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        structural_variant_status=expand(
            "<results>/structural_variants/{chunk}.status.tsv", chunk=CHUNKS
        ),
        copy_number_status=expand(
            "<results>/copy_number/{chunk}.status.tsv", chunk=CHUNKS
        ),
        expression_status="<results>/regulators/status.tsv",
        # Last: a refused sample ends the run with an error, after everything else was delivered.
        manifest="<results>/provenance/manifest.json",
    output:
        completeness="<results>/provenance/completeness.tsv",
    log:
        "<logs>/provenance/account_samples.log",
    benchmark:
        "<benchmarks>/provenance/account_samples.tsv"
    retries: 0
    conda:
        "../../envs/provenance.yaml"
    resources:
        mem_mb=get_memory(500),
        runtime=10,
    params:
        accept_refused=(
            "--accept-refused"
            if "refused_samples" in SETTINGS["accept"]
            else "--no-accept-refused"
        ),
        stamp=get_stamp("sclcohort.provenance.account_samples", {}),
    shell:
        "python -m sclcohort account-samples --samples {input.samples:q} --variant-status {input.variant_status:q}"
        " --structural-variant-status {input.structural_variant_status:q}"
        " --copy-number-status {input.copy_number_status:q} --expression-status {input.expression_status:q}"
        " {params.accept_refused} --completeness {output.completeness:q} &> {log:q}"
