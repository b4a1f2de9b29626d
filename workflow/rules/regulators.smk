"""Score the lineage regulators and programmes of every sample with RNA, call its subtype, and set them beside outcomes.

INPUTS   expression.matrix                        genes x samples, in the declared unit
         expression.gene_lengths                  where given, by which counts become TPM
         regulators.regulon.file                  a regulon in place of regulons.tsv, where one is configured
         <resources>/gene_aliases.tsv, gene_sets.tsv, ne_signature.tsv, subtype_calibration.tsv, regulons.tsv
OUTPUTS  <results>/regulators/scores.tsv          factor expression, programme and NE scores
         <results>/regulators/subtypes.tsv        subtype with probability and margin
         <results>/regulators/activity.tsv        activity of each regulator, by its targets
         <results>/regulators/targets.tsv         the targets of each regulator, in the matrix or not
         <results>/regulators/expression.tsv      the genes that the workflow uses
         <results>/regulators/gene_mapping.tsv    how they were found in the matrix
         <results>/regulators/status.tsv          what became of each sample's expression
         <results>/regulators/associations.tsv    each regulator beside aggression and the NE score, over patients
"""


rule score_regulators:
    input:
        samples="<results>/inputs/samples.tsv",
        matrix=get_expression_files,
        gene_lengths=get_given(GENE_LENGTHS),
        regulon=get_given(REGULON),
        gene_aliases="<resources>/gene_aliases.tsv",
        gene_sets="<resources>/gene_sets.tsv",
        ne_signature="<resources>/ne_signature.tsv",
        subtype_calibration="<resources>/subtype_calibration.tsv",
        regulons="<resources>/regulons.tsv",
        resistance_rules="<resources>/resistance_rules.tsv",
    output:
        status="<results>/regulators/status.tsv",
        gene_mapping="<results>/regulators/gene_mapping.tsv",
        expression="<results>/regulators/expression.tsv",
        scores="<results>/regulators/scores.tsv",
        subtypes="<results>/regulators/subtypes.tsv",
        activity="<results>/regulators/activity.tsv",
        targets="<results>/regulators/targets.tsv",
    log:
        "<logs>/regulators/score_regulators.log",
    benchmark:
        "<benchmarks>/regulators/score_regulators.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(4000),
        runtime=30,
    params:
        optional=get_options(
            matrix=MATRIX,
            unit=SETTINGS["expression"]["unit"],
            gene_lengths=GENE_LENGTHS,
            strand=SETTINGS["expression"]["strand"],
            table_format=SETTINGS["expression"]["format"],
            regulon=REGULON,
            regulon_sha256=SETTINGS["regulators"]["regulon"]["sha256"],
        ),
        min_probability=SETTINGS["regulators"]["min_probability"],
        min_margin=SETTINGS["regulators"]["min_margin"],
        min_genes_fraction=SETTINGS["regulators"]["min_genes_fraction"],
        min_targets=SETTINGS["regulators"]["min_targets"],
        stamp=get_stamp("sclcohort.regulators.score_regulators", SETTINGS["regulators"]),
    shell:
        "python -m sclcohort score-regulators --samples {input.samples:q} {params.optional}"
        " --gene-aliases {input.gene_aliases:q} --gene-sets {input.gene_sets:q}"
        " --ne-signature {input.ne_signature:q} --subtype-calibration {input.subtype_calibration:q}"
        " --regulons {input.regulons:q} --resistance-rules {input.resistance_rules:q}"
        " --min-probability {params.min_probability} --min-margin {params.min_margin}"
        " --min-genes-fraction {params.min_genes_fraction} --min-targets {params.min_targets}"
        " --status {output.status:q} --gene-mapping {output.gene_mapping:q} --expression {output.expression:q}"
        " --scores {output.scores:q} --subtypes {output.subtypes:q}"
        " --activity {output.activity:q} --targets {output.targets:q} &> {log:q}"


rule associate_regulators:
    input:
        samples="<results>/inputs/samples.tsv",
        scores="<results>/regulators/scores.tsv",
        activity="<results>/regulators/activity.tsv",
        expression="<results>/regulators/expression.tsv",
        purity="<results>/drivers/purity.tsv",
        gene_sets="<resources>/gene_sets.tsv",
        ne_signature="<resources>/ne_signature.tsv",
        regulons="<resources>/regulons.tsv",
    output:
        associations="<results>/regulators/associations.tsv",
    log:
        "<logs>/regulators/associate_regulators.log",
    benchmark:
        "<benchmarks>/regulators/associate_regulators.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(1000),
        runtime=30,
    params:
        stamp=get_stamp("sclcohort.regulators.associate_regulators", {}),
    shell:
        "python -m sclcohort associate-regulators --samples {input.samples:q} --scores {input.scores:q}"
        " --activity {input.activity:q} --expression {input.expression:q} --purity {input.purity:q}"
        " --gene-sets {input.gene_sets:q} --ne-signature {input.ne_signature:q} --regulons {input.regulons:q}"
        " --associations {output.associations:q} &> {log:q}"
