"""The manifest: every file with its SHA-256, the same bytes anywhere, nobody's name in it."""

from __future__ import annotations

import getpass
import gzip
import hashlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sclcohort import __version__
from sclcohort.contracts import SAMPLES, SOURCES
from sclcohort.errors import StepError
from sclcohort.files import sha256_of
from sclcohort.provenance import environment
from sclcohort.provenance.environment import PINS, describe_environment, locked_versions
from sclcohort.provenance.places import files_below
from sclcohort.provenance.write_manifest import check_resources, run
from sclcohort.tables import write_rows

LOCK = """\
numpy==2.4.3 \\
    --hash=sha256:00
pytest==0.0.1 ; python_version >= '3.11' \\
    --hash=sha256:00
no-such-package==1.0 \\
    --hash=sha256:00
"""


SAMPLE = {"sample_id": "S1", "patient_id": "P1", "chunk": "0001"}


def list_sources(resources, *names: str, **changed: str) -> None:
    rows = [
        {"resource": name, "title": "t", "source": "s", "version": "1", "retrieved": "2024-01-01", "licence": "CC0"}
        | {"used_by": "rule", "sha256": changed.get(name) or sha256_of(resources / name)}
        for name in names
    ]
    write_rows(resources / "SOURCES.tsv", SOURCES, rows)


def build(folder):
    """Lay out a small repository with a cohort that has run; return its root."""
    contents = {
        "Snakefile": "rule all:\n",
        "workflow/rules/a.smk": "rule a:\n",
        "workflow/package/__pycache__/module.cpython-311.pyc": "cache",
        "workflow/package/module.py": "VALUE = 1\n",
        "workflow/package.egg-info/PKG-INFO": "cache",
        "envs/tables.yaml": "dependencies: []\n",
        "profiles/default/config.yaml": "cores: all\n",
        "requirements.lock": LOCK,
        "resources/genes.tsv": "gene\nTP53\n",
        "resources/demo/truth.tsv": "truth\n",
        "config/samples.tsv": "sample_id\nS1\n",
        "results/demo/inputs/config.json": json.dumps({"cohort": "demo", "samples": "config/samples.tsv"}),
        "results/demo/drivers/events.tsv": "events\n",
        "results/demo/report/figures/b.svg": "<svg/>",
        "results/demo/report/figures/a.svg": "<svg/>",
        "results/demo/report/figures/.snakemake_timestamp": "",
    }
    for path, text in contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "results/demo/variants").mkdir()
    (folder / "results/demo/variants/S1.vcf.gz").write_bytes(gzip.compress(b"##fileformat=VCFv4.2\n", mtime=0))
    list_sources(folder / "resources", "genes.tsv")
    write_rows(folder / "results/demo/inputs/samples.tsv", SAMPLES, [SAMPLE])
    return folder


def test_files_that_the_samples_name_are_inputs_each_once(repository):
    (repository / "S1.vcf").write_text("##fileformat=VCFv4.2\n")
    (repository / "all.seg").write_text("ID\n")
    rows = [
        SAMPLE | {"variants": "S1.vcf", "copy_number": "all.seg"},
        SAMPLE | {"sample_id": "S2", "copy_number": "all.seg"},
    ]
    write_rows(repository / "results/demo/inputs/samples.tsv", SAMPLES, rows)
    assert paths(manifest(repository)["inputs"]) == ["S1.vcf", "all.seg", "config/samples.tsv"]


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """Return the root of a small repository, with the working directory there."""
    root = build(tmp_path / "repository")
    monkeypatch.chdir(root)
    return root


def manifest(root, **changed):
    """Run the step on the repository at `root`, paths given relative to the working directory; return the JSON."""
    place = Path(os.path.relpath(root))
    settings = {
        "results": place / "results/demo",
        "config": place / "results/demo/inputs/config.json",
        "samples": place / "results/demo/inputs/samples.tsv",
        "inputs": (place / "config/samples.tsv",),
        "resources": place / "resources",
        "code": place,
        "lock": place / "requirements.lock",
        "stamps": ("annotate_drivers=00ff", "write_report=11ee"),
        "outputs": (
            place / "results/demo/report/figures",
            place / "results/demo/drivers/events.tsv",
            place / "results/demo/variants",
        ),
        "manifest": place / "results/demo/provenance/manifest.json",
    } | changed
    run(**settings)
    return json.loads(settings["manifest"].read_text(encoding="utf-8"))


def paths(entries) -> list[str]:
    return [entry["path"] for entry in entries]


