"""Import the small variants of a chunk of samples: normalise, annotate once over all sites, tabulate.

INPUTS   the VCFs of the sample sheet, any of the known dialects
         <results>/reference/genome.fa and the configured gene model
OUTPUTS  <results>/variants/<chunk>/<sample_id>.vcf.gz     normalised, annotated, with its index
         <results>/variants/<chunk>.status.tsv             what became of each sample's files
         <results>/variants/<chunk>.inference.tsv          what was inferred about each file
         <results>/variants/<chunk>.coding_variants.tsv    alleles with their consequences
         <results>/variants/inference.tsv                  what was inferred about each file, all chunks
"""


rule import_variants:
    input:
        sheet=ancient(SETTINGS["samples"]),
        variants=get_chunk_files("variants"),
        genome="<results>/reference/genome.fa",
        genes="<results>/reference/genes.tsv",
        coding_introns="<results>/reference/coding_introns.tsv",
        coding_exons="<results>/reference/coding_exons.tsv",
        population=get_given(SETTINGS["variants"]["population_vcf"]),
        gff=get_given(GFF),
    output:
        vcfs=directory("<results>/variants/{chunk}"),
        status="<results>/variants/{chunk}.status.tsv",
        inference="<results>/variants/{chunk}.inference.tsv",
        coding_variants="<results>/variants/{chunk}.coding_variants.tsv",
    log:
        "<logs>/variants/import_variants.{chunk}.log",
    benchmark:
        "<benchmarks>/variants/import_variants.{chunk}.tsv"
    conda:
        "../../envs/variants.yaml"
    threads: 2
    resources:
        mem_mb=get_memory(2000),
        runtime=60,
    params:
        samples=get_samples,
        rows=get_rows_digest,
        accepted_filters=SETTINGS["variants"]["accepted_filters"],
        optional=get_options(
            gff=GFF,
            caller=SETTINGS["variants"]["caller"],
            fields=get_named_fields(),
            build=SETTINGS["reference"]["build"],
            population_vcf=SETTINGS["variants"]["population_vcf"],
        ),
        stamp=get_stamp("sclcohort.variants.import_variants", SETTINGS["variants"]),
    shell:
        "python -m sclcohort import-variants --sheet {input.sheet:q} --samples {params.samples}"
        " --genome {input.genome:q} --genes {input.genes:q} --coding-introns {input.coding_introns:q}"
        " --coding-exons {input.coding_exons:q} {params.optional}"
        " --accepted-filters {params.accepted_filters:q} --vcfs {output.vcfs:q} --status {output.status:q}"
        " --inference {output.inference:q} --coding-variants {output.coding_variants:q} --threads {threads} &> {log:q}"


rule gather_inference:
    input:
        chunks=expand("<results>/variants/{chunk}.inference.tsv", chunk=CHUNKS),
    output:
        inference="<results>/variants/inference.tsv",
    log:
        "<logs>/variants/gather_inference.log",
    benchmark:
        "<benchmarks>/variants/gather_inference.tsv"
    conda:
        "../../envs/inputs.yaml"
    resources:
        mem_mb=get_memory(500),
        runtime=10,
    params:
        stamp=get_stamp("sclcohort.variants.gather_inference", {}),
    shell:
        "python -m sclcohort gather-inference --chunks {input.chunks:q} --inference {output.inference:q} &> {log:q}"
