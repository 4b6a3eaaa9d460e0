"""The problem pages: complete, readable without another host or a script."""

from __future__ import annotations

import base64
import hashlib
from html import unescape
from html.parser import HTMLParser

import httpx
import pytest

from tests.service import NO_TLS, Service


class Page(HTMLParser):
    """What a reader and a browser find on a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[str] = []
        self.styles: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.links += [found[name] for name in ("href", "src") if name in found]
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside == "style":
            self.styles.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@pytest.fixture
def http(service: Service) -> httpx.Client:
    return httpx.Client(base_url=service.url, timeout=20, verify=NO_TLS)


def read(http: httpx.Client, path: str) -> Page:
    answer = http.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    return Page(answer.text)


@pytest.mark.parametrize("path", ["/problems", "/problems/not_found"])
def test_a_problem_page_needs_no_script_and_no_other_host(http: httpx.Client, path: str) -> None:
    page = read(http, path)
    assert not {"script", "img", "iframe", "link"} & set(page.tags)
    assert all(link.startswith(("/", "#")) for link in page.links)
    assert "viewport" in http.get(path).text


@pytest.mark.parametrize("path", ["/problems", "/problems/not_found"])
def test_the_policy_of_a_problem_page_allows_its_own_style_and_nothing_else(
    http: httpx.Client, path: str
) -> None:
    answer = http.get(path)
    (style,) = Page(answer.text).styles
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; ")
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/docs", "/problems", "/problems/not_found"])
def test_every_link_leads_somewhere(http: httpx.Client, path: str) -> None:
    for link in {link for link in read(http, path).links if link.startswith("/")}:
        assert http.get(link).status_code == 200, link


def test_every_problem_has_a_page_and_the_same_as_json(http: httpx.Client) -> None:
    listed = http.get("/problems", headers={"Accept": "application/json"}).json()["items"]
    assert len(listed) > 20
    for problem in listed:
        path = f"/problems/{problem['code']}"
        assert problem["title"] in unescape(http.get(path).text)
        assert http.get(path, headers={"Accept": "application/json"}).json() == problem


def test_an_unknown_problem_is_a_404(http: httpx.Client) -> None:
    assert http.get("/problems/no_such_code").json()["code"] == "not_found"
