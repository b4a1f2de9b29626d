"""Write the manifest of a run: every input, resource, code file and output with its SHA-256 and size.

INPUTS   all files of the run, the resolved configuration, the lock file
OUTPUTS  manifest   JSON, keys sorted; see `run`

The same run gives the same manifest anywhere: no time, no host, no user, no absolute path. What depends on
the machine (versions found, pins) stands under the one key ``environment``. Files inside the working
directory are shown relative to it, code and resources relative to the repository; a file elsewhere is shown by
its bare name, and its SHA-256 says which it is. Standard library only.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from sclcohort import __version__
from sclcohort.contracts import SAMPLES, SOURCES
from sclcohort.errors import StepError
from sclcohort.files import compression_of, sha256_of, write_text
from sclcohort.provenance.environment import describe_environment, locked_versions
from sclcohort.provenance.places import Places, files_below
from sclcohort.tables import read_rows

Entry = dict[str, str | int]

MANIFEST_VERSION = 1
CODE = ("Snakefile", "workflow", "envs", "profiles")
CACHES = frozenset((".pyc", ".pyo", "__pycache__", ".egg-info"))
MOST_PROBLEMS_SHOWN = 20

# Columns of the sheet that name files.
FILE_COLUMNS = ("variants", "structural_variants", "target", "copy_number", "purity_file")
log = logging.getLogger(__name__)


def run(
    *,
    results: Path,
    config: Path,
    samples: Path,
    inputs: tuple[Path, ...],
    resources: Path,
    code: Path,
    lock: Path,
    stamps: tuple[str, ...],
    outputs: tuple[Path, ...],
    manifest: Path,
) -> None:
    """Hash every file of the run and write the manifest.

    Parameters
    ----------
    results : Path
        Results folder of the cohort.
    config : Path
        Resolved configuration, JSON; embedded.
    samples : Path
        Contract SAMPLES; the files it names are inputs. There may be more of them than a command line holds.
    inputs : tuple of Path
        What the configuration names: sheets, reference, matrix. A folder stands for all its files.
    resources : Path
        Folder ``resources`` with its ``SOURCES.tsv``.
    code : Path
        Root of the repository.
    lock : Path
        Lock file of the packages, in pip's format.
    stamps : tuple of str
        ``rule=stamp``, one per rule.
    outputs : tuple of Path
        What the run made. A folder stands for all its files but the manifest itself.
    manifest : Path
        JSON to write: ``manifest_version``, ``software``, ``results``, ``config``, ``stamps``,
        ``environment``, ``lock`` (a file, with ``packages``), and the lists ``inputs``, ``resources``,
        ``code`` and ``outputs`` of files: ``path``, ``sha256``, ``size_bytes``, and for gzip outputs
        ``content_sha256``, that of what is inside: compressors differ, contents must not.

    Raises
    ------
    StepError
        Files that are missing, broken or not as ``SOURCES.tsv`` says (all of them at once); a
        stamp of another form; a configuration that is no JSON.
    """
    places, code_places, files = Places((Path(), code)), Places((code,)), Inventory()
    check_resources(resources)
    locked = locked_versions(lock)
    made = (path for path in expanded(outputs) if path.resolve() != manifest.resolve())
    lists = {
        "inputs": listed(files.entry(path, places) for path in expanded((*inputs, *sample_files(samples)))),
        "resources": listed(files.entry(path, places) for path in files_below(resources, CACHES)),
        "code": listed(files.entry(path, code_places) for path in code_files(code)),
        "outputs": listed(files.entry(path, places) | content_of(path) for path in made),
    }
    content = {
        "manifest_version": MANIFEST_VERSION,
        "software": {"name": "sclcohort", "version": __version__},
        "results": places.shown(results),
        "config": places.portable(read_config(config)),
        "stamps": parse_stamps(stamps),
        "lock": {**files.entry(lock, code_places), "packages": locked},
        "environment": places.portable(describe_environment(locked)),
        **lists,
    }
    write_text(manifest, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    counts = ", ".join(f"{len(entries)} {name}" for name, entries in lists.items())
    log.info("manifest of %s; %.1f MB read", counts, files.bytes_read / 1e6)


class Inventory:
    """Entries of files; each file is read once, however often it is named."""

    def __init__(self) -> None:
        self._known: dict[Path, str] = {}
        self.bytes_read = 0

    def entry(self, path: Path, places: Places) -> Entry:
        """Return path, SHA-256 and size of a file; a link counts as the file it points to.

        Raises
        ------
        StepError
            The file cannot be read.
        """
        real = path.resolve()
        try:
            size = real.stat().st_size
            if real not in self._known:
                self._known[real] = sha256_of(real)
                self.bytes_read += size
        except OSError as error:
            raise StepError(f"{path}: cannot be read: {error.strerror}; fix: check path and permissions") from error
        return {"path": places.shown(path), "sha256": self._known[real], "size_bytes": size}


def sample_files(samples: Path) -> list[Path]:
    """Return the files that the samples name, each once, sorted; a cell may hold several, joined by ``;``."""
    cells = [str(row[column]) for row in read_rows(samples, SAMPLES) for column in FILE_COLUMNS if row[column]]
    return sorted({Path(name) for cell in cells for name in cell.split(";") if name})


def listed(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries sorted by path and SHA-256, each once."""
    unique = {(str(entry["path"]), str(entry["sha256"])): entry for entry in entries}
    return [unique[key] for key in sorted(unique)]


