"""The table of flags: parsing, help, and the errors of both."""

from __future__ import annotations

import random
import re

import pytest

from qmagic import cells
from qmagic.cells.languages import LANGUAGES
from qmagic.errors import InputError, NotFoundError
from qmagic.magics import MAGICS
from qmagic.magics.qrun import FIELDS, QRUN

COMMANDS = [command for command, _, _ in MAGICS]


def test_flags_stand_before_or_after_the_circuit():
    """The words that are no flags are the expression, as it was typed."""
    assert QRUN.parse("circuit --shots 100", {}).words == "circuit"
    parsed = QRUN.parse('--async f(a,  "b c")[0] --tag x --tag y', {})
    assert parsed.words == 'f(a,  "b c")[0]'
    assert parsed.given == {"detach": True, "tags": ["x", "y"]}


def test_what_was_not_given_is_absent():
    """An empty line gives no values: defaults belong to `qmagic.options`."""
    assert QRUN.parse("", {}).given == {}


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("--shots 4096", "shots", 4096),
        ("--shots=4_096", "shots", 4096),
        ("--shots 1e6", "shots", 1_000_000),
        ("--shots {n * 2}", "shots", 14),
        ("--seed $n", "seed", 7),
        ("--precision 1e-2", "precision", 0.01),
        ('--observables "ZZ; 0.5*XX + YY; Z0*Z3"', "observables", "ZZ; 0.5*XX + YY; Z0*Z3"),
        ("--observables -ZZ", "observables", "-ZZ"),
        ("--observables {obs}", "observables", "XX; YY"),
        ("--bind theta=-0.3,phi=pi/4", "bind", "theta=-0.3,phi=pi/4"),
        ("--sweep theta=0:pi:21", "sweep", "theta=0:pi:21"),
        ("--noise depolarizing=0.01,t1=120us", "noise", "depolarizing=0.01,t1=120us"),
        ("--initial-layout [0, 1, 4]", "initial_layout", "0, 1, 4"),
        ("--name 'my {n}'", "name", "my {n}"),
        ("--name=", "name", ""),
        ("-o result", "output", "result"),
        ("--lang openqasm2", "lang", "openqasm2"),
        ("--verbatim", "verbatim", True),
    ],
)
def test_values_are_read(line, key, value):
    """Each flag's text becomes a value of its type; variables stand in for text."""
    assert QRUN.parse(line, {"n": 7, "obs": "XX; YY"}).given == {key: value}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--shot 3", "%qrun has no flag --shot; did you mean '--shots'? (--help lists them)"),
        ("--seed_tr 3", "%qrun has no flag --seed_tr; did you mean '--seed'? (--help lists them)"),
        ("-x", "%qrun has no flag -x (--help lists them)"),
        ("--shots", "--shots needs a value: --shots N"),
        ("--shots --seed 3", "--shots needs a value: --shots N"),
        ("--shots many", "--shots: expected a whole number, such as 4096, got 'many'"),
        ("--shots 1.5", "--shots: expected a whole number, such as 4096, got '1.5'"),
        ("--precision nan", "--precision: expected a number, such as 0.01, got 'nan'"),
        (
            "--lang openqasm",
            "--lang: expected auto, python, openqasm2 or openqasm3, got 'openqasm'; did you mean 'openqasm3'?",
        ),
        ("--verbatim=yes", "--verbatim takes no value"),
        ("circuit --shots 5 other", "unexpected 'other' after the flags: quote a value that has blanks"),
        ('--name "abc', 'the line ends inside an open ": "abc'),
    ],
)  # fmt: skip
def test_a_wrong_line_gets_one_clear_line(line, message):
    """What was given, what was expected, the nearest name; never argparse's usage, and the process lives."""
    with pytest.raises(InputError) as caught:
        QRUN.parse(line, {})
    assert str(caught.value) == message


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_misspelt_flag_finds_its_way_back(command):
    """A flag with its last letter missing is unknown, and the error names the flag that was meant."""
    for flag in command.flags:
        if flag.name[:-1] not in command.by_name:
            with pytest.raises(NotFoundError, match=flag.name):
                command.parse(flag.name[:-1] + " 3", {})


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_help_shows_every_flag(command):
    """``--help`` and ``?`` come from the table: each flag, each sentence."""
    plain = " ".join(command.text.split())
    for flag in command.flags:
        assert f"{flag.name} {flag.metavar}".strip() in plain
        assert " ".join(flag.help.split()) in plain
    assert command.text.lstrip("%").startswith(command.name)


def test_qruns_help_has_parameters_examples_and_errors():
    """The three parts that a person looks for."""
    assert [part for part in ("Parameters\n", "Examples\n", "Possible errors\n") if part in QRUN.text] == [
        "Parameters\n", "Examples\n", "Possible errors\n",
    ]  # fmt: skip


def test_the_examples_on_a_line_parse():
    """Every ``%`` line that help shows as an example is one that its magic takes."""
    by_name = {command.name: command for command in COMMANDS}
    lines = re.findall(r"%%?(\w+) ?(.*)", "\n".join(command.examples for command in COMMANDS))
    for name, rest in lines:
        by_name[name].parse(rest, {})
    assert len(lines) > 8


def test_semicolon_at_the_end_is_noted_and_taken_off():
    """A trailing semicolon is no part of a value; one between quotes is."""
    parsed = QRUN.parse('qc --observables "ZZ;XX" ;', {})
    assert (parsed.semicolon, parsed.given["observables"]) == (True, "ZZ;XX")
    parsed = QRUN.parse('qc --observables "ZZ;"', {})
    assert (parsed.semicolon, parsed.given["observables"]) == (False, "ZZ;")


def test_every_request_field_can_be_asked_for():
    """The flags reach every field of `CellRequest` that a person chooses."""
    chosen = {*FIELDS, "tags"}
    assert chosen == set(cells.CellRequest.__dataclass_fields__) - {"body", "cell", "first_line", "notebook", "state"}


def test_languages_are_those_of_cells():
    """``--lang`` takes what `qmagic.cells` knows, and auto."""
    assert set(QRUN.by_name["--lang"].choices) == {"auto", *LANGUAGES}


def test_no_line_crashes_the_parser(full):
    """Random lines made of pieces of flags: each is understood or refused with one line."""
    rng = random.Random(11)
    pieces = [*QRUN.by_name, *("qc", "$0", "{x}", "é", "1e400", "0:pi:3"), *"\"'{}[=;-\\\x00 "]
    refused = []
    for _ in range(full(500, 10_000)):
        line = "".join(rng.choice(pieces) + rng.choice(["", " ", " "]) for _ in range(rng.randrange(8)))
        try:
            QRUN.parse(line, {"x": 1})
        except InputError as error:
            refused.append(str(error))
    assert refused
    assert not [message for message in refused if "\n" in message]
