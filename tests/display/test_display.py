"""The static bundle: text, HTML and JSON of every kind of result."""

from __future__ import annotations

import html.parser
import json
import math
import re
import time

import pytest

from qmagic.display import headless, job_line
from qmagic.display.mime import MIME_TYPE
from qmagic.jobs import JobStatus, PubSpec
from qmagic.results import Result
from tests.results.build import (
    bell,
    drawn,
    estimated,
    info,
    observables,
    outcome,
    parameters,
    sampled,
    spec,
    sweep,
)


@pytest.fixture(autouse=True)
def someone_is_looking(monkeypatch):
    monkeypatch.setenv("QMAGIC_HEADLESS", "0")


def of(*pubs, pubspecs=(), **changes) -> Result:
    return Result(outcome(*pubs, **changes), info(), spec(*pubspecs))


def grid() -> Result:
    """A sweep over two parameters."""
    values = [(0.1 * x, 0.2 * y) for y in range(4) for x in range(5)]
    given = parameters(("a", "b"), [number for point in values for number in point], (4, 5))
    pub = estimated([math.sin(a) * math.cos(9 * b) for a, b in values], shape=(4, 5), labels=("ZZ",))
    return of(pub, pubspecs=(PubSpec(parameters=given, observables=observables("ZZ")),))


def swept_counts() -> Result:
    given = parameters(("theta",), [0.0, 0.5, 1.0], (3,))
    return of(
        sampled({0: 90, 3: 10}, {0: 50, 3: 50}, {0: 5, 3: 95}, shape=(3,), c=2), pubspecs=(PubSpec(parameters=given),)
    )


TRANSPILED = {
    "device": "fake_sherbrooke", "depth_before": 3, "depth_after": 9, "two_qubit_before": 1, "two_qubit_after": 2,
    "seed": 4, "layout": [5, 6],
}  # fmt: skip

KINDS = {
    "bell": bell(),
    "one": of(sampled({5: 1024}, c=3)),
    "none": of(sampled({0: 10}, c=2)).postselect({0: 1}),
    "many": of(sampled(drawn(8192, 10, 4, distinct=1024), c=10)),
    "long": of(sampled(drawn(500, 40, 5, distinct=9), c=40)),
    "thousand": of(sampled({0: 5, (1 << 1000) - 1: 7}, c=1000)),
    "registers": of(sampled({0: 4, 0b101101: 6}, data=3, flag=1, syndrome=2)),
    "six": of(*[sampled(drawn(256, 3, seed), c=3) for seed in range(6)]),
    "twenty": of(*[sampled({0: 1, 1: 2}, c=1)] * 20),
    "points": of(sampled({0: 5}, {1: 5}, shape=(2,), c=1)),
    "sweep": sweep(),
    "sweep with errors": sweep(exact=False),
    "swept counts": swept_counts(),
    "grid": grid(),
    "values": of(estimated([0.5, -0.25], [0.01, 0.02], (2,), ("ZZ", "0.5*XX + YY"), 100)),
    "single value": of(estimated([1.0], labels=("Z",))),
    "not a number": of(estimated([math.nan, math.inf], shape=(2,), labels=("A", "B"))),
    "transpiled": of(sampled({0: 5}, c=1), transpiled=(TRANSPILED,), notes=("a note",)),
    "comparison": of(sampled(drawn(900, 8, 6, distinct=60), c=8)).compare({0: 0.5, 255: 0.5}),
}  # fmt: skip


def mimebundle(shown) -> dict:
    return shown._repr_mimebundle_()


class Reader(html.parser.HTMLParser):
    """Reads HTML: its tags, its text, and whether every element is closed in order."""

    VOID = ("wbr", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "svg"} & set(self.open):
            self.words.append(data)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_bundle(kind):
    """Each has plain text, closed HTML with inline SVG but no script, and JSON that is JSON; and is small."""
    bundle = mimebundle(KINDS[kind])
    text, page = bundle["text/plain"], bundle["text/html"]
    reader = Reader(page)
    assert not {"script", "link", "iframe", "img"} & set(reader.tags)
    assert not [name for name, _ in reader.attributes if name.startswith("on") or name in ("href", "src")]
    assert "http" not in page
    assert text
    assert not re.search(r"0x[0-9a-f]{6}", text + page)
    assert max(map(len, text.splitlines())) <= 140
    assert len(page) < 50_000
    if MIME_TYPE in bundle:
        assert len(json.dumps(bundle[MIME_TYPE], allow_nan=False)) < 70_000


@pytest.mark.parametrize(
    "kind", ["bell", "one", "many", "long", "registers", "six", "swept counts", "comparison", "points"]
)
def test_every_histogram_says_how_bits_are_ordered(kind):
    """Text and HTML of every histogram say that qubit 0 is rightmost."""
    bundle = mimebundle(KINDS[kind])
    assert "qubit 0 rightmost" in bundle["text/plain"]
    assert "qubit 0 rightmost" in bundle["text/html"]


