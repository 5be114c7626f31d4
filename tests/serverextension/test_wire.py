"""The fixture that the Python and the TypeScript tests read is what the code makes, and is complete."""

from __future__ import annotations

import json

from qmagic.jobs import JobInfo
from tests.serverextension import wire_examples


def test_the_fixture_is_what_the_code_makes(monkeypatch):
    """A change of a message shows here; `python -m tests.serverextension.wire_examples` writes the file anew."""
    monkeypatch.setenv("QMAGIC_HEADLESS", "0")  # as a person sees it: CI alone would leave out ids and times
    assert wire_examples.FILE.read_text("utf-8") == wire_examples.text()


def test_every_field_of_a_job_is_there():
    """A view of a job has all its fields, whatever their values."""
    fixture = json.loads(wire_examples.FILE.read_text("utf-8"))
    for job in fixture["rest"]["jobs"]["body"]["jobs"]:
        assert set(job) == set(JobInfo.__struct_fields__)
    assert {message["type"] for message in fixture["socket"].values()} == {
        "snapshot", "events", "live", "loops", "offline", "online",
    }  # fmt: skip
