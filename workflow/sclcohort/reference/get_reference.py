"""Download the FASTA and the GFF3 of one Ensembl release, checked: the only step that uses a network.

It is off unless the configuration turns it on. Ensembl lays its releases out as

* ``<base_url>/release-<n>/fasta/<species>/dna/<Species>.<assembly>.dna.primary_assembly.fa.gz``
* ``<base_url>/release-<n>/gff3/<species>/<Species>.<assembly>.<n>.gff3.gz``

with a file ``CHECKSUMS`` in each folder: for every file the checksum and the 1 KiB blocks that the Unix
command ``sum`` prints (Ensembl/ensembl-vep issue 942). For GRCh37 the base is ``.../pub/grch37``, whose gene
model keeps the number of the release it was made for (``Homo_sapiens.GRCh37.87.gff3.gz`` in
``release-115``), and release 75 has its number in the name of the FASTA too. So the names are looked up
in ``CHECKSUMS`` and not put together blindly.

``sum`` finds damage, not malice, and 16 bits are few: give ``sha256`` to pin the bytes. What was downloaded
is written to a record with its SHA-256, which can be copied into the configuration.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import http.client
import json
import logging
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit, urlunsplit

from sclcohort import __version__
from sclcohort.errors import StepError
from sclcohort.files import write_text, write_whole

Result = TypeVar("Result")

BLOCK_BYTES = 1 << 20
# Choice: a server silent for a minute is gone; two more attempts ride out a restart, not an outage.
TIMEOUT_SECONDS = 60.0
WAITS_SECONDS = (5.0, 20.0)
PROGRESS_STEPS = 20
CONNECTION_ERRORS = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError)
HTTP_FIXES = {
    401: "check the credentials in base_url",
    403: "check the credentials in base_url, or the proxy",
    407: "check the credentials of the proxy",
    429: "try again later, or name a mirror in base_url",
}
NAMES_FIX = (
    "check base_url, release, species and assembly under reference.download "
    "(GRCh37 lies under https://ftp.ensembl.org/pub/grch37)"
)

log = logging.getLogger(__name__)


def run(
    *,
    base_url: str,
    release: int,
    species: str,
    assembly: str,
    sha256: tuple[str, ...] = (),
    fasta: Path,
    gff: Path,
    record: Path,
) -> None:
    """Download the genome and the gene model of an Ensembl release and check both.

    Parameters
    ----------
    base_url : str
        Where the releases lie, http or https; credentials in it are used and never shown.
    release : int
        Ensembl release.
    species, assembly : str
        As Ensembl names folder and files: ``homo_sapiens``, ``GRCh38``.
    sha256 : tuple of str
        Expected SHA-256, each as ``fasta=<64 hexadecimal digits>`` or ``gff=<...>``; none is checked
        where none is given.
    fasta, gff : Path
        Files to write, gzip as they come.
    record : Path
        JSON to write: where both files came from, their sizes and checksums.

    Raises
    ------
    StepError
        A setting of another form, no connection, an answer that is not the file, a file that
        ``CHECKSUMS`` does not list, a size or checksum that differs. Nothing is written then.
    """
    expected = parse_sha256(sha256)
    site = Site.of(base_url)
    name = species[:1].upper() + species[1:]
    stem = f"{name}.{assembly}"
    gff_source = find_file(
        site, f"release-{release}/gff3/{species}", f"{stem}.{release}.gff3.gz", rf"{re.escape(stem)}\.\d+\.gff3\.gz"
    )
    fasta_source = find_file(
        site,
        f"release-{release}/fasta/{species}/dna",
        f"{stem}.dna.primary_assembly.fa.gz",
        rf"{re.escape(stem)}\.\d+\.dna\.primary_assembly\.fa\.gz",
    )
    with write_whole(gff) as gff_scratch, write_whole(fasta) as fasta_scratch:
        files = {
            "gff": download(site, gff_source, gff_scratch, expected.get("gff")),
            "fasta": download(site, fasta_source, fasta_scratch, expected.get("fasta")),
        }
    provenance = {
        "species": species,
        "assembly": assembly,
        "release": release,
        "base_url": site.url,
        "files": {kind: asdict(found) | {"sha256_was_pinned": kind in expected} for kind, found in files.items()},
    }
    write_text(record, json.dumps(provenance, indent=2, sort_keys=True) + "\n")
    for kind, found in files.items():
        if kind not in expected:
            log.info("to pin these bytes, add to reference.download.sha256: %s: %s", kind, found.sha256)


# --- settings and addresses -----------------------------------------------------------------------


def parse_sha256(items: tuple[str, ...]) -> dict[str, str]:
    """Return the expected SHA-256 by file kind (fasta, gff) from items ``kind=digits``.

    Raises
    ------
    StepError
        An item of another form, or a kind twice.
    """
    expected: dict[str, str] = {}
    for item in items:
        found = re.fullmatch(r"(fasta|gff)=([0-9a-fA-F]{64})", item)
        if found is None or found[1] in expected:
            raise StepError(f'sha256 "{item}": fix: give fasta=<64 hexadecimal digits> and gff=<...>, each once')
        expected[found[1]] = found[2].lower()
    return expected


@dataclass(frozen=True)
class Site:
    """Where releases lie, its credentials kept apart from what is shown.

    Parameters
    ----------
    url : str
        Without credentials and without a slash at the end.
    authorization : str or None
        Value of the HTTP header, where the address had a user name.
    """

    url: str
    authorization: str | None

    @classmethod
    def of(cls, base_url: str) -> Site:
        """Take a base URL apart; raise StepError if it is no plain http or https address."""
        parts = urlsplit(base_url)
        host = parts.netloc.rpartition("@")[2]
        shown = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
            raise StepError(f'base_url "{shown}": fix: give a plain address such as https://ftp.ensembl.org/pub')
        if parts.username is None:
            return cls(shown, None)
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return cls(shown, "Basic " + base64.b64encode(secret.encode()).decode())

    def request(self, url: str) -> urllib.request.Request:
        """Return the request for a file of the site; a redirect to another site gets no credentials."""
        headers = {"User-Agent": f"sclcohort/{__version__}", "Accept-Encoding": "identity"}
        request = urllib.request.Request(url, headers=headers)
        if self.authorization is not None:
            request.add_unredirected_header("Authorization", self.authorization)
        return request


# --- checksums ------------------------------------------------------------------------------------


class BsdSum:
    """The checksum of the Unix command ``sum``: 16 bits, rotated right by one before each byte is added.

    Examples
    --------
    >>> summed = BsdSum()
    >>> summed.update(b"abc")
    >>> summed.checksum, summed.blocks
    (16556, 1)
    """

    def __init__(self) -> None:
        self.checksum = 0
        self.size_bytes = 0

    @property
    def blocks(self) -> int:
        """Blocks of 1,024 bytes, the last one begun."""
        return -(-self.size_bytes // 1024)

    def update(self, block: bytes) -> None:
        """Add bytes."""
        checksum, rotated = self.checksum, _rotations()
        # The table spares the loop its masks: 30 ns a byte, half a minute for a human genome.
        for byte in block:
            checksum = rotated[checksum] + byte
        self.checksum = checksum & 0xFFFF
        self.size_bytes += len(block)


@functools.cache
def _rotations() -> tuple[int, ...]:
    """Return, for each sum of 16 bits and a byte, its low 16 bits rotated right by one."""
    return tuple((low >> 1) | ((low & 1) << 15) for low in (number & 0xFFFF for number in range(0x10000 + 0xFF)))


def parse_checksums(text: str) -> dict[str, tuple[int, int]]:
    """Return (checksum, blocks) by file name from the text of a ``CHECKSUMS`` file; other lines are skipped."""
    lines = (re.fullmatch(r"\s*(\d+)\s+(\d+)\s+(\S+)\s*", line) for line in text.splitlines())
    return {found[3].rpartition("/")[2]: (int(found[1]), int(found[2])) for found in lines if found}


@dataclass(frozen=True)
class Source:
    """A file of the site and what ``CHECKSUMS`` says of it."""

    url: str
    bsd_checksum: int
    bsd_blocks: int


@dataclass(frozen=True)
class Downloaded:
    """A file that came whole.

    Parameters
    ----------
    url : str
        Without credentials.
    size_bytes, bsd_checksum, bsd_blocks : int
        Measured, and equal to what ``CHECKSUMS`` says.
    sha256 : str
        Measured.
    """

    url: str
    size_bytes: int
    bsd_checksum: int
    bsd_blocks: int
    sha256: str


def find_file(site: Site, folder: str, usual_name: str, pattern: str) -> Source:
    """Look a file up in the ``CHECKSUMS`` of its folder.

    Parameters
    ----------
    site : Site
        Where the releases lie.
    folder : str
        Folder below it.
    usual_name : str
        Name of the file as current releases have it.
    pattern : str
        Regular expression of the whole name elsewhere; must then fit exactly one file.

    Raises
    ------
    StepError
        No connection, or no such file, or several, in the list.
    """
    address = f"{site.url}/{folder}/CHECKSUMS"
    listed = parse_checksums(fetch(site, address, b"".join).decode("utf-8", errors="replace"))
    alike = [usual_name] if usual_name in listed else sorted(name for name in listed if re.fullmatch(pattern, name))
    if len(alike) != 1:
        what = f"lists {', '.join(alike)}, not one file" if alike else f"does not list {usual_name}"
        raise StepError(f"{address}: {what}; fix: {NAMES_FIX}")
    if alike[0] != usual_name:
        log.info("%s has %s in place of %s", folder, alike[0], usual_name)
    return Source(f"{site.url}/{folder}/{alike[0]}", *listed[alike[0]])


# --- transfer -------------------------------------------------------------------------------------


def download(site: Site, source: Source, target: Path, expected_sha256: str | None) -> Downloaded:
    """Download one file to `target` and check it.

    Raises
    ------
    StepError
        No connection, no space, or another size or checksum than expected.
    """
    found = fetch(site, source.url, functools.partial(_save, source.url, target))
    if (found.bsd_checksum, found.bsd_blocks) != (source.bsd_checksum, source.bsd_blocks):
        raise StepError(
            f"{source.url}: checksum {found.bsd_checksum:05d} over {found.bsd_blocks} blocks, CHECKSUMS says "
            f"{source.bsd_checksum:05d} over {source.bsd_blocks}; fix: run it again; a proxy or mirror may spoil it"
        )
    if expected_sha256 is not None and found.sha256 != expected_sha256:
        raise StepError(
            f"{source.url}: SHA-256 is {found.sha256}, reference.download.sha256 says {expected_sha256}; "
            "fix: this is another file than the pinned one, find out why before changing the pin"
        )
    return found


def _save(url: str, target: Path, blocks: Iterator[bytes]) -> Downloaded:
    """Write blocks to a file and measure them."""
    summed, digest = BsdSum(), hashlib.sha256()
    with target.open("wb") as handle:
        for block in blocks:
            try:
                handle.write(block)
            except OSError as error:
                raise StepError(
                    f"{target.parent}: cannot be written: {error.strerror}; fix: make room there"
                ) from error
            summed.update(block)
            digest.update(block)
    return Downloaded(url, summed.size_bytes, summed.checksum, summed.blocks, digest.hexdigest())


def fetch(site: Site, url: str, consume: Callable[[Iterator[bytes]], Result]) -> Result:
    """Request a file and hand its blocks on; a broken connection starts all over, three times in all.

    Parameters
    ----------
    site : Site
        Where the file lies.
    url : str
        Its address, without credentials.
    consume : callable
        Gets the blocks of one attempt; its result is returned.

    Raises
    ------
    StepError
        The server refused, or every attempt broke off.
    """
    waits = list(WAITS_SECONDS)
    while True:
        try:
            with contextlib.closing(_blocks(site, url)) as blocks:
                return consume(blocks)
        except urllib.error.HTTPError as error:
            error.close()
            fix = HTTP_FIXES.get(error.code, HTTP_FIXES[429] if error.code >= 500 else NAMES_FIX)
            raise StepError(f"{url}: the server answered {error.code} {error.reason}; fix: {fix}") from error
        except CONNECTION_ERRORS as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            if not waits or isinstance(reason, ssl.SSLCertVerificationError):
                fix = "check network, proxy (https_proxy) and certificates (SSL_CERT_FILE)"
                raise StepError(f"{url}: {reason or type(error).__name__}; fix: {fix}") from error
            log.warning("%s: %s; trying again in %g s", url, reason or type(error).__name__, waits[0])
            time.sleep(waits.pop(0))


def _blocks(site: Site, url: str) -> Generator[bytes]:
    """Yield the body of one answer, and log about every twentieth of it."""
    with contextlib.closing(urllib.request.urlopen(site.request(url), timeout=TIMEOUT_SECONDS)) as response:
        announced = response.headers.get("Content-Length")
        total = int(announced) if announced is not None and announced.isdigit() else None
        received, reported = 0, 0
        while block := response.read(BLOCK_BYTES):
            yield block
            received += len(block)
            progress = PROGRESS_STEPS * received // total if total else received // (50 * BLOCK_BYTES)
            if progress > reported:
                reported = progress
                log.info("%s", _progress(url, received, total))
    # The standard library ends quietly when a connection closes early.
    if total is not None and received != total:
        raise ConnectionError(f"{received} of {total} bytes came")


def _progress(url: str, received: int, total: int | None) -> str:
    share = "" if total is None else f" of {total / 1e6:.1f} MB, {100 * received // total} %"
    return f"{url.rpartition('/')[2]}: {received / 1e6:.1f} MB{share}"
