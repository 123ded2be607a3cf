"""Whole processes, timed from outside: commands run to their end, and a page that is served."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

PROGRAM = (sys.executable, "-c", "import sys; from qa.cli import program; sys.exit(program())")
PATIENCE_S = 180  # a first start indexes the starter library and converts the model
# Whatever this process was told: a program that is used finds the bytecode of its last start.
KEEPS_BYTECODE = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
LOOK_S = 0.01  # between two looks at the memory of a process


class Run(NamedTuple):
    """A finished process: seconds by the clock and of processors, and its peak memory in MB."""

    seconds: float
    processor: float
    megabytes: float


def run(command: Sequence[str]) -> Run:
    """Run a command to its end, its output thrown away; a failure ends the benchmark."""
    began = time.perf_counter()
    process = _started(command)
    most = 0.0
    # What the system tells at the end counts the memory of the process that started it, too.
    while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        most = peak_megabytes(process.pid, most)
        time.sleep(LOOK_S)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    took = time.perf_counter() - began
    return Run(took, used.ru_utime + used.ru_stime, most)


@contextmanager
def page_of(home: Path) -> Iterator[tuple[str, int]]:
    """The address of a page that is served from `home` meanwhile, and the number of its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [*PROGRAM, "serve", "--home", str(home), "--port", str(port)]
    began = time.perf_counter()
    process = _started(command)
    try:
        while not _answers(f"{address}/health"):
            if process.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                raise SystemExit("the page did not come up; run `quotewell doctor`")
            time.sleep(0.02)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def served(home: Path) -> Run:
    """`quotewell serve` from its start until the page answers; the memory is that of then."""
    began = time.perf_counter()
    with page_of(home) as (_, process):
        return Run(time.perf_counter() - began, 0.0, peak_megabytes(process))


def peak_megabytes(process: int | str = "self", before: float = 0.0) -> float:
    """The most memory that a running process has held; `before` for one that ends just now."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return before
    peak = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak[0].split()[1]) / 1024 if peak else before


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    silent = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=silent, stderr=silent, env=KEEPS_BYTECODE)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
