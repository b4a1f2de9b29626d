"""The optional download, through the workflow, from a server on this machine laid out like Ensembl's."""

from __future__ import annotations

import functools
import gzip
import http.server
import re
import subprocess
import threading

import pytest

from sclcohort.contracts import REFERENCE_GENES
from sclcohort.tables import read_rows
from tests.workflow_runs import copy_repository, snakemake

pytestmark = pytest.mark.slow
RELEASE = 115


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files and keep silent about it."""

    def log_message(self, *arguments):
        """Print nothing."""


@pytest.fixture
def ensembl(tmp_path):
    """Serve the demo genome as release 115 of an Ensembl; return its address and folder."""
    root = tmp_path / "pub" / f"release-{RELEASE}"
    repository = copy_repository(tmp_path / "repository")
    names = {
        root / "fasta/homo_sapiens/dna/Homo_sapiens.GRCh38.dna.primary_assembly.fa.gz": "genome.fa",
        root / f"gff3/homo_sapiens/Homo_sapiens.GRCh38.{RELEASE}.gff3.gz": "genes.gff3",
    }
    for path, source in names.items():
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress((repository / "resources" / "demo" / source).read_bytes(), mtime=0))
        summed = subprocess.run(["sum", path], capture_output=True, text=True, check=True).stdout.split()
        (path.parent / "CHECKSUMS").write_text(f"{summed[0]} {summed[1]} {path.name}\n")
    handler = functools.partial(Quiet, directory=str(tmp_path / "pub"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", repository, root
    server.shutdown()
    server.server_close()


def configured(repository, address):
    text = (repository / "config" / "config.yaml").read_text()
    download = f"  download: {{enabled: true, base_url: '{address}', release: {RELEASE}}}\n"
    text = re.sub(r"  fasta: .*\n  gff: .*\n", download, text)
    (repository / "downloaded.yaml").write_text(text)
    return ("results/demo/drivers/events.tsv", "--configfile", "downloaded.yaml")


def test_a_downloaded_reference_gives_the_same_events_as_a_configured_one(ensembl):
    address, repository, _ = ensembl
    done = snakemake(repository, *configured(repository, address))
    assert done.returncode == 0, done.stdout + done.stderr
    downloaded = (repository / "results/demo/drivers/events.tsv").read_bytes()
    genes = list(read_rows(repository / "results/demo" / REFERENCE_GENES.name, REFERENCE_GENES))
    assert "TP53" in {row["gene_symbol"] for row in genes}
    done = snakemake(repository, "results/demo/drivers/events.tsv")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (repository / "results/demo/drivers/events.tsv").read_bytes() == downloaded


def test_a_file_that_is_not_what_ensembl_published_is_not_used(ensembl):
    address, repository, root = ensembl
    path = root / "fasta/homo_sapiens/dna/Homo_sapiens.GRCh38.dna.primary_assembly.fa.gz"
    path.write_bytes(path.read_bytes()[:-40] + b"\0" * 40)
    done = snakemake(repository, *configured(repository, address))
    assert done.returncode != 0
    assert "CHECKSUMS" in done.stderr
    assert not (repository / f"downloads/ensembl-{RELEASE}-GRCh38/genome.fa.gz").exists()
