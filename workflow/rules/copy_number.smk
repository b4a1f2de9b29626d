"""Read the copy-number segments of a chunk of samples at the driver genes.

INPUTS   files of segments of the sample sheet, any of the known formats; purity files of their callers
         <results>/reference/gene_spans.tsv               where the driver genes lie
OUTPUTS  <results>/copy_number/<chunk>.genes.tsv          log2 ratio, copies and state per sample and gene
         <results>/copy_number/<chunk>.status.tsv         what became of each sample's segments
"""


rule import_copy_number:
    input:
        sheet=ancient(SETTINGS["samples"]),
        segments=get_chunk_files("copy_number"),
        purity=get_chunk_files("purity_file"),
        gene_spans="<results>/reference/gene_spans.tsv",
    output:
        genes="<results>/copy_number/{chunk}.genes.tsv",
        status="<results>/copy_number/{chunk}.status.tsv",
    log:
        "<logs>/copy_number/import_copy_number.{chunk}.log",
    benchmark:
        "<benchmarks>/copy_number/import_copy_number.{chunk}.tsv"
    conda:
        "../../envs/inputs.yaml"
    resources:
        mem_mb=get_memory(1000),
        runtime=30,
    params:
        samples=get_samples,
        sexes=get_sexes,
        rows=get_rows_digest,
        amplification_min_copies=SETTINGS["copy_number"]["amplification_min_copies"],
        gain_min_copies=SETTINGS["copy_number"]["gain_min_copies"],
        loss_max_copies=SETTINGS["copy_number"]["loss_max_copies"],
        deep_deletion_max_copies=SETTINGS["copy_number"]["deep_deletion_max_copies"],
        focal_max_bases=SETTINGS["copy_number"]["focal_max_bases"],
        optional=get_options(
            amplification_min_ploidy_ratio=SETTINGS["copy_number"][
                "amplification_min_ploidy_ratio"
            ]
        ),
        stamp=get_stamp(
            "sclcohort.copy_number.import_copy_number", SETTINGS["copy_number"]
        ),
    shell:
        "python -m sclcohort import-copy-number --sheet {input.sheet:q} --samples {params.samples} --sexes {params.sexes}"
        " --gene-spans {input.gene_spans:q} --amplification-min-copies {params.amplification_min_copies}"
        " --gain-min-copies {params.gain_min_copies} --loss-max-copies {params.loss_max_copies}"
        " --deep-deletion-max-copies {params.deep_deletion_max_copies}"
        " --focal-max-bases {params.focal_max_bases} {params.optional}"
        " --genes {output.genes:q} --status {output.status:q} &> {log:q}"
