from __future__ import annotations

import io

import pytest

from sclcohort.variants.header import header_text, read_header, without_paths

COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tT\tN"


def read(*lines):
    return read_header(io.BytesIO(("\n".join([*lines, COLUMNS]) + "\nrecord\n").encode()))


def test_definitions_are_kept_and_everything_else_is_left_out():
    header = read(
        "##fileformat=VCFv4.3",
        "##source=x",
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads, by allele",Source="/x/y">',
        '##INFO=<ID=DB,Number=0,Type=Flag,Description="In \\"db\\"">',
        '##FILTER=<ID=q10,Description="low">',
        '##ALT=<ID=DEL,Description="Deletion">',
        "##contig=<ID=1,length=9,assembly=x>",
    )
    assert header_text(header, {"7": 5}, ["S", "S_normal"]) == (
        "##fileformat=VCFv4.3\n"
        '##FILTER=<ID=q10,Description="low">\n'
        '##INFO=<ID=DB,Number=0,Type=Flag,Description="In \\"db\\"">\n'
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads, by allele">\n'
        '##ALT=<ID=DEL,Description="Deletion">\n'
        "##contig=<ID=7,length=5>\n" + COLUMNS.replace("T\tN", "S\tS_normal") + "\n"
    )
    assert header.contig_bases == {"1": 9}
    assert header.columns == ("T", "N")


def test_the_handle_is_left_at_the_first_record():
    handle = io.BytesIO(f"##fileformat=VCFv4.2\n{COLUMNS}\nrecord\n".encode())
    read_header(handle)
    assert handle.read() == b"record\n"


@pytest.mark.parametrize(
    "line", ["##INFO=<ID=X>", '##FORMAT=<ID=X,Number=R,Type=Int,Description="x">', "##INFO=<Number=1>"]
)
def test_broken_definitions_are_dropped(line):
    assert read("##fileformat=VCFv4.2", line).definitions == {}


def test_the_first_of_two_definitions_counts():
    header = read('##FILTER=<ID=a,Description="one">', '##FILTER=<ID=a,Description="two">')
    assert header.definitions["FILTER", "a"].description == "one"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("made by /home/ann/run.sh, twice", "made by [path], twice"),
        (r"C:\Users\ann\x.vcf", "[path]"),
        ("see ~/data and ../x", "see [path] and [path]"),
        ("from clinic/ann/sample.bam", "from [path]"),
        ("https://host/x?y (db)", "[path] (db)"),
        ("Reads of alleles 0/1/2/3...", "Reads of alleles 0/1/2/3..."),
        ("ref/fwd and A/C/G/T", "ref/fwd and A/C/G/T"),
        ("Allele|Gene&Term", "Allele|Gene&Term"),
    ],
)
def test_paths_and_addresses_are_blanked_in_descriptions(text, kept):
    assert without_paths(text) == kept