def test_every_file_of_the_run_is_named_once_in_order_and_no_cache_is(repository):
    found = manifest(repository)
    assert paths(found["inputs"]) == ["config/samples.tsv"]
    assert paths(found["resources"]) == ["resources/SOURCES.tsv", "resources/demo/truth.tsv", "resources/genes.tsv"]
    assert paths(found["code"]) == [
        "Snakefile",
        "envs/tables.yaml",
        "profiles/default/config.yaml",
        "workflow/package/module.py",
        "workflow/rules/a.smk",
    ]
    assert paths(found["outputs"]) == [
        "results/demo/drivers/events.tsv",
        "results/demo/report/figures/a.svg",
        "results/demo/report/figures/b.svg",
        "results/demo/variants/S1.vcf.gz",
    ]


def test_each_entry_has_checksum_and_size_and_compressed_outputs_that_of_their_content(repository):
    found = manifest(repository)
    for part in ("inputs", "resources", "code", "outputs"):
        for entry in found[part]:
            body = (repository / entry["path"]).read_bytes()
            assert (entry["sha256"], entry["size_bytes"]) == (hashlib.sha256(body).hexdigest(), len(body))
    with_content = {entry["path"]: entry["content_sha256"] for entry in found["outputs"] if "content_sha256" in entry}
    expected = hashlib.sha256(b"##fileformat=VCFv4.2\n").hexdigest()
    assert with_content == {"results/demo/variants/S1.vcf.gz": expected}


def test_configuration_stamps_versions_and_lock_are_in_it(repository):
    found = manifest(repository)
    assert found["config"] == {"cohort": "demo", "samples": "config/samples.tsv"}
    assert found["stamps"] == {"annotate_drivers": "00ff", "write_report": "11ee"}
    assert found["software"] == {"name": "sclcohort", "version": __version__}
    assert found["results"] == "results/demo"
    assert found["lock"]["packages"] == {"numpy": "2.4.3", "pytest": "0.0.1", "no-such-package": "1.0"}
    assert found["lock"]["sha256"] == sha256_of(repository / "requirements.lock")


def test_one_changed_byte_anywhere_changes_the_manifest(repository):
    before = manifest(repository)
    for part, path in (
        ("outputs", "results/demo/report/figures/a.svg"),
        ("inputs", "config/samples.tsv"),
        ("code", "workflow/rules/a.smk"),
        ("resources", "resources/demo/truth.tsv"),
    ):
        original = (repository / path).read_bytes()
        (repository / path).write_bytes(original[:-1] + b"?")
        after = manifest(repository)
        assert [entry["path"] for entry in after[part] if entry not in before[part]] == [path]
        (repository / path).write_bytes(original)
    assert manifest(repository) == before


def test_the_bytes_are_the_same_in_another_place_and_from_another_working_directory(repository, tmp_path, monkeypatch):
    manifest(repository)
    expected = (repository / "results/demo/provenance/manifest.json").read_bytes()
    moved = tmp_path / "somewhere else" / "deep"
    shutil.copytree(repository, moved)
    monkeypatch.chdir(moved)
    manifest(moved)
    assert (moved / "results/demo/provenance/manifest.json").read_bytes() == expected
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    manifest(repository)
    assert (repository / "results/demo/provenance/manifest.json").read_bytes() == expected


def test_a_working_directory_reached_through_a_link_changes_nothing(repository, tmp_path, monkeypatch):
    expected = manifest(repository)
    link = tmp_path / "link"
    link.symlink_to(repository)
    monkeypatch.chdir(link)
    absolute = {"inputs": (link / "config/samples.tsv",), "outputs": (link / "results/demo/drivers/events.tsv",)}
    found = manifest(repository, **absolute)
    assert found["inputs"] == expected["inputs"]
    assert paths(found["outputs"]) == ["results/demo/drivers/events.tsv"]
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    for part in ("code", "resources"):
        assert manifest(repository, code=link)[part] == expected[part]
    assert manifest(link, code=repository)["resources"] == expected["resources"]


def test_code_is_shown_from_the_repository_and_data_from_the_working_directory(repository, monkeypatch):
    monkeypatch.chdir(repository.parent)
    found = manifest(repository)
    assert paths(found["code"])[0] == "Snakefile"
    assert found["lock"]["path"] == "requirements.lock"
    assert paths(found["inputs"]) == ["repository/config/samples.tsv"]


def test_files_below_a_folder_come_in_the_order_of_their_paths(repository):
    found = [path.relative_to(repository).as_posix() for path in files_below(repository / "results")]
    assert found == sorted(found)
    assert len(found) == 6


