"""Call driver events per sample and gene, and whether both copies of a tumour suppressor are lost.

INPUTS   <results>/variants/*.coding_variants.tsv, <results>/structural_variants/*.genes.tsv,
         <results>/copy_number/*.genes.tsv and their status tables
         <results>/reference/coverage.tsv, <results>/reference/target_genes.tsv
         <resources>/driver_genes.tsv, hotspots.tsv, artefacts.tsv, oncogenic_variants.tsv
OUTPUTS  <results>/drivers/events.tsv        one row per event
         <results>/drivers/gene_states.tsv   one row per sample and driver gene
         <results>/drivers/set_aside.tsv     variants in driver genes that are no events, and why
         <results>/drivers/purity.tsv        purity of each sample, and where it is from
         <results>/drivers/annotation_disagreements.tsv   where the files' own annotation says otherwise
"""


rule annotate_drivers:
    input:
        samples="<results>/inputs/samples.tsv",
        coding_variants=expand(
            "<results>/variants/{chunk}.coding_variants.tsv", chunk=CHUNKS
        ),
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        structural_variants=expand(
            "<results>/structural_variants/{chunk}.genes.tsv", chunk=CHUNKS
        ),
        structural_variant_status=expand(
            "<results>/structural_variants/{chunk}.status.tsv", chunk=CHUNKS
        ),
        copy_number=expand("<results>/copy_number/{chunk}.genes.tsv", chunk=CHUNKS),
        copy_number_status=expand(
            "<results>/copy_number/{chunk}.status.tsv", chunk=CHUNKS
        ),
        coverage="<results>/reference/coverage.tsv",
        target_genes="<results>/reference/target_genes.tsv",
        reference_genes="<results>/reference/genes.tsv",
        coding_introns="<results>/reference/coding_introns.tsv",
        driver_genes="<resources>/driver_genes.tsv",
        hotspots="<resources>/hotspots.tsv",
        artefacts="<resources>/artefacts.tsv",
        oncogenic_variants="<resources>/oncogenic_variants.tsv",
    output:
        events="<results>/drivers/events.tsv",
        set_aside="<results>/drivers/set_aside.tsv",
        gene_states="<results>/drivers/gene_states.tsv",
        purity="<results>/drivers/purity.tsv",
        annotation_disagreements="<results>/drivers/annotation_disagreements.tsv",
    log:
        "<logs>/drivers/annotate_drivers.log",
    benchmark:
        "<benchmarks>/drivers/annotate_drivers.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(2000),
        runtime=30,
    params:
        max_error_probability=SETTINGS["drivers"]["max_error_probability"],
        population=get_population_flag,
        stamp=get_stamp("sclcohort.drivers.annotate_drivers", SETTINGS["drivers"]),
    shell:
        "python -m sclcohort annotate-drivers --samples {input.samples:q}"
        " --coding-variants {input.coding_variants:q} --variant-status {input.variant_status:q}"
        " --structural-variants {input.structural_variants:q}"
        " --structural-variant-status {input.structural_variant_status:q}"
        " --copy-number {input.copy_number:q} --copy-number-status {input.copy_number_status:q}"
        " --coverage {input.coverage:q} --target-genes {input.target_genes:q}"
        " --reference-genes {input.reference_genes:q} --coding-introns {input.coding_introns:q}"
        " --driver-genes {input.driver_genes:q} --hotspots {input.hotspots:q} --artefacts {input.artefacts:q}"
        " --oncogenic-variants {input.oncogenic_variants:q} {params.population}"
        " --max-error-probability {params.max_error_probability} --events {output.events:q}"
        " --set-aside {output.set_aside:q} --gene-states {output.gene_states:q} --purity {output.purity:q}"
        " --annotation-disagreements {output.annotation_disagreements:q} &> {log:q}"