@pytest.mark.parametrize("kind", ["bell", "many", "registers", "six", "comparison"])
def test_histograms_are_svg(kind):
    """A histogram's bars are inline SVG."""
    assert {"svg", "rect"} <= set(Reader(mimebundle(KINDS[kind])["text/html"]).tags)


def test_the_terminal_has_a_histogram():
    """Text is a headline, a bar for each outcome with count and share, and the order of bits."""
    assert mimebundle(bell(300, 100))["text/plain"].splitlines() == [
        "400 shots · aer.statevector · seed 7 · 3.2 ms · job 01jabcdefghjkmn",
        "00  ████████████████████████████████  300   75.0 %",
        "11  ██████████▋                       100   25.0 %",
        "qubit 0 rightmost",
    ]


def test_few_outcomes_stand_by_value_many_by_count():
    """Up to 16 outcomes ascend by value; of 17, the 15 most frequent stand by count, and the rest is one bar."""
    few = {value: 100 + (value * 7) % 16 for value in range(16)}
    shown = [line.split()[0] for line in mimebundle(of(sampled(few, c=5)))["text/plain"].splitlines()[1:17]]
    assert shown == [format(value, "05b") for value in range(16)]
    many = {**few, 31: 1}
    lines = mimebundle(of(sampled(many, c=5)))["text/plain"].splitlines()[1:17]
    counts = [int(line.split()[-3]) for line in lines]
    assert counts[:15] == sorted(many.values(), reverse=True)[:15]
    assert "2 others" in lines[15]
    assert sum(counts) == sum(many.values())


def test_what_svg_and_style_leave_is_readable():
    """Without SVG and style, as GitHub and untrusted notebooks show it, all labels, counts and shares remain."""
    words = " ".join(Reader(mimebundle(bell(300, 100))["text/html"]).words)
    assert re.sub(r"\s+", " ", words) == (
        "400 shots · aer.statevector · seed 7 · 3.2 ms · job 01jabcdefghjkmn "
        "00 300 75.0 % 11 100 25.0 % qubit 0 rightmost · whiskers: 95 % Wilson interval"
    )
    assert "<td>0.95105652</td>" in mimebundle(sweep())["text/html"]


def test_joined_registers_are_named_in_order():
    """Several registers are named left to right; the label itself holds no spaces."""
    bundle = mimebundle(KINDS["registers"])
    assert "registers syndrome[2] flag[1] data[3], qubit 0 rightmost in each" in bundle["text/plain"]
    assert "10<span>1</span><span>101</span>" in bundle["text/html"]


def test_what_a_user_named_is_escaped():
    """Names, observables, parameters, registers, notes and noise cannot bring markup in."""
    evil = '<img src=x onerror=alert(1)>"&'
    given = PubSpec(parameters=parameters((evil,), [0.0, 1.0], (2,)), observables=observables(evil))
    swept = Result(
        outcome(estimated([0, 1], shape=(2,), labels=(evil,)), backend=evil, notes=(evil,)),
        info(name=evil),
        spec(given, noise=evil),
    )
    counted = Result(outcome(sampled({0: 1}, **{evil: 1, "b": 1})), info(name=evil), spec())
    device = of(sampled({0: 1}, c=1), transpiled=({**TRANSPILED, "device": evil},))
    for one in (swept, counted, device, counted.compare({"00": 1.0}), swept_counts()):
        assert "img" not in Reader(mimebundle(one)["text/html"]).tags
        assert evil not in mimebundle(one)["text/html"]


def test_nothing_leaks_onto_the_page():
    """Every rule of the style sheet begins at .qmagic, or at a page's theme followed by it."""
    (style,) = re.findall(r"<style>(.*?)</style>", mimebundle(bell())["text/html"])
    style = re.sub(r"@media \(prefers-color-scheme:dark\)\{(.*?\})\}", r"\1", style)
    selectors = [rule.split("{")[0] for rule in style.split("}") if rule]
    assert len(selectors) > 20
    for selector in selectors:
        assert selector.startswith((".qmagic", ":is(")), selector
        assert " .qmagic" in f" {selector}", selector


def test_light_and_dark():
    """Colours follow JupyterLab's theme, VS Code's, and the system's wish, in this order of strength."""
    page = mimebundle(bell())["text/html"]
    for part in (
        "prefers-color-scheme:dark",
        '[data-jp-theme-light="false"]',
        ".vscode-dark",
        "var(--jp-layout-color0",
    ):
        assert part in page


def contrast(a: str, b: str) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_series_have_contrast():
    """Each colour has at least 3:1 against its paper (WCAG 1.4.11)."""
    from qmagic.display.palette import DARK, LIGHT

    assert min(contrast(colour, "#ffffff") for colour in LIGHT) >= 3
    assert min(contrast(colour, paper) for colour in DARK for paper in ("#111111", "#212121", "#111418")) >= 3