def test_nothing_of_the_machine_and_its_user_is_in_it(repository, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", f":{tmp_path}/zoneinfo/UTC")
    for name in ("USER", "LOGNAME", "HOSTNAME", "HOME"):
        monkeypatch.setenv(name, f"/canary-{name}")
    for module, name in ((socket, "gethostname"), (platform, "node"), (getpass, "getuser")):
        monkeypatch.setattr(module, name, lambda: "canary-name")
    config = {
        "cohort": "demo",
        "reference": {
            "fasta": str(tmp_path / "canary-folder" / "genome.fa"),
            "gff": "../canary-folder/genes.gff3",
            "download": {"base_url": "https://canary:secret@mirror.example.org/pub"},
        },
        "expression": {"matrix": str(repository / "config" / "matrix.tsv")},
        "others": ["~canary/x.tsv", 3, None, True, "PASS", "."],
    }
    (repository / "results/demo/inputs/config.json").write_text(json.dumps(config))
    (tmp_path / "canary-folder").mkdir()
    outside = tmp_path / "canary-folder" / "P7.vcf.gz"
    outside.write_bytes(b"variants")
    found = manifest(repository, inputs=(outside, repository / "config/samples.tsv"))
    assert found["config"]["reference"] == {
        "fasta": "genome.fa",
        "gff": "genes.gff3",
        "download": {"base_url": "https://mirror.example.org/pub"},
    }
    assert found["config"]["expression"] == {"matrix": "config/matrix.tsv"}
    assert found["config"]["others"] == ["x.tsv", 3, None, True, "PASS", "."]
    assert [(entry["path"], entry["sha256"]) for entry in found["inputs"]] == [
        ("P7.vcf.gz", hashlib.sha256(b"variants").hexdigest()),
        ("config/samples.tsv", sha256_of(repository / "config/samples.tsv")),
    ]
    text = (repository / "results/demo/provenance/manifest.json").read_text()
    assert [word for word in ("canary", "secret", str(tmp_path), sys.prefix, str(Path.home())) if word in text] == []
    assert '"/' not in text


def test_two_files_of_one_name_from_outside_are_told_apart_by_their_checksum(repository, tmp_path):
    for folder, body in (("a", b"first"), ("b", b"second")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tumour.vcf").write_bytes(body)
    found = manifest(repository, inputs=(tmp_path / "a" / "tumour.vcf", tmp_path / "b" / "tumour.vcf"))
    assert paths(found["inputs"]) == ["tumour.vcf", "tumour.vcf"]
    assert len({entry["sha256"] for entry in found["inputs"]}) == 2


def test_a_link_counts_as_its_content_and_shows_as_itself(repository, tmp_path):
    genome = tmp_path / "genome.fa"
    genome.write_text(">1\nACGT\n")
    (repository / "results/demo/reference").mkdir()
    (repository / "results/demo/reference/genome.fa").symlink_to(genome)
    (repository / "results/demo/reference/linked").symlink_to(tmp_path / "repository/config")
    found = manifest(repository, outputs=(repository / "results/demo/reference",))
    assert [(entry["path"], entry["sha256"]) for entry in found["outputs"]] == [
        ("results/demo/reference/genome.fa", sha256_of(genome)),
        ("results/demo/reference/linked/samples.tsv", sha256_of(repository / "config/samples.tsv")),
    ]


def test_the_manifest_does_not_name_itself_and_a_second_run_gives_the_same_bytes(repository):
    whole = (repository / "results/demo",)
    first = manifest(repository, outputs=whole)
    assert "results/demo/provenance/manifest.json" not in paths(first["outputs"])
    assert manifest(repository, outputs=whole) == first


@pytest.mark.parametrize("part", ["inputs", "outputs"])
def test_missing_files_are_all_named(repository, part):
    missing = (repository / "one.tsv", repository / "two.tsv")
    with pytest.raises(StepError, match=r"(?s)missing, though the run names them:.*one\.tsv.*two\.tsv.*fix: "):
        manifest(repository, **{part: missing})
    assert not (repository / "results/demo/provenance/manifest.json").exists()


def test_links_to_nothing_and_links_in_a_circle_are_refused(repository):
    circle = repository / "results/demo/report/figures/circle"
    circle.symlink_to(repository / "results/demo/report/figures")
    with pytest.raises(StepError, match="circle: a link to a folder that holds it"):
        manifest(repository)
    circle.unlink()
    circle.symlink_to(repository / "nowhere")
    with pytest.raises(StepError, match="circle: a link that points to nothing"):
        manifest(repository)


def test_a_compressed_output_cut_short_is_refused(repository):
    path = repository / "results/demo/variants/S1.vcf.gz"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(StepError, match=r"S1.vcf.gz: the compressed file is damaged .*; fix: delete it"):
        manifest(repository)


def test_resources_that_differ_from_their_list_are_all_named(repository):
    resources = repository / "resources"
    (resources / "extra.tsv").write_text("x\n")
    (resources / "gone.tsv").write_text("x\n")
    list_sources(resources, "genes.tsv", "gone.tsv", **{"genes.tsv": "0" * 64})
    (resources / "gone.tsv").unlink()
    with pytest.raises(StepError) as caught:
        check_resources(resources)
    lines = str(caught.value).splitlines()
    assert lines[1:4] == [
        "  extra.tsv: not listed",
        f"  genes.tsv: SHA-256 is {sha256_of(resources / 'genes.tsv')}, listed is {'0' * 64}",
        "  gone.tsv: listed, but not there",
    ]
    assert lines[4].startswith("fix: ")


def test_a_missing_list_of_resources_and_a_missing_lock_are_refused(repository):
    with pytest.raises(StepError, match=r"other.lock: not there; fix: give the lock file"):
        manifest(repository, lock=repository / "other.lock")
    (repository / "resources" / "SOURCES.tsv").unlink()
    with pytest.raises(StepError, match=r"SOURCES.tsv: not there; fix: restore it"):
        manifest(repository)


def test_a_long_list_of_problems_is_cut(repository):
    for number in range(30):
        (repository / "resources" / f"extra{number:02d}.tsv").write_text("x\n")
    with pytest.raises(StepError, match="and 10 more"):
        check_resources(repository / "resources")


@pytest.mark.parametrize("stamps", [("rule",), ("=00",), ("rule=",), ("rule=00", "rule=11")])
def test_a_stamp_of_another_form_is_refused(repository, stamps):
    with pytest.raises(StepError, match="fix: give rule=stamp, each rule once"):
        manifest(repository, stamps=stamps)


def test_a_folder_that_is_no_repository_and_a_configuration_that_is_no_json_are_refused(repository, tmp_path):
    with pytest.raises(StepError, match="no Snakefile there; fix: give the root"):
        manifest(repository, code=tmp_path)
    (repository / "results/demo/inputs/config.json").write_text("cohort: demo")
    with pytest.raises(StepError, match=r"config.json: no readable JSON"):
        manifest(repository)


def test_the_environment_tells_versions_differences_and_pins(repository, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("NPY_ENABLE_CPU_FEATURES", raising=False)
    found = describe_environment(locked_versions(repository / "requirements.lock"))
    assert found["python"] == ".".join(str(part) for part in sys.version_info[:3])
    assert set(found["distributions"]) == {"numpy", "pytest"}
    assert found["differs_from_lock"]["pytest"] == {"installed": pytest.__version__, "locked": "0.0.1"}
    assert (found["pins"]["LC_ALL"], found["pins"]["NPY_ENABLE_CPU_FEATURES"]) == ("C.UTF-8", None)
    assert set(found["pins"]) == set(PINS)


def test_the_libraries_inside_pysam_are_told_and_their_absence_too(monkeypatch):
    versions = describe_environment({})["inside_pysam"]
    assert set(versions) == {"bcftools", "htslib", "samtools"}
    assert all(version[0].isdigit() for version in versions.values())
    monkeypatch.setitem(sys.modules, "pysam.version", None)
    assert describe_environment({})["inside_pysam"] is None


def test_only_the_environment_depends_on_the_machine(repository, monkeypatch):
    here = manifest(repository)
    monkeypatch.setattr(environment.platform, "python_version", lambda: "3.99.0")
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    there = manifest(repository)
    assert here.pop("environment") != there.pop("environment")
    assert here == there


@pytest.mark.parametrize(
    "module", ["provenance.write_manifest", "provenance.account_samples", "reference.get_reference"]
)
def test_the_steps_of_the_provenance_environment_need_python_alone(module):
    package = Path(environment.__file__).parents[2]
    command = [sys.executable, "-S", "-c", f"import sclcohort.{module}"]
    done = subprocess.run(command, env={"PYTHONPATH": str(package)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_package_locked_for_two_platforms_has_both_versions(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("b==2 ; sys_platform == 'win32' \\\n    --hash=x\nb==1 ; sys_platform != 'win32'\na_c.d==3\n")
    assert locked_versions(lock) == {"a_c.d": "3", "b": "1,2"}


def test_a_conda_environment_is_recognised(tmp_path, monkeypatch):
    monkeypatch.setattr(environment.sys, "prefix", str(tmp_path))
    assert describe_environment({})["is_conda_environment"] is False
    (tmp_path / "conda-meta").mkdir()
    assert describe_environment({})["is_conda_environment"] is True
