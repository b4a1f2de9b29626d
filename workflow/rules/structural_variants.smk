"""Read the structural variants of a chunk of samples: what their junctions do to the driver genes.

INPUTS   VCFs of structural variants of the sample sheet: Manta, Delly, SvABA, GRIDSS, others
         <results>/reference/{genes,coding_exons,gene_spans}.tsv   where genes and their exons lie
OUTPUTS  <results>/structural_variants/<chunk>.genes.tsv          junctions that cut, delete or duplicate driver genes
         <results>/structural_variants/<chunk>.status.tsv         what became of each sample's VCF
"""


rule import_structural_variants:
    input:
        sheet=ancient(SETTINGS["samples"]),
        structural_variants=get_chunk_files("structural_variants"),
        genes="<results>/reference/genes.tsv",
        coding_exons="<results>/reference/coding_exons.tsv",
        gene_spans="<results>/reference/gene_spans.tsv",
        driver_genes="<resources>/driver_genes.tsv",
    output:
        disruptions="<results>/structural_variants/{chunk}.genes.tsv",
        status="<results>/structural_variants/{chunk}.status.tsv",
    log:
        "<logs>/structural_variants/import_structural_variants.{chunk}.log",
    benchmark:
        "<benchmarks>/structural_variants/import_structural_variants.{chunk}.tsv"
    conda:
        "../../envs/cyvcf2.yaml"
    resources:
        mem_mb=get_memory(1000),
        runtime=30,
    params:
        samples=get_samples,
        rows=get_rows_digest,
        accepted_filters=SETTINGS["variants"]["accepted_filters"],
        max_focal_bases=SETTINGS["structural_variants"]["max_focal_bases"],
        stamp=get_stamp(
            "sclcohort.structural_variants.import_structural_variants",
            [SETTINGS["variants"], SETTINGS["structural_variants"]],
        ),
    shell:
        "python -m sclcohort import-structural-variants --sheet {input.sheet:q} --samples {params.samples}"
        " --genes {input.genes:q} --coding-exons {input.coding_exons:q} --gene-spans {input.gene_spans:q}"
        " --driver-genes {input.driver_genes:q} --accepted-filters {params.accepted_filters:q}"
        " --max-focal-bases {params.max_focal_bases} --disruptions {output.disruptions:q} --status {output.status:q} &> {log:q}"
