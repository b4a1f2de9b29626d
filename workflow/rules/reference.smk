"""Prepare the genome and gene model: the configured ones, or those of a pinned Ensembl release.

INPUTS   reference.fasta, reference.gff       genome sequence and Ensembl-style gene model
         reference.gene_coordinates           spans of genes, for cohorts without variants
OUTPUTS  <results>/reference/genome.fa        the FASTA, with its index beside it
         <results>/reference/genes.tsv        every protein-coding gene with its representative transcript
         <results>/reference/coding_introns.tsv   introns between their coding exons
         <results>/reference/coding_exons.tsv coding exons of those transcripts, with their numbers
         <results>/reference/gene_spans.tsv   where the driver genes lie
         <results>/reference/coverage.tsv     which driver genes the reference covers
         <results>/reference/targets.tsv      coding bases of each target, of target_genes.tsv per gene
         downloads/ensembl-<release>-<assembly>/   the download, only when reference.download.enabled
"""

DOWNLOAD = SETTINGS["reference"]["download"]
DOWNLOADS = f"downloads/ensembl-{DOWNLOAD['release']}-{DOWNLOAD['assembly']}"
FASTA = (
    f"{DOWNLOADS}/genome.fa.gz"
    if DOWNLOAD["enabled"]
    else SETTINGS["reference"]["fasta"]
)
GFF = (
    f"{DOWNLOADS}/genes.gff3.gz"
    if DOWNLOAD["enabled"]
    else SETTINGS["reference"]["gff"]
)
GENE_COORDINATES = SETTINGS["reference"]["gene_coordinates"]


if DOWNLOAD["enabled"]:

    rule get_reference:
        output:
            fasta=f"{DOWNLOADS}/genome.fa.gz",
            gff=f"{DOWNLOADS}/genes.gff3.gz",
            record=f"{DOWNLOADS}/record.json",
        log:
            "<logs>/reference/get_reference.log",
        benchmark:
            "<benchmarks>/reference/get_reference.tsv"
        conda:
            "../../envs/provenance.yaml"
        resources:
            mem_mb=get_memory(500),
            runtime=240,
        params:
            base_url=DOWNLOAD["base_url"],
            release=DOWNLOAD["release"],
            species=DOWNLOAD["species"],
            assembly=DOWNLOAD["assembly"],
            optional=get_options(
                sha256=[
                    f"{name}={value}"
                    for name, value in sorted(DOWNLOAD["sha256"].items())
                ]
            ),
            stamp=get_stamp("sclcohort.reference.get_reference", DOWNLOAD),
        shell:
            "python -m sclcohort get-reference --base-url {params.base_url:q} --release {params.release}"
            " --species {params.species:q} --assembly {params.assembly:q} {params.optional}"
            " --fasta {output.fasta:q} --gff {output.gff:q} --record {output.record:q} &> {log:q}"


rule prepare_reference:
    input:
        configured=get_given(FASTA, GFF, GENE_COORDINATES),
        driver_genes="<resources>/driver_genes.tsv",
    output:
        genome="<results>/reference/genome.fa",
        genes="<results>/reference/genes.tsv",
        coding_introns="<results>/reference/coding_introns.tsv",
        coding_exons="<results>/reference/coding_exons.tsv",
        gene_spans="<results>/reference/gene_spans.tsv",
        coverage="<results>/reference/coverage.tsv",
    log:
        "<logs>/reference/prepare_reference.log",
    benchmark:
        "<benchmarks>/reference/prepare_reference.tsv"
    conda:
        "../../envs/variants.yaml"
    resources:
        mem_mb=get_memory(2000),
        runtime=60,
    params:
        optional=get_options(fasta=FASTA, gff=GFF, gene_coordinates=GENE_COORDINATES),
        stamp=get_stamp("sclcohort.reference.prepare_reference", {}),
    shell:
        "python -m sclcohort prepare-reference {params.optional} --driver-genes {input.driver_genes:q}"
        " --genome {output.genome:q} --genes {output.genes:q} --coding-introns {output.coding_introns:q}"
        " --coding-exons {output.coding_exons:q} --gene-spans {output.gene_spans:q} --coverage {output.coverage:q} &> {log:q}"


rule prepare_targets:
    input:
        samples="<results>/inputs/samples.tsv",
        beds=TARGETS,
        genes="<results>/reference/genes.tsv",
        coding_exons="<results>/reference/coding_exons.tsv",
        genome="<results>/reference/genome.fa",
    output:
        targets="<results>/reference/targets.tsv",
        target_genes="<results>/reference/target_genes.tsv",
    log:
        "<logs>/reference/prepare_targets.log",
    benchmark:
        "<benchmarks>/reference/prepare_targets.tsv"
    conda:
        "../../envs/variants.yaml"
    resources:
        mem_mb=get_memory(1000),
        runtime=60,
    params:
        stamp=get_stamp("sclcohort.reference.prepare_targets", {}),
    shell:
        "python -m sclcohort prepare-targets --samples {input.samples:q} --genes {input.genes:q}"
        " --coding-exons {input.coding_exons:q} --genome {input.genome:q} --targets {output.targets:q}"
        " --target-genes {output.target_genes:q} &> {log:q}"