def expanded(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield files, and for folders every file below them; raise StepError with all that are missing."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise StepError(_together("missing, though the run names them", missing, "run the workflow to its end"))
    for path in paths:
        if path.is_dir():
            yield from files_below(path)
        else:
            yield path


def code_files(code: Path) -> Iterator[Path]:
    """Yield the files that a run executes: Snakefile, workflow, envs, profiles; no caches."""
    for part in CODE:
        path = code / part
        if not path.exists():
            raise StepError(f"{code}: no {part} there; fix: give the root of the repository as code")
        if path.is_dir():
            yield from files_below(path, CACHES)
        else:
            yield path


def content_of(path: Path) -> Entry:
    """Return the SHA-256 of what is inside a gzip file (``content_sha256``), nothing for other files.

    Raises
    ------
    StepError
        The compressed file is cut short or damaged.
    """
    if compression_of(path) == "none":
        return {}
    try:
        with gzip.open(path, "rb") as handle:
            return {"content_sha256": hashlib.file_digest(handle, "sha256").hexdigest()}
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise StepError(f"{path}: the compressed file is damaged ({error}); fix: delete it and run again") from error


def check_resources(resources: Path) -> None:
    """Compare the resource tables with ``SOURCES.tsv``.

    Every table directly in the folder must be listed there with its SHA-256, and every listed file must be there.
    Folders below (demo data, the scripts that compiled the tables) may be listed and then must match.

    Raises
    ------
    StepError
        Everything that differs, at once.
    """
    sources = resources / "SOURCES.tsv"
    if not sources.is_file():
        raise StepError(f"{sources}: not there; fix: restore it, it says where every resource comes from")
    expected = {str(row["resource"]): str(row["sha256"]) for row in read_rows(sources, SOURCES)}
    problems = [
        f"{path.name}: not listed"
        for path in sorted(resources.glob("*.tsv"))
        if path.name not in expected and path != sources
    ]
    for name, sha256 in sorted(expected.items()):
        if not (resources / name).is_file():
            problems.append(f"{name}: listed, but not there")
        elif (found := sha256_of(resources / name)) != sha256:
            problems.append(f"{name}: SHA-256 is {found}, listed is {sha256}")
    if problems:
        fix = "restore the files, or list source, version and sha256 of what was changed on purpose"
        raise StepError(_together(f"resources are not as {sources} says", problems, fix))


def parse_stamps(stamps: Sequence[str]) -> dict[str, str]:
    """Return the stamp of each rule from items ``rule=stamp``; raise StepError for another form or a rule twice."""
    found: dict[str, str] = {}
    for item in stamps:
        rule, equals, stamp = item.partition("=")
        if not (rule and equals and stamp) or rule in found:
            raise StepError(f'stamp "{item}": fix: give rule=stamp, each rule once')
        found[rule] = stamp
    return found


def read_config(path: Path) -> object:
    """Read the resolved configuration; raise StepError if it is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StepError(f"{path}: no readable JSON ({error}); fix: run check-inputs again") from error


def _together(what: str, items: Sequence[str], fix: str) -> str:
    more = [f"and {len(items) - MOST_PROBLEMS_SHOWN} more"] if len(items) > MOST_PROBLEMS_SHOWN else []
    return "\n  ".join([f"{what}:", *items[:MOST_PROBLEMS_SHOWN], *more]) + f"\nfix: {fix}"
