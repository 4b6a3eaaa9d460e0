"""Follow README.md from a clean checkout in an empty directory, word for word, as a newcomer would.

Blocks fenced as ```sh run are started and left running; blocks fenced as ```sh try then have to
succeed, and so has the command that the service prints. Standard library only.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README_PORT = 8000
INSTALLS_WITHIN_S = 600
STARTS_WITHIN_S = 60
STOPS_WITHIN_S = 30
# What the caller's own service and make were told is not for the newcomer's.
NOT_INHERITED = ("SECMON_", "PORT", "WEB_CONCURRENCY", "MAKE", "MFLAGS")
CLIENTS = {"wallet", "agent", "supervisor", "auditor", "admin"}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="secmon-readme-", ignore_cleanup_errors=True) as empty:
        checkout = Path(empty, "secmon")
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(checkout)], check=True)
        readme = (checkout / "README.md").read_text("utf-8")
        Newcomer(checkout).follow(blocks(readme, "run"), blocks(readme, "try"))


def blocks(text: str, mark: str) -> list[str]:
    found = re.findall(rf"^```sh {mark}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if not found:
        sys.exit(f"README.md has no block fenced as ```sh {mark}")
    return found


class Newcomer:
    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        self.port = README_PORT if is_free(README_PORT) else free_port()
        self.printed = checkout.parent / "printed"
        # curl reports an HTTP error by its exit status, without a change to the printed commands.
        (checkout.parent / ".curlrc").write_text("fail\nshow-error\n")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(NOT_INHERITED)}
        self.env = inherited | {"CURL_HOME": str(checkout.parent)}

    def follow(self, run: list[str], tries: list[str]) -> None:
        started = self.start(run[0], INSTALLS_WITHIN_S)
        try:
            for block in [*tries, self.printed_curl()]:
                self.shell(block)
            credentials = self.credentials()
        finally:
            self.stop(started)
        self.port = free_port()
        again = self.start(run[0], STARTS_WITHIN_S)
        try:
            self.shell(self.printed_curl())
        finally:
            self.stop(again)
        if self.credentials() != credentials:
            sys.exit("the second start made new credentials")

    def start(self, block: str, within_s: float) -> subprocess.Popen[bytes]:
        print(f"$ {block.strip()}", flush=True)
        with self.printed.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "-c", f"exec {block.strip()}"],
                cwd=self.checkout,
                # What is typed later, in another terminal, does not have this.
                env=self.env | {"PORT": str(self.port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline and process.poll() is None:
            if self.is_ready():
                print(self.printed.read_text(), flush=True)
                return process
            time.sleep(0.2)
        self.stop(process)
        sys.exit(f"not ready within {within_s} s:\n{self.printed.read_text()}")

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def shell(self, block: str) -> None:
        printed = block.replace(f"127.0.0.1:{README_PORT}", f"127.0.0.1:{self.port}").strip()
        print(f"$ {printed}", flush=True)
        subprocess.run(
            ["bash", "-euo", "pipefail", "-c", printed],
            cwd=self.checkout,
            env=self.env,
            stdin=subprocess.DEVNULL,
            check=True,
            timeout=STARTS_WITHIN_S,
        )
        print(flush=True)

    def credentials(self) -> dict[str, dict[str, str]]:
        file = self.checkout / "var" / "credentials.json"
        if file.stat().st_mode & 0o777 != 0o600:
            sys.exit(f"{file.name} can be read by others")
        found: dict[str, dict[str, str]] = json.loads(file.read_text())
        if set(found) != CLIENTS:
            sys.exit(f"{file.name} holds {sorted(found)}")
        return found

    def printed_curl(self) -> str:
        """The curl command that the service printed, with the lines that it continues on."""
        output = self.printed.read_text()
        found = re.search(r"^curl (?:.*\\\n)*.*$", output, re.MULTILINE)
        if found is None:
            sys.exit(f"the service printed no curl line:\n{output}")
        return found.group()

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """SIGTERM to what was started, and nothing of it may be left; make itself ends by the signal."""
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        status = process.wait(STOPS_WITHIN_S)
        left = session_members(process.pid)
        if left or not is_free(self.port) or status not in {0, -signal.SIGTERM}:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            sys.exit(f"not a clean stop: status {status}, processes left {left}\n{self.printed.read_text()}")


def session_members(session: int) -> list[int]:
    """Linux: the processes that still belong to `session`."""
    members = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            # proc(5): "pid (comm) state ppid pgrp session …"; comm may hold anything, also brackets.
            if int((process / "stat").read_text().rpartition(")")[2].split()[3]) == session:
                members.append(int(process.name))
    return members


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