def test_many_pubs_are_cut_with_a_word():
    """Twelve PUBs are shown, and how many more there are."""
    bundle = mimebundle(KINDS["twenty"])
    assert bundle["text/plain"].count("] ") == 0
    assert "[11]" in bundle["text/plain"]
    assert "[12]" not in bundle["text/plain"]
    assert "… and 8 more" in bundle["text/plain"]
    assert "… and 8 more" in bundle["text/html"]
    assert len(bundle[MIME_TYPE]["pubs"]) == 12
    assert bundle[MIME_TYPE]["num_pubs"] == 20


def test_values_are_exact_or_have_an_error():
    """A table of expectation values says ± and the error, or that it is exact."""
    measured = mimebundle(KINDS["values"])
    assert "ZZ            0.500  ± 0.010" in measured["text/plain"]
    assert "± 0.010" in measured["text/html"]
    assert "exact" in mimebundle(KINDS["single value"])["text/plain"].splitlines()[1]


def test_a_sweep_is_a_plot_with_ticks_at_fractions_of_pi():
    """A sweep from 0 to π is a curve over ticks in π; with errors it has a band."""
    plain, banded = (mimebundle(sweep(exact=exact))["text/html"] for exact in (True, False))
    assert ">π/2</text>" in plain
    assert ">theta</text>" in plain
    assert "polygon" not in plain
    assert "polygon" in banded
    assert "band: ± one standard error" in banded
    assert "path" in Reader(mimebundle(grid())["text/html"]).tags


def test_transpiling_says_what_it_did():
    """Depth and two-qubit gates before and after, device, seed and layout are in text and HTML."""
    line = "transpiled to fake_sherbrooke: depth 3 → 9, two-qubit gates 1 → 2, seed 4, layout 5, 6"
    bundle = mimebundle(KINDS["transpiled"])
    assert line in bundle["text/plain"].splitlines()
    assert line in bundle["text/html"]
    assert "a note" in bundle["text/plain"]
    fits = of(sampled({0: 5}, c=1), transpiled=({**TRANSPILED, "untouched": True},) * 2)
    assert "circuit 1 fits fake_sherbrooke as it is: depth 9, two-qubit gates 2" in mimebundle(fits)["text/plain"]


@pytest.mark.parametrize("kind", ["bell", "sweep", "six", "transpiled"])
def test_headless_output_is_the_same_on_every_run(kind, monkeypatch):
    """With nobody looking, another run of the same cell has the same bundle: no job id and no times are in it."""
    monkeypatch.setenv("QMAGIC_HEADLESS", "1")
    first = KINDS[kind]
    again = Result(
        first.outcome, info(id="01zzzzzzzzzzzzz", created=1.8e9, started=1.8e9, ended=1.8e9 + 5, attempt=2), first.spec
    )
    assert mimebundle(first) == mimebundle(again)
    assert "01jabcdefghjkmn" not in str(mimebundle(first))


@pytest.mark.parametrize(
    ("own", "ci", "expected"),
    [
        (None, None, False),
        ("1", None, True),
        ("", "true", False),
        ("0", "1", False),
        (None, "true", True),
        (None, "0", False),
    ],
)
def test_headless_is_asked_for(own, ci, expected, monkeypatch):
    """QMAGIC_HEADLESS decides, else CI."""
    for name, value in (("QMAGIC_HEADLESS", own), ("CI", ci)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    assert headless() is expected


def test_a_bell_is_drawn_in_half_a_millisecond():
    """The bundle of a Bell takes at most 0.5 ms, the best of 200."""
    result, taken = bell(), []
    for _ in range(200):
        start = time.perf_counter()
        mimebundle(result)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.0005


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"status": JobStatus.READY, "position": 3}, "job 01jabcdefghjkmn · waiting, 3 ahead · auto"),
        ({"status": JobStatus.READY, "position": 0}, "job 01jabcdefghjkmn · waiting, next · auto"),
        ({"status": JobStatus.RUNNING, "attempt": 2}, "job 01jabcdefghjkmn · running for 3.0 s · auto · attempt 2"),
        ({"name": "bell"}, "job 01jabcdefghjkmn (bell) · done in 3.2 ms · auto"),
        ({"status": JobStatus.FAILED, "error": "no memory\nmore"}, "job 01jabcdefghjkmn · failed · auto · no memory"),
    ],
)
def test_a_job_in_one_line(changes, line):
    """A job's line says its id, name, state, backend, attempt and error."""
    assert job_line(info(**changes), now=1_700_000_003.01) == line


def test_every_status_has_words():
    """No status is missing from the one-liners."""
    assert all(job_line(info(status=status)) for status in JobStatus)
