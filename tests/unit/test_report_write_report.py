"""The page: one offline file, everything escaped, the same bytes everywhere, any cohort."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
import runpy
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from sclcohort.contracts import VARIANT_INFERENCE
from sclcohort.errors import StepError
from sclcohort.report.canvas import Canvas
from sclcohort.report.captions import Caption
from sclcohort.report.page import PageFigure, environment
from sclcohort.report.write_report import run
from sclcohort.tables import write_rows

FIXTURES = runpy.run_path(str(Path(__file__).with_name("report_fixtures.py")))
Builder, write_results = FIXTURES["Builder"], FIXTURES["write_results"]
VOID = {"meta", "link", "br", "path", "rect"}
HOSTILE = "<script>alert('x')</script>\"><img src=x onerror=alert(1)> & {{ 7*7 }} \u65e5"


class Page(HTMLParser):
    """What a page holds: its elements, attributes and text; every element must be closed."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def report(folder: Path, builder: Any, config: dict[str, Any] | None = None) -> str:
    """Write the report of a builder's cohort and return the page; its PDFs are not drawn, which saves time."""
    keywords = write_results(folder, builder, config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Canvas, "pdf", lambda canvas: b"%PDF")
        run(**keywords)
    text: str = keywords["index"].read_text(encoding="utf-8")
    return text


