"""Links of the pages and notebooks in this repository lead somewhere; others are not asked."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    each
    for pattern in ("*.md", "docs/*.md", "docs/reference/*.md", "analysis/notebooks/*")
    for each in ROOT.glob(pattern)
    if each.suffix in (".md", ".ipynb")
)
_CODE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!\\)\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def text_of(page: Path) -> str:
    """Read a page's prose, of a notebook its cells of prose."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = json.loads(text)["cells"]
        text = "\n\n".join("".join(each["source"]) for each in cells if each["cell_type"] != "code")
    return _CODE.sub("", text)


def anchors(page: Path) -> set[str]:
    """Name a page's headings as links do."""
    plain = (
        re.sub(r"[^\w\s-]", "", each).strip().lower() for each in _HEADING.findall(text_of(page))
    )
    return {re.sub(r"\s", "-", each) for each in plain}


def broken(page: Path) -> list[str]:
    """Give the links of a page that lead nowhere."""
    found = []
    for link in _LINK.findall(text_of(page)):
        parts = urlsplit(link)
        if parts.scheme in ("http", "https"):
            found += [] if re.fullmatch(r"[\w.-]+\.\w+", parts.netloc) else [link]
            continue
        target = (page.parent / parts.path).resolve() if parts.path else page
        if not target.exists() or (parts.fragment and parts.fragment not in anchors(target)):
            found.append(link)
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda each: str(each.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A heading, of words\n[a](page.md#a-heading-of-words) [b](#none) [c](gone.md) "
        "[d](https://example.org/x) [e](https://bad address)\n```\n[f](gone.md)\n```\n",
        encoding="utf-8",
    )
    assert broken(page) == ["#none", "gone.md"]
