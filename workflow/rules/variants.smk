"""Import the small variants of a chunk of samples: normalise, annotate once over all sites, tabulate.

INPUTS   the VCFs of the sample sheet, any of the known dialects
         <results>/reference/genome.fa and the configured gene model
OUTPUTS  <results>/variants/<chunk>/<sample_id>.vcf.gz     normalised, annotated, with its index
         <results>/variants/<chunk>.status.tsv             what became of each sample's VCF
         <results>/variants/<chunk>.coding_variants.tsv    alleles with their consequences
"""


rule import_variants:
    input:
        sheet=ancient(SETTINGS["samples"]),
        variants=get_chunk_files("variants"),
        genome="<results>/reference/genome.fa",
        genes="<results>/reference/genes.tsv",
        gff=get_given(GFF),
    output:
        vcfs=directory("<results>/variants/{chunk}"),
        status="<results>/variants/{chunk}.status.tsv",
    log:
        "<logs>/variants/import_variants.{chunk}.log",
    benchmark:
        "<benchmarks>/variants/import_variants.{chunk}.tsv"
    conda:
        "../../envs/variants.yaml"
    resources:
        mem_mb=get_memory(2000),
        runtime=60,
    params:
        samples=get_samples,
        rows=get_rows_digest,
        accepted_filters=SETTINGS["variants"]["accepted_filters"],
        optional=get_options(gff=GFF),
        stamp=get_stamp("sclcohort.variants.import_variants", SETTINGS["variants"]),
    shell:
        "python -m sclcohort import-variants --sheet {input.sheet:q} --samples {params.samples}"
        " --genome {input.genome:q} --genes {input.genes:q} {params.optional} --accepted-filters {params.accepted_filters:q}"
        " --vcfs {output.vcfs:q} --status {output.status:q} &> {log:q}"


rule tabulate_variants:
    input:
        vcfs="<results>/variants/{chunk}",
        status="<results>/variants/{chunk}.status.tsv",
        genes="<results>/reference/genes.tsv",
        coding_introns="<results>/reference/coding_introns.tsv",
    output:
        coding_variants="<results>/variants/{chunk}.coding_variants.tsv",
    log:
        "<logs>/variants/tabulate_variants.{chunk}.log",
    benchmark:
        "<benchmarks>/variants/tabulate_variants.{chunk}.tsv"
    conda:
        "../../envs/cyvcf2.yaml"
    resources:
        mem_mb=get_memory(1000),
        runtime=30,
    params:
        accepted_filters=SETTINGS["variants"]["accepted_filters"],
        stamp=get_stamp("sclcohort.variants.tabulate_variants", SETTINGS["variants"]),
    shell:
        "python -m sclcohort tabulate-variants --vcfs {input.vcfs:q} --status {input.status:q}"
        " --genes {input.genes:q} --coding-introns {input.coding_introns:q}"
        " --accepted-filters {params.accepted_filters:q} --coding-variants {output.coding_variants:q} &> {log:q}"
