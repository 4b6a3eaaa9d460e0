"""The documentation page: Swagger UI as it was published, held to its hashes, under a strict policy."""

from __future__ import annotations

import re

import httpx
import pytest

from secmon.openapi.pages import integrity
from tests.service import NO_TLS, Service
from tools import vendor


@pytest.fixture
def http(sqlite_service: Service) -> httpx.Client:
    return httpx.Client(base_url=sqlite_service.url, timeout=20, verify=NO_TLS)


def files_of(page: str) -> dict[str, str]:
    """The address of each script and style sheet, and the digest that a browser holds it to."""
    return dict(re.findall(r'(?:href|src)="(/[^"]+)" integrity="([^"]+)"', page))


def test_the_page_names_its_files_by_digest_and_they_are_those(http: httpx.Client) -> None:
    found = files_of(http.get("/docs").text)
    assert len(found) == 4
    for path, digest in found.items():
        answer = http.get(path)
        assert integrity(answer.content) == digest, path
        assert answer.headers["Content-Type"].startswith("text/css" if path.endswith(".css") else "text/java")


def test_what_others_wrote_is_what_they_published(http: httpx.Client) -> None:
    assert list(vendor.problems()) == []
    published = {file["integrity"] for file in vendor.pinned()["files"].values()}
    shown = files_of(http.get("/docs").text)
    assert {path for path, digest in shown.items() if digest not in published} == {
        "/docs/docs.js",
        "/docs/docs.css",
    }


def test_a_file_that_was_changed_is_noticed(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("static")
    for file in vendor.FOLDER.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "swagger-ui.css").write_text("body { display: none }")
    (folder / "more.js").write_text("")
    assert list(vendor.problems(folder)) == [
        "swagger-ui.css is not what was published",
        "more.js is neither vendored nor our own",
    ]


def test_nothing_is_run_or_asked_but_what_comes_from_here(http: httpx.Client) -> None:
    answer = http.get("/docs")
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    # Neither a script nor a style of the page's own stands in it: the policy would not run them.
    assert re.findall(r"<script>|<style| style=| on[a-z]+=", answer.text) == []
    links = re.findall(r'(?:href|src)="([^"]+)"', answer.text)
    assert all(link.startswith(("/", "data:,")) for link in links)


def test_a_file_comes_compressed_and_once(http: httpx.Client) -> None:
    path = "/docs/swagger-ui-bundle.js"
    with http.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        compressed = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "gzip"
    plain = http.get(path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert len(compressed) < len(plain.content) / 3
    assert answer.headers["ETag"] != plain.headers["ETag"]
    again = http.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["nothing.js", "vendored.json", "..%2fassets.py", "swagger-ui.css.map"])
def test_nothing_else_is_sent(http: httpx.Client, name: str) -> None:
    assert http.get(f"/docs/{name}").status_code == 404
