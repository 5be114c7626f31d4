"""The shell's door: ``python -m qmagic status|jobs|show|cancel|stub|stop``, each with ``--json``."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any

import msgspec

from qmagic import client, home
from qmagic.client import ask
from qmagic.errors import QmagicError
from qmagic.jobs import JobInfo
from qmagic.version import __version__

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns the exit status: 0, or 1 with a line that says what is wrong."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        plain, text = given.command(given)
    except QmagicError as error:
        print(f"qmagic: {error}", file=sys.stderr)
        return 1
    print(json.dumps(plain, indent=2) if given.json else text)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="qmagic", description="Jobs and the job service of this user's QMAGIC_HOME.")
    parser.add_argument("--version", action="version", version=f"qmagic {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, call: Any, help: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help, description=help)
        sub.add_argument("--json", action="store_true", help="print JSON")
        sub.set_defaults(command=call)
        return sub

    command("status", _status, "Show the service: process, workers, memory, jobs. Never starts one.")
    jobs = command("jobs", _jobs, "List jobs, newest first.")
    jobs.add_argument("--limit", type=int, default=20, help="at most this many (default 20)")
    jobs.add_argument("--status", action="append", default=[], help="only this status (repeatable)")
    jobs.add_argument("--tag", default="", help="only this tag")
    show = command("show", _show, "Show one job with its events.")
    show.add_argument("id", help="id or unique prefix")
    cancel = command("cancel", _cancel, "Cancel jobs.")
    cancel.add_argument("id", nargs="+", help="id or unique prefix")
    stub = command("stub", _stub, "Run the stub of the clouds here, until it is interrupted; say how clients find it.")
    stub.add_argument("--port", type=int, default=0, help="where to listen (default: as last time, or anywhere)")
    stub.add_argument("--folder", default="", help="where its state lies (default: in this home)")
    command("stop", _stop, "End the service; unfinished jobs run again when it next starts.")
    return parser


def _status(given: argparse.Namespace) -> tuple[Any, str]:
    status = ask.service_status()
    if status is None:
        folder = str(home.home_folder())
        return {"pid": None, "home": folder}, f"no service runs for {folder}"
    lines = [
        f"service {status.version}, process {status.pid}, up {_age(status.started)}, home {status.home}",
        f"jobs      {', '.join(f'{count} {name}' for name, count in status.jobs.items()) or 'none unfinished'}",
        f"memory    {status.memory_reserved / 2**30:.1f} of {status.memory_limit / 2**30:.1f} GB reserved",
        f"store     {status.store_bytes / 2**20:.1f} MB"
        + (", DISK FULL: new jobs are refused" if status.disk_full else ""),
        *(f"worker    {w.pid} {w.state}, {w.rss / 2**20:.0f} MB, {w.executable}" for w in status.workers),
        *(f"notice    {notice}" for notice in status.notices),
    ]
    return status.to_json(), "\n".join(lines)


def _jobs(given: argparse.Namespace) -> tuple[Any, str]:
    infos = [job.last_info() for job in client.jobs(given.limit, status=given.status, tag=given.tag)]
    return [info.to_json() for info in infos], "\n".join(_line(info) for info in infos) or "no jobs"


def _show(given: argparse.Namespace) -> tuple[Any, str]:
    found = ask.events(given.id)
    plain = {**found.info.to_json(), "events": msgspec.to_builtins(found.events)}
    lines = [_line(found.info)]
    if found.info.error:
        lines.append(f"  error: {found.info.error}")
    lines += [f"  {_clock(event.time)}  {event.kind:16} {_detail(event.detail)}".rstrip() for event in found.events]
    return plain, "\n".join(lines)


def _cancel(given: argparse.Namespace) -> tuple[Any, str]:
    ids = [client.job(id).id for id in given.id]
    answer = {id: str(status) if status else str(client.job(id).status()) for id, status in ask.cancel(ids).items()}
    return answer, "\n".join(f"{id}  {status}" for id, status in answer.items())


def _stop(given: argparse.Namespace) -> tuple[Any, str]:
    stopped = ask.stop_service()
    return {"stopped": stopped}, "stopped" if stopped else "no service runs"


def _stub(given: argparse.Namespace) -> tuple[Any, str]:
    """Serves; what it has to say, it says once it listens."""
    from pathlib import Path

    from qmagic.client.stub import stub_folder
    from qmagic.stub.pointers import Pointer, pointers
    from qmagic.stub.serve import serve

    def shell(one: Pointer) -> str:
        exports = [f"export {name}='{value}'" for name, value in one.environment.items()]
        return "\n".join([f"# {one.cloud}", *exports, *(f"#     {line}" for line in one.code.splitlines())])

    def started(place: home.StubPlace) -> None:
        found = pointers(place)
        told = {"url": place.url, "pid": place.pid, "clients": msgspec.to_builtins(found)}
        text = f"# the stub listens at {place.url}; point clients at it with:\n\n" + "\n\n".join(map(shell, found))
        print(json.dumps(told) if given.json else text, flush=True)

    serve(Path(given.folder).absolute() if given.folder else stub_folder(), given.port, started)
    return {"stopped": True}, "# stopped"


def _line(info: JobInfo) -> str:
    label = info.name or info.headline
    return f"{info.id}  {info.status:10} {_clock(info.created)}  {info.backend:20} {label}".rstrip()


def _detail(detail: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in detail.items())


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def _age(started: float) -> str:
    seconds = int(time.time() - started)
    return (
        f"{seconds // 3600} h {seconds % 3600 // 60} min"
        if seconds >= 3600
        else f"{seconds // 60} min {seconds % 60} s"
    )


if __name__ == "__main__":
    sys.exit(main())
