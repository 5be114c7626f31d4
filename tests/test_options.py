"""The layers of job defaults: built in, the project's table, the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from qmagic import options
from qmagic.errors import InputError, NotFoundError


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """A project folder, and the working folder two levels below its pyproject.toml; the session is fresh."""
    below = tmp_path / "notebooks" / "week1"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    options.reset()
    yield tmp_path
    options.reset()


def write(folder: Path, text: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(text)
    return path


def test_nothing_given_means_the_built_in_values():
    """Without a table and a session every option has its built-in value."""
    assert options.defaults() == options.RunOptions()


def test_each_layer_wins_over_the_one_before(project):
    """Built in < project < session, option by option."""
    write(project, "[tool.qmagic]\nshots = 10\nseed = 1\n")
    assert (options.defaults().shots, options.defaults().seed, options.defaults().keep) == (10, 1, False)
    options.configure(shots=20)
    assert (options.defaults().shots, options.defaults().seed) == (20, 1)
    options.reset()
    assert options.defaults().shots == 10


def test_none_is_a_value_that_a_later_layer_can_set(project):
    """Setting an option to none in the session undoes the project's value: "not given" is not None."""
    write(project, "[tool.qmagic]\nshots = 10\n")
    assert options.configure(shots="none").shots is None


def test_the_nearest_file_with_a_table_counts(project):
    """A pyproject.toml without our table is passed over; the nearest with one wins, and no other is merged in."""
    write(project, "[tool.qmagic]\nshots = 10\nseed = 1\n")
    write(project / "notebooks" / "week1", "[project]\nname = 'qmagic-course'\n")
    assert options.defaults().shots == 10
    write(project / "notebooks", "[tool.qmagic]\nshots = 11\n")
    assert (options.defaults().shots, options.defaults().seed) == (11, None)


def test_an_edited_file_is_read_again(project):
    """A change of the file counts from the next job on."""
    write(project, "[tool.qmagic]\nshots = 10\n")
    assert options.defaults().shots == 10
    write(project, "[tool.qmagic]\nshots = 1000\n")
    assert options.defaults().shots == 1000


def test_a_dash_will_do_for_an_underscore(project):
    """TOML's habit of dashes is understood."""
    write(project, "[tool.qmagic]\noptimization-level = 3\n")
    assert options.defaults().optimization_level == 3


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("shot = 10", "there is no option 'shot'; did you mean 'shots'?"),
        ("shots = 'many'", "shots = 'many', expected a whole number from 1 to 1,000,000,000"),
        ("shots = 0", "shots = 0, expected a whole number"),
        ("keep = 'yes'", "keep = 'yes', expected true or false"),
        ("optimization_level = 4", "expected 0, 1, 2 or 3"),
        ("tags = 'a'", "expected a list of texts"),
    ],
)
def test_a_wrong_table_names_the_file_and_what_was_expected(project, table, message):
    """One line: which file, which option, what was expected, and the nearest name."""
    path = write(project, f"[tool.qmagic]\n{table}\n")
    with pytest.raises(InputError) as caught:
        options.defaults()
    assert str(path) in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_file_is_named(project):
    """A file that mentions us and is not TOML is an error that names it."""
    path = write(project, "[tool.qmagic]\nshots = = 10\n")
    with pytest.raises(InputError, match="is not valid TOML") as caught:
        options.defaults()
    assert str(path) in str(caught.value)


def test_a_broken_file_of_others_is_none_of_our_business(project):
    """A file that does not mention us is not parsed."""
    write(project, "[tool.black\n")
    assert options.defaults() == options.RunOptions()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("shots", "4096", 4096), ("seed", "0", 0), ("seed", str(2**63 - 1), 2**63 - 1), ("keep", "true", True),
        ("timeout", "2.5", 2.5), ("timeout", "none", None), ("tags", "a,b", ("a", "b")), ("backend", "stim", "stim"),
    ],
)  # fmt: skip
def test_text_is_read_as_the_options_type(name, text, value):
    """What a person types after ``%qconfig name=`` becomes a value of the option's type."""
    assert getattr(options.configure(**{name: text}), name) == value


def test_a_wrong_value_changes_nothing():
    """`configure` sets all or nothing."""
    with pytest.raises(InputError):
        options.configure(seed=3, shots="many")
    with pytest.raises(NotFoundError, match="did you mean 'seed'"):
        options.configure(shots=3, sed=3)
    assert options.defaults() == options.RunOptions()


def test_layers_say_where_a_value_comes_from(project):
    """Each option is listed with its value and the layer that set it."""
    path = write(project, "[tool.qmagic]\nseed = 1\nshots = 10\n")
    options.configure(shots=20)
    listed = {name: (value, where) for name, value, where in options.layers()}
    assert listed["shots"] == (20, "%qconfig")
    assert listed["seed"] == (1, str(path))
    assert listed["backend"] == ("auto", "built in")


def test_every_option_says_what_it_takes():
    """`EXPECTED` has a phrase for each option, and no other."""
    assert list(options.EXPECTED) == [name for name, _, _ in options.layers()]
