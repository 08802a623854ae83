"""A small hub on this computer: enough of its answers for huggingface_hub to download a model."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What the stand-in knows and what it was asked.

    Attributes
    ----------
    models
        Name of a repository to its files: file name to content.
    listed_sizes
        Sizes that the listing tells where they differ from the content's own.
    refused
        Name of a repository to the status and the error code that it answers with.
    lost
        Files that are listed but not there.
    cut_short
        Files of which only the first half is sent.
    gate
        While it is closed, nothing after the first 11 MB of a file is sent.
    asked
        The path of every request, in order.
    """

    models: dict[str, Mapping[str, bytes]] = field(default_factory=dict)
    listed_sizes: dict[str, int] = field(default_factory=dict)
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    cut_short: set[str] = field(default_factory=set)
    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    endpoint: str = ""

    def downloaded(self) -> list[str]:
        """List the files that were sent, in order."""
        return [path.rpartition("/")[2] for path in self.asked if path.startswith("GET /r/")]


@contextmanager
def running_hub() -> Iterator[Hub]:
    """Run a hub; it is gone, and its address refuses connections, when the block ends."""
    hub = Hub()
    hub.gate.set()
    handler = type("Handler", (_Handler,), {"hub": hub})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = False
        hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield hub
        finally:
            hub.gate.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Hub

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a test prints what it needs."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        path = self.path.partition("?")[0].strip("/")
        model, _, file = path.removeprefix("api/models/").partition("/resolve/main/")
        is_file = bool(file)
        self.hub.asked.append(f"{self.command} {'/r' if is_file else ''}/{path}")
        if model in self.hub.refused:
            status, code = self.hub.refused[model]
            self._send(status, b"{}", {"X-Error-Code": code} if code else {})
        elif model not in self.hub.models:
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        elif not is_file:
            self._send(200, json.dumps(self._listing(model)).encode(), {})
        elif file not in self.hub.models[model] or file in self.hub.lost:
            self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        else:
            self._send_file(file, self.hub.models[model][file])

    def _listing(self, model: str) -> dict[str, Any]:
        files = [
            {"rfilename": name, "size": self.hub.listed_sizes.get(name, len(content))}
            for name, content in self.hub.models[model].items()
        ]
        return {"id": model, "sha": COMMIT, "siblings": files, "tags": [], "private": False}

    def _send_file(self, file: str, content: bytes) -> None:
        told = {
            "ETag": f'"{hashlib.sha256(content).hexdigest()}"',
            "X-Repo-Commit": COMMIT,
            "X-Linked-Size": str(len(content)),
        }
        if file in self.hub.cut_short and self.command == "GET":
            content = content[: len(content) // 2]
        self._send(200, content, told)

    def _send(self, status: int, content: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "HEAD":
            return
        try:
            self.wfile.write(content[:11_000_000])
            self.hub.gate.wait()
            self.wfile.write(content[11_000_000:])
        except ConnectionError:
            # The other side has stopped listening, as some tests want it to.
            self.close_connection = True
