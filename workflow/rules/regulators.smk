"""Score the lineage regulators and programmes of every sample with RNA, call its subtype, rank vulnerabilities.

INPUTS   expression.matrix                        genes x samples, in the declared unit
         expression.gene_lengths                  where given, by which counts become TPM
         expression.tx2gene                       genes of transcripts, for salmon
         expression.hgnc.file                     further names of genes, where a table is configured
         regulators.regulon.file                  a regulon in place of regulons.tsv, where one is configured
         reference.gff                            names of Ensembl gene ids
         <resources>/gene_aliases.tsv, gene_sets.tsv, ne_signature.tsv, subtype_calibration.tsv, regulons.tsv
OUTPUTS  <results>/regulators/scores.tsv          factor expression, programme and NE scores
         <results>/regulators/subtypes.tsv        subtype with probability and margin
         <results>/regulators/activity.tsv        activity of each regulator, by its targets
         <results>/regulators/targets.tsv         the targets of each regulator, in the matrix or not
         <results>/regulators/expression.tsv      the genes that the workflow uses
         <results>/regulators/gene_mapping.tsv    how they were found in the matrix
         <results>/regulators/status.tsv          what became of each sample's expression
         <results>/regulators/associations.tsv    each regulator beside aggression and the NE score, over patients
         <results>/regulators/vulnerabilities.tsv         published vulnerabilities, ranked, of each sample
         <results>/regulators/cohort_vulnerabilities.tsv  and of the cohort
"""


rule score_regulators:
    input:
        samples="<results>/inputs/samples.tsv",
        matrix=get_expression_files,
        gene_lengths=get_given(GENE_LENGTHS),
        tx2gene=get_given(TX2GENE),
        hgnc=get_given(HGNC),
        regulon=get_given(REGULON),
        gene_model=get_given(GFF if MATRIX else None),
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
            tx2gene=TX2GENE,
            table_format=SETTINGS["expression"]["format"],
            regulon=REGULON,
            regulon_sha256=SETTINGS["regulators"]["regulon"]["sha256"],
            gene_model=GFF if MATRIX else None,
            hgnc=HGNC,
            hgnc_sha256=SETTINGS["expression"]["hgnc"]["sha256"],
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
        targets="<results>/regulators/targets.tsv",
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
        " --gene-sets {input.gene_sets:q} --ne-signature {input.ne_signature:q} --targets {input.targets:q}"
        " --associations {output.associations:q} &> {log:q}"


rule rank_vulnerabilities:
    input:
        samples="<results>/inputs/samples.tsv",
        events="<results>/drivers/events.tsv",
        gene_states="<results>/drivers/gene_states.tsv",
        copy_number=expand("<results>/copy_number/{chunk}.genes.tsv", chunk=CHUNKS),
        variant_status=expand("<results>/variants/{chunk}.status.tsv", chunk=CHUNKS),
        copy_number_status=expand(
            "<results>/copy_number/{chunk}.status.tsv", chunk=CHUNKS
        ),
        expression="<results>/regulators/expression.tsv",
        scores="<results>/regulators/scores.tsv",
        subtypes="<results>/regulators/subtypes.tsv",
        activity="<results>/regulators/activity.tsv",
        rb1_status="<results>/genotypes/rb1_status.tsv",
        evidence="<results>/resistance/evidence.tsv",
        associations="<results>/regulators/associations.tsv",
        driver_genes="<resources>/driver_genes.tsv",
        resistance_rules="<resources>/resistance_rules.tsv",
        vulnerabilities="<resources>/vulnerabilities.tsv",
    output:
        sample_vulnerabilities="<results>/regulators/vulnerabilities.tsv",
        cohort_vulnerabilities="<results>/regulators/cohort_vulnerabilities.tsv",
    log:
        "<logs>/regulators/rank_vulnerabilities.log",
    benchmark:
        "<benchmarks>/regulators/rank_vulnerabilities.tsv"
    conda:
        "../../envs/tables.yaml"
    resources:
        mem_mb=get_memory(2000),
        runtime=30,
    params:
        stamp=get_stamp("sclcohort.regulators.rank_vulnerabilities", {}),
    shell:
        "python -m sclcohort rank-vulnerabilities --samples {input.samples:q} --events {input.events:q}"
        " --gene-states {input.gene_states:q} --copy-number {input.copy_number:q}"
        " --variant-status {input.variant_status:q} --copy-number-status {input.copy_number_status:q}"
        " --expression {input.expression:q} --scores {input.scores:q} --subtypes {input.subtypes:q}"
        " --activity {input.activity:q} --rb1-status {input.rb1_status:q} --evidence {input.evidence:q}"
        " --associations {input.associations:q} --driver-genes {input.driver_genes:q}"
        " --resistance-rules {input.resistance_rules:q} --vulnerabilities {input.vulnerabilities:q}"
        " --sample-vulnerabilities {output.sample_vulnerabilities:q}"
        " --cohort-vulnerabilities {output.cohort_vulnerabilities:q} &> {log:q}"
