"""The command line is built from the steps' signatures."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from sclcohort import __main__ as command
from sclcohort.errors import Fault, InputFaultsError, StepError


@pytest.fixture
def step(monkeypatch):
    """Register a step ``toy`` and return the list of what it was called with."""
    calls = []

    def run(*, table: Path, chunks: tuple[Path, ...], cut: float, name: str, matrix: Path | None = None) -> None:
        """Do nothing, and say so."""
        calls.append((table, chunks, cut, name, matrix))
        if name == "bad":
            raise StepError("table.tsv: row 3 column x: not a number")
        if name == "faulty":
            raise InputFaultsError([Fault("E-X-001", "a.tsv", "is bad", "mend it", 3, "x", "y")])
        if name == "bug":
            raise ZeroDivisionError

    monkeypatch.setitem(command.STEPS, "toy", "toy")
    monkeypatch.setattr(command, "load_step", lambda name: run)
    return calls


ARGUMENTS = ["toy", "--table", "t.tsv", "--chunks", "a", "b", "--cut", "0.5"]


def test_options_arrive_with_the_types_of_the_signature(step):
    assert command.main([*ARGUMENTS, "--name", "n"]) == 0
    assert step == [(Path("t.tsv"), (Path("a"), Path("b")), 0.5, "n", None)]


def test_an_option_without_default_must_be_given(step, capsys):
    with pytest.raises(SystemExit) as leaving:
        command.main(["toy", "--table", "t.tsv"])
    assert leaving.value.code == 2
    assert "--cut" in capsys.readouterr().err


def test_what_the_user_can_mend_is_one_line_and_exit_code_2(step, capsys):
    assert command.main([*ARGUMENTS, "--name", "bad"]) == 2
    assert capsys.readouterr().err == "sclcohort toy: table.tsv: row 3 column x: not a number\n"


def test_faults_are_printed_one_a_line(step, capsys):
    assert command.main([*ARGUMENTS, "--name", "faulty"]) == 2
    assert capsys.readouterr().err == 'E-X-001 a.tsv:3 column x value "y": is bad; fix: mend it\n'


def test_a_bug_keeps_its_traceback(step):
    with pytest.raises(ZeroDivisionError):
        command.main([*ARGUMENTS, "--name", "bug"])


@pytest.mark.parametrize("name", list(command.STEPS))
def test_every_step_has_a_parser_of_its_own(name):
    function = importlib.import_module(command.STEPS[name]).run
    parser = command.build_parser([name])
    assert function.__doc__
    assert parser.prog == "sclcohort"


def test_help_lists_every_step(capsys):
    with pytest.raises(SystemExit):
        command.main(["--help"])
    shown = capsys.readouterr().out
    assert all(name in shown for name in command.STEPS)