@pytest.fixture(scope="module")
def page_text(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the page of ten patients with fourteen samples."""
    return report(tmp_path_factory.mktemp("report"), Builder(10))


@pytest.fixture(scope="module")
def page(page_text: str) -> Page:
    """Return that page, parsed."""
    return Page(page_text)


def test_page_refers_to_nothing_outside_itself(page: Page, page_text: str) -> None:
    for tag, name, value in page.attributes:
        if name in ("src", "href", "xlink:href", "action", "srcset", "poster", "data"):
            assert value.startswith("#") or value == "data:,", (tag, name, value)
    assert not {"script", "iframe", "object", "embed", "form", "base", "img"} & set(page.elements)
    assert "@import" not in page_text
    assert "url(" not in page_text
    assert "http://" not in page_text
    assert "https://" not in page_text


def test_policy_forbids_everything_but_the_style_sheet_of_the_page(page: Page, page_text: str) -> None:
    policies = [value for tag, name, value in page.attributes if tag == "meta" and value.startswith("default-src")]
    style = page_text[page_text.index("<style>") + len("<style>") : page_text.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policies == [
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    ]
    # Under that policy a style attribute would be dropped, and an event handler refused.
    assert page.values("style") == []
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_every_link_leads_to_one_place_of_the_page(page: Page) -> None:
    ids = Counter(page.values("id"))
    assert [name for name, count in ids.items() if count > 1] == []
    assert {value[1:] for value in page.values("href") if value.startswith("#")} <= set(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)


def test_every_sample_and_patient_appears_and_has_a_section(page: Page, page_text: str) -> None:
    builder = Builder(10)
    words = set(page.words)
    for row in builder.rows["samples"]:
        assert row["sample_id"] in words
        assert f'id="patient-{row["patient_id"]}"' in page_text
        assert f'href="#patient-{row["patient_id"]}"' in page_text


def test_scores_of_gene_sets_are_shown_and_what_is_missing_is_said(page_text: str) -> None:
    table = page_text[page_text.index("Gene-set scores of each") : page_text.index('<h3 id="rules">')]
    rows = re.findall(r"<tr><td class=.id.>.*?</tr>", table)
    assert len(rows) == 14
    scored = [row for row in rows if "metastasis: 1 of 2 genes measured" in row]
    assert scored
    for row in scored:
        cells = re.findall(r'<td class="r">(.*?)</td>', row)
        # Proliferation and EMT are given; an empty cell stands for each score that is not assessable.
        assert [cell for cell in cells if cell] == ["+0.75", "\N{MINUS SIGN}0.12"]
        assert len(cells) == 9
        assert "Genes missing: FOXA2." in row
    assert all("no expression" in row for row in rows if row not in scored)
    assert "never tested against outcome" in table


def test_research_use_is_said_and_nothing_is_recommended(page: Page) -> None:
    said = " ".join(page.words)
    assert "Research use only." in said
    assert "not a recommendation" in said
    assert not re.search(r"\b(we recommend|should be treated|should receive|is indicated)\b", said, re.IGNORECASE)


def test_counts_of_the_samples_add_up_in_the_page(page_text: str) -> None:
    found = re.search(r"(\d+) analysed \+ (\d+) partly analysed \+ (\d+) refused = (\d+) rows", page_text)
    assert found is not None
    *parts, whole = map(int, found.groups())
    assert sum(parts) == whole == 14


def test_captions_in_the_page_carry_the_thresholds_of_this_run(page_text: str) -> None:
    said = html.unescape(page_text)
    for value in ("7.25 copies", "up to 0.375", "0.0125", "at least 0.625", "at least 0.1875", "75 %", "87 days"):
        assert value in said
    assert page_text.count("<dt>When not to trust it</dt>") == 5


def test_reasons_and_encoded_negatives_are_shown(page: Page) -> None:
    said = " ".join(page.words)
    assert "REF differs from the reference at 17:7675088" in said
    assert "not predictive (encoded negative)" in said
    assert "no copy number and purity unknown" in said or "no variants were imported" in said
    assert "POU2AF3" in said


def test_every_figure_is_in_the_page_and_beside_it_in_both_formats(tmp_path: Path) -> None:
    keywords = write_results(tmp_path, Builder(5))
    run(**keywords)
    text = keywords["index"].read_text(encoding="utf-8")
    names = re.findall(r'<figure id="figure-([a-z_0-9]+)">', text)
    assert names == ["availability", "oncoprint", "subtype_map", "resistance", "patient_timelines"]
    figures = tmp_path / "report" / "figures"
    assert sorted(path.name for path in figures.iterdir()) == sorted(
        f"{name}.{kind}" for name in names for kind in ("pdf", "svg")
    )
    for name in names:
        assert (figures / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert (figures / f"{name}.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert [path.name for path in (tmp_path / "report").iterdir() if path.name.startswith(".")] == []


def test_figures_of_an_earlier_run_do_not_stay_behind(tmp_path: Path) -> None:
    keywords = write_results(tmp_path, Builder(1))
    keywords["figures"].mkdir(parents=True)
    (keywords["figures"] / "old.svg").write_text("old")
    run(**keywords)
    assert not (keywords["figures"] / "old.svg").exists()


def test_hostile_text_in_any_field_comes_out_as_text(tmp_path: Path) -> None:
    builder = Builder(5)
    for row in builder.rows["samples"]:
        row |= {"histology": HOSTILE, "site": HOSTILE, "timepoint": HOSTILE, "batch": HOSTILE}
    for table in (
        "variant_status",
        "gene_states",
        "events",
        "set_aside",
        "subtypes",
        "evidence",
        "classes",
        "changes",
        "flags",
        "doubling_times",
        "aggression",
    ):
        for row in builder.rows[table]:
            row["reason"] = HOSTILE
    for row in builder.rows["events"]:
        row["citation"] = HOSTILE
    for row in builder.rows["evidence"]:
        row |= {"marker": HOSTILE, "value": HOSTILE, "threshold_source": HOSTILE}
    for row in builder.rows["resistance_rules"]:
        row |= {"marker": HOSTILE, "note": HOSTILE, "citation": HOSTILE}
    for row in builder.rows["clinical"]:
        row["cautions"] = HOSTILE
    for table in ("doubling_times", "aggression"):
        for row in builder.rows[table]:
            row["lesion"] = HOSTILE
    config = FIXTURES["CONFIG"] | {"clinical": HOSTILE}
    text = report(tmp_path, builder, config)
    hostile = Page(text)
    assert hostile.elements["script"] == 0
    assert hostile.elements["img"] == 0
    assert not [name for _, name, _ in hostile.attributes if name.startswith("on")]
    assert HOSTILE in hostile.words
    assert "49" not in [word.strip() for word in hostile.words if "alert" in word]
    for figure in (tmp_path / "report" / "figures").glob("*.svg"):
        assert "<script" not in figure.read_text(encoding="utf-8")


def test_hostile_names_stay_inside_their_attributes(tmp_path: Path) -> None:
    builder = Builder(2)
    for rows in builder.rows.values():
        for row in rows:
            for name, value in list(row.items()):
                if isinstance(value, str) and value.startswith("P00"):
                    row[name] = value.replace("P00", "\"><b>P'0")
    hostile = Page(report(tmp_path, builder))
    assert "\"><b>P'01_T1" in hostile.words
    targets = {value[1:] for value in hostile.values("href") if value.startswith("#")}
    assert targets <= set(hostile.values("id"))


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_report_has_the_same_bytes_under_any_hash_seed_time_zone_and_locale(tmp_path: Path) -> None:
    keywords = write_results(tmp_path, Builder(4))
    run(**keywords)
    first = written(tmp_path / "report")
    run(**keywords)
    assert written(tmp_path / "report") == first
    elsewhere = keywords | {"figures": tmp_path / "other" / "figures", "index": tmp_path / "other" / "index.html"}
    options = []
    for name, value in elsewhere.items():
        options += [f"--{name.replace('_', '-')}", *(map(str, value) if isinstance(value, tuple) else [str(value)])]
    workflow = Path(__file__).resolve().parents[2] / "workflow"
    environ = os.environ | {"PYTHONPATH": str(workflow), "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "sclcohort", "write-report", *options],
        env=environ,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert written(tmp_path / "other") == first
    assert not any(str(tmp_path).encode() in content for content in first.values())


def test_genotypes_to_check_stand_in_the_cohort_and_in_every_patient(page: Page, page_text: str) -> None:
    said = " ".join(page.words)
    assert page_text.count(">Genotypes to check<") == 2 + 10
    for words in ("RB1 in three states", "NSCLC-like genotype", "intact, supported", "Meaning of nsclc_like."):
        assert words in said


def test_variant_files_are_listed_as_they_were_read_where_there_are_any(tmp_path: Path, page_text: str) -> None:
    title = "What was inferred about each variant file"
    assert title in page_text
    keywords = write_results(tmp_path, Builder(2))
    write_rows(keywords["variant_inference"], VARIANT_INFERENCE, ())
    run(**keywords)
    assert title not in keywords["index"].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("patients", "options"),
    [
        (1, {}),
        (3, {"rna": False}),
        (3, {"dna": False}),
        (3, {"dna": False, "rna": False, "events": False}),
        (3, {"events": False}),
    ],
)
def test_any_cohort_has_a_report(tmp_path: Path, patients: int, options: dict[str, bool]) -> None:
    text = report(tmp_path, Builder(patients, **options))
    assert "not assessable" in text
    Page(text)


def test_figures_without_anything_to_show_are_named_with_the_reason(tmp_path: Path) -> None:
    text = report(tmp_path, Builder(1, rna=False))
    assert re.findall(r'<figure id="figure-([a-z_0-9]+)">', text) == ["availability", "oncoprint", "resistance"]
    assert "no tumour has expression that could be used" in text
    assert "no patient has several samples" in text


def test_large_cohort_folds_its_details_and_stays_small(tmp_path: Path) -> None:
    text = report(tmp_path, Builder(45))
    large = Page(text)
    assert large.elements["figure"] == 4 + 2
    opened = [name for tag, name, _ in large.attributes if tag == "details" and name == "open"]
    assert large.elements["details"] > 45
    assert len(opened) <= 6
    # 500 samples must stay below 15 MB: 67 samples in 2 MB leave room.
    assert len(text.encode()) < 2_000_000


def test_empty_sample_table_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="holds no sample"):
        run(**write_results(tmp_path, Builder(0)))


@pytest.mark.parametrize(("text", "message"), [("{", "line 1 is not JSON"), ("[]", "holds no settings")])
def test_broken_configuration_is_refused_with_what_to_do(tmp_path: Path, text: str, message: str) -> None:
    keywords = write_results(tmp_path, Builder(1))
    keywords["config"].write_text(text)
    with pytest.raises(StepError, match=message):
        run(**keywords)


def test_templates_escape_everything_and_refuse_missing_variables() -> None:
    made = environment()
    assert made.autoescape is True
    assert made.from_string("{{ word }}").render(word="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        made.from_string("{{ missing }}").render()
    sources = [made.loader.get_source(made, name)[0] for name in made.list_templates() if name.endswith(".j2")]
    assert not [source for source in sources if "safe" in source or "autoescape" in source]


@pytest.mark.parametrize(("width", "fits"), [(1280, True), (1281, False)])
def test_a_drawing_shrinks_to_the_page_only_while_it_stays_readable(width: int, fits: bool) -> None:
    figure = PageFigure("oncoprint", "Driver events", Caption("q", "r", "t", "d"), f'<svg width="{width}" height="9">')
    assert figure.is_fitted is fits
    template = environment().get_template("figures.html.j2")
    assert ('class="plate fitted"' in template.render(figures=[figure], not_drawn=[])) is fits
