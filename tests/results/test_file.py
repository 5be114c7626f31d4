"""Saving and loading."""

from __future__ import annotations

import hashlib
import zlib

import msgspec
import pytest

import qmagic
from qmagic.errors import InputError, NotFoundError
from qmagic.results import Result, load
from tests.results.build import bell, estimated, info, outcome, sampled, spec, sweep


@pytest.mark.parametrize(
    "result",
    [
        bell(),
        sweep(exact=False),
        Result(outcome(sampled({1 << 69: 5}, a=70), estimated([float("nan")]), circuits=b"QPY"), info(), None),
        Result(outcome(sampled({0: 1}, {1: 1}, shape=(2,), c=1)), info(), spec()),
    ],
)
def test_what_is_loaded_is_what_was_saved(result, tmp_path):
    """A result comes back equal, with its provenance, and can be shown and saved again."""
    path = result.save(tmp_path / "bell.qmagic")
    again = qmagic.load(path)
    assert again == result
    assert str(again.provenance) == str(result.provenance)
    assert again._repr_mimebundle_() == result._repr_mimebundle_()
    assert again.save(path) == path


def test_nothing_is_overwritten_unasked(tmp_path):
    """Saving the same result again is fine; another needs overwrite=True; nothing half written is left."""
    path = tmp_path / "a.qmagic"
    bell().save(path)
    assert bell().save(str(path)) == path
    with pytest.raises(InputError, match=r"holds something else; .*overwrite=True"):
        bell(1, 2).save(path)
    assert load(path) == bell()
    bell(1, 2).save(path, overwrite=True)
    assert load(path) == bell(1, 2)
    assert [one.name for one in tmp_path.iterdir()] == ["a.qmagic"]


def test_a_missing_file_names_the_nearest(tmp_path):
    """A file that is not there gets one line, with one that is like it."""
    bell().save(tmp_path / "bell.qmagic")
    with pytest.raises(NotFoundError, match=r"no file .*did you mean 'bell.qmagic'\?"):
        load(tmp_path / "bel.qmagic")
    with pytest.raises(InputError, match="cannot be written"):
        bell().save(tmp_path / "no" / "such" / "folder.qmagic")


def test_a_foreign_newer_or_damaged_file_gets_one_line(tmp_path):
    """Every byte that is flipped, cut or added is noticed; a newer format says so; only InputError comes."""
    content = bell().save(tmp_path / "a.qmagic").read_bytes()
    path = tmp_path / "b.qmagic"

    def message(data: bytes) -> str:
        path.write_bytes(data)
        with pytest.raises(InputError) as caught:
            load(path)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert "is not a qmagic result" in message(b"PK\x03\x04 a zip")
    assert "is not a qmagic result" in message(b"")
    assert "is not a qmagic result" in message(content.replace(b"\r\n", b"\n", 1))
    assert "newer qmagic (format 9" in message(content[:8] + (9).to_bytes(2, "big") + content[10:])
    assert "damaged" in message(content[:-1])
    assert "damaged" in message(content + b"x")
    assert "damaged" in message(content[:20])
    for at in range(8, len(content), 7):
        message(content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :])


@pytest.mark.parametrize(
    "payload", [b"not zlib", zlib.compress(b"\xc1"), zlib.compress(msgspec.msgpack.encode([1, 2]))]
)
def test_a_file_that_only_looks_right_is_refused(payload, tmp_path):
    """A right checksum over wrong content is still one line."""
    path = tmp_path / "c.qmagic"
    path.write_bytes(b"qmagic\r\n\x00\x01" + hashlib.sha256(payload).digest() + payload)
    with pytest.raises(InputError, match="damaged"):
        load(path)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    """Unpacking stops at the limit: a bomb is refused, not expanded."""
    from qmagic.results import file

    path = bell().save(tmp_path / "a.qmagic")
    monkeypatch.setattr(file, "_LARGEST", 64)
    with pytest.raises(InputError, match="damaged or larger"):
        load(path)
