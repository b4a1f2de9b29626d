"""The one download: against a server of our own on 127.0.0.1, every way it can go wrong."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import http.server
import json
import logging
import shutil
import socket
import subprocess
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.__main__ import main
from sclcohort.errors import StepError
from sclcohort.reference import get_reference
from sclcohort.reference.get_reference import BsdSum, Site, parse_checksums, parse_sha256, run

FASTA = gzip.compress(b">1 dna:chromosome\n" + b"ACGT" * 2000 + b"\n", mtime=0)
GFF = gzip.compress(b"##gff-version 3\n1\thavana\tgene\t1\t9\t.\t+\t.\tID=gene:ENSG1\n", mtime=0)
FASTA_FOLDER = "/pub/release-115/fasta/homo_sapiens/dna/"
GFF_FOLDER = "/pub/release-115/gff3/homo_sapiens/"
FASTA_NAME = "Homo_sapiens.GRCh38.dna.primary_assembly.fa.gz"
GFF_NAME = "Homo_sapiens.GRCh38.115.gff3.gz"


def checksum_line(body: bytes, name: str) -> bytes:
    summed = BsdSum()
    summed.update(body)
    return f"{summed.checksum:05d} {summed.blocks:5d} {name}\n".encode()


class EnsemblDouble:
    """Routes of a small web server, and what it was asked for."""

    def __init__(self) -> None:
        self.routes: dict[str, bytes] = {}
        self.cut_after: dict[str, int] = {}
        self.fails: dict[str, list[int]] = {}
        self.asked: list[str] = []
        self.authorizations: set[str | None] = set()
        self.url = ""
        self.publish(FASTA_FOLDER, FASTA_NAME, FASTA)
        self.publish(GFF_FOLDER, GFF_NAME, GFF)

    def publish(self, folder: str, name: str, body: bytes, listed_as: bytes | None = None) -> None:
        other = checksum_line(b"other", name.replace("primary_assembly", "alt").replace(".gff3", ".chr.gff3"))
        self.routes[folder + name] = body
        self.routes[folder + "CHECKSUMS"] = other + checksum_line(body if listed_as is None else listed_as, name)

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        self.asked.append(request.path)
        self.authorizations.add(request.headers.get("Authorization"))
        pending = self.fails.get(request.path, [])
        code = pending.pop(0) if pending else 200
        body = self.routes.get(request.path)
        if code == 0:
            request.close_connection = True
            return
        if body is None or code != 200:
            request.send_error(code if code != 200 else 404)
            return
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body[: self.cut_after.get(request.path, len(body))])


@pytest.fixture
def server(monkeypatch):
    """Run the double on a free port of this machine; attempts follow each other at once."""
    double = EnsemblDouble()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            double.answer(self)

        def log_message(self, *arguments: object) -> None:
            pass

    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(get_reference, "WAITS_SECONDS", (0.0, 0.0))
    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    double.url = f"http://127.0.0.1:{listening.server_port}/pub"
    yield double
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def download(server, tmp_path):
    """Return a call of the step into an empty folder, and the folder."""
    folder = tmp_path / "reference"

    def call(**changed):
        settings = {
            "base_url": server.url,
            "release": 115,
            "species": "homo_sapiens",
            "assembly": "GRCh38",
            "sha256": (),
            "fasta": folder / "genome.fa.gz",
            "gff": folder / "genes.gff3.gz",
            "record": folder / "download.json",
        }
        run(**(settings | changed))

    call.folder = folder
    return call


def assert_nothing_was_left(folder) -> None:
    assert not folder.exists() or list(folder.iterdir()) == []


def test_both_files_arrive_as_they_are_published_with_a_record_of_their_sums(server, download):
    download()
    assert (download.folder / "genome.fa.gz").read_bytes() == FASTA
    assert (download.folder / "genes.gff3.gz").read_bytes() == GFF
    assert json.loads((download.folder / "download.json").read_text()) == {
        "species": "homo_sapiens",
        "assembly": "GRCh38",
        "release": 115,
        "base_url": server.url,
        "files": {
            kind: {
                "url": server.url.removesuffix("/pub") + folder + name,
                "size_bytes": len(body),
                "bsd_checksum": int(checksum_line(body, name).split()[0]),
                "bsd_blocks": -(-len(body) // 1024),
                "sha256": hashlib.sha256(body).hexdigest(),
                "sha256_was_pinned": False,
            }
            for kind, folder, name, body in (
                ("fasta", FASTA_FOLDER, FASTA_NAME, FASTA),
                ("gff", GFF_FOLDER, GFF_NAME, GFF),
            )
        },
    }


def test_pinned_bytes_are_accepted_and_recorded_as_pinned(download):
    pins = tuple(f"{kind}={hashlib.sha256(body).hexdigest()}" for kind, body in (("fasta", FASTA), ("gff", GFF)))
    download(sha256=pins)
    files = json.loads((download.folder / "download.json").read_text())["files"]
    assert {kind: found["sha256_was_pinned"] for kind, found in files.items()} == {"fasta": True, "gff": True}


def test_the_command_line_works_without_a_pin(server, tmp_path):
    options = {"base-url": server.url, "release": "115", "species": "homo_sapiens", "assembly": "GRCh38"}
    options |= {name: str(tmp_path / name) for name in ("fasta", "gff", "record")}
    assert main(["get-reference", *(word for name, value in options.items() for word in (f"--{name}", value))]) == 0
    assert (tmp_path / "fasta").read_bytes() == FASTA


def test_the_grch37_archive_is_found_under_the_number_its_files_have(server, download):
    base = "/pub/grch37/release-115/"
    server.publish(base + "fasta/homo_sapiens/dna/", "Homo_sapiens.GRCh37.dna.primary_assembly.fa.gz", FASTA)
    server.publish(base + "gff3/homo_sapiens/", "Homo_sapiens.GRCh37.87.gff3.gz", GFF)
    download(base_url=server.url + "/grch37/", assembly="GRCh37")
    files = json.loads((download.folder / "download.json").read_text())["files"]
    assert files["gff"]["url"].endswith(base + "gff3/homo_sapiens/Homo_sapiens.GRCh37.87.gff3.gz")
    assert (download.folder / "genes.gff3.gz").read_bytes() == GFF


def test_release_75_has_its_number_in_the_name_of_the_fasta(server, download):
    base = "/pub/release-75/"
    server.publish(base + "fasta/homo_sapiens/dna/", "Homo_sapiens.GRCh37.75.dna.primary_assembly.fa.gz", FASTA)
    server.publish(base + "gff3/homo_sapiens/", "Homo_sapiens.GRCh37.75.gff3.gz", GFF)
    download(release=75, assembly="GRCh37")
    assert (download.folder / "genome.fa.gz").read_bytes() == FASTA


def test_another_checksum_or_size_than_the_server_lists_is_refused(server, download):
    server.publish(FASTA_FOLDER, FASTA_NAME, FASTA, listed_as=FASTA[:-1] + b"?")
    with pytest.raises(
        StepError, match=r"primary_assembly.fa.gz: checksum \d{5} over \d+ blocks, CHECKSUMS says \d{5}"
    ):
        download()
    assert_nothing_was_left(download.folder)
    server.publish(FASTA_FOLDER, FASTA_NAME, FASTA, listed_as=FASTA + bytes(2048))
    with pytest.raises(StepError, match="fix: run it again"):
        download()
    assert_nothing_was_left(download.folder)


def test_other_bytes_than_the_pinned_ones_are_refused(download):
    with pytest.raises(StepError, match=rf"gff3.gz: SHA-256 is {hashlib.sha256(GFF).hexdigest()}, .* says {'0' * 64}"):
        download(sha256=(f"gff={'0' * 64}",))
    assert_nothing_was_left(download.folder)


def test_a_file_the_server_does_not_have_is_refused_at_once_with_its_address(server, download):
    del server.routes[FASTA_FOLDER + FASTA_NAME]
    with pytest.raises(
        StepError, match=rf"{FASTA_FOLDER + FASTA_NAME}: the server answered 404 .*; fix: check base_url"
    ):
        download()
    assert server.asked.count(FASTA_FOLDER + FASTA_NAME) == 1
    assert_nothing_was_left(download.folder)


@pytest.mark.parametrize(("code", "fix"), [(401, "credentials"), (403, "credentials"), (503, "try again later")])
def test_a_refusal_of_the_server_comes_with_its_fix(server, download, code, fix):
    server.fails[GFF_FOLDER + "CHECKSUMS"] = [code]
    with pytest.raises(StepError, match=rf"CHECKSUMS: the server answered {code} .*; fix: .*{fix}"):
        download()


def test_a_body_that_breaks_off_every_time_is_refused_after_three_attempts(server, download):
    server.cut_after[FASTA_FOLDER + FASTA_NAME] = 50
    with pytest.raises(StepError, match=rf"fa.gz: 50 of {len(FASTA)} bytes came; fix: check network"):
        download()
    assert server.asked.count(FASTA_FOLDER + FASTA_NAME) == 3
    assert_nothing_was_left(download.folder)


def test_a_connection_that_breaks_twice_is_taken_up_again(server, download, caplog):
    server.fails[GFF_FOLDER + GFF_NAME] = [0, 0]
    download()
    assert (download.folder / "genes.gff3.gz").read_bytes() == GFF
    assert [record.levelname for record in caplog.records].count("WARNING") == 2


def test_no_server_at_all_is_refused_with_what_to_check(download):
    with contextlib.closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/pub"
        with pytest.raises(StepError, match=r"refused; fix: check network, proxy"):
            download(base_url=url)


def test_a_file_missing_in_checksums_and_several_that_could_be_meant_are_refused(server, download):
    server.routes[FASTA_FOLDER + "CHECKSUMS"] = checksum_line(FASTA, "Homo_sapiens.GRCh38.dna.toplevel.fa.gz")
    with pytest.raises(StepError, match=rf"CHECKSUMS: does not list {FASTA_NAME}; fix: .*grch37"):
        download()
    server.routes[GFF_FOLDER + "CHECKSUMS"] = b"".join(
        checksum_line(GFF, f"Homo_sapiens.GRCh38.{number}.gff3.gz") for number in (113, 114)
    )
    with pytest.raises(StepError, match=r"lists Homo_sapiens.GRCh38.113.gff3.gz, Homo_sapiens.GRCh38.114"):
        download()
    assert_nothing_was_left(download.folder)


def test_credentials_are_sent_and_never_shown(server, download, caplog):
    caplog.set_level(logging.INFO)
    secret = server.url.replace("http://", "http://alice:s%40cret@")
    download(base_url=secret)
    assert server.authorizations == {"Basic " + base64.b64encode(b"alice:s@cret").decode()}
    shown = (download.folder / "download.json").read_text() + caplog.text
    del server.routes[FASTA_FOLDER + FASTA_NAME]
    with pytest.raises(StepError) as caught:
        download(base_url=secret)
    for word in ("alice", "cret"):
        assert word not in shown + str(caught.value)


@pytest.mark.parametrize("address", ["ftp://x.org/pub", "file:///etc", "https://", "pub", "https://x.org/pub?key=1"])
def test_an_address_of_another_form_is_refused(address):
    with pytest.raises(StepError, match="fix: give a plain address"):
        Site.of(address)


@pytest.mark.parametrize("item", ["fasta", "fasta=", "genome=" + "0" * 64, "fasta=" + "0" * 63, "fasta=" + "g" * 64])
def test_a_pin_of_another_form_is_refused(item):
    with pytest.raises(StepError, match="fix: give fasta=<64 hexadecimal digits>"):
        parse_sha256((item,))


def test_a_pin_given_twice_is_refused():
    with pytest.raises(StepError, match="each once"):
        parse_sha256(("gff=" + "0" * 64, "gff=" + "1" * 64))


def test_progress_is_logged_about_every_twentieth(server, download, caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(get_reference, "BLOCK_BYTES", 1)
    download()
    lines = [message for message in caplog.messages if message.startswith(f"{FASTA_NAME}: ")]
    assert len(lines) == 20
    assert lines[0].endswith(" 5 %")
    assert lines[-1].endswith(" 100 %")


def test_the_lines_of_checksums_are_read_with_spaces_or_tabs_and_other_lines_are_skipped():
    text = "55610 198719 a.fa.gz\n00012\t7\t./b.gff3.gz\n\nnothing here\n"
    assert parse_checksums(text) == {"a.fa.gz": (55610, 198719), "b.gff3.gz": (12, 7)}


@pytest.mark.parametrize(
    ("body", "checksum", "blocks"), [(b"", 0, 0), (b"a", 97, 1), (b"ab", 32914, 1), (b"abc", 16556, 1)]
)
def test_the_sum_of_a_few_bytes_is_that_worked_by_hand(body, checksum, blocks):
    """One byte: 97. Then 97 is odd: 48 + 32768 rotated, + 98 = 32914. Then 16457 + 99 = 16556."""
    summed = BsdSum()
    summed.update(body)
    assert (summed.checksum, summed.blocks) == (checksum, blocks)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_the_sum_is_that_of_the_definition_however_the_bytes_are_cut(body, cut):
    expected = 0
    for byte in body:
        expected = (((expected >> 1) | ((expected & 1) << 15)) + byte) & 0xFFFF
    summed = BsdSum()
    summed.update(body[:cut])
    summed.update(body[cut:])
    assert summed.checksum == expected


@pytest.mark.skipif(shutil.which("sum") is None, reason="coreutils sum is not installed here")
def test_the_sum_is_that_of_coreutils(tmp_path):
    for number, size in enumerate((0, 1, 1023, 1024, 1025, 300_000)):
        body = hashlib.shake_256(bytes([number])).digest(size)
        path = tmp_path / str(number)
        path.write_bytes(body)
        printed = subprocess.run(["sum", str(path)], capture_output=True, text=True, check=True).stdout.split()
        summed = BsdSum()
        summed.update(body)
        assert (summed.checksum, summed.blocks) == (int(printed[0]), int(printed[1]))
