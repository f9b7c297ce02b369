"""Files outside docs/ ↔ pages of the site: README's parts become pages, and what a page links to becomes one too.

So a relative link is right in both places: on the forge it leads to the file, in the site to the page made of it.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = "docs"
README = "README.md"
README_PAGES = {"how_well.md": ("How well", "How well it reads")}
"""Pages made of one section of README each, with their titles; its beginning stands before index.md."""
_SECTIONS = {f"#{section.lower().replace(' ', '-')}": page for page, (section, _) in README_PAGES.items()}
FIRST_SECTION_LEFT_OUT = "On the command line"
_LINK = re.compile(r"(?<=\]\()(?P<path>[^)\s#:]+)(?P<anchor>#[^)\s]*)?(?=\))")
_LANGUAGES = {".toml": "toml", ".py": "python", ".Dockerfile": "docker", ".cff": "yaml"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of README's sections and of every file outside docs/ that a page leads to."""
    for name, (section, title) in README_PAGES.items():
        files.append(File.generated(config, name, content=_section(section, title)))
    known = {file.src_uri for file in files}
    pages = [(file.src_uri, file.content_string) for file in files if file.is_documentation_page()]
    pages.append((README, _text(README)))
    waiting = [(_origin(name), text) for name, text in pages]
    while waiting:
        origin, text = waiting.pop()
        for path in _linked(origin, text):
            name = page_name(path)
            if name not in known and not path.startswith(f"{DOCS}/"):
                known.add(name)
                content = _content(path)
                files.append(File.generated(config, name, content=content))
                waiting.append((path, content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead each link to the page of what it names, and let README begin the first page."""
    name = page.file.src_uri
    if name == "index.md":
        beginning = _rewritten(README, _beginning(), name)
        return f"{beginning}\n{_rewritten(f'{DOCS}/{name}', markdown, name).partition(chr(10))[2]}"
    return _rewritten(_origin(name), markdown, name)


def page_name(path: str) -> str:
    """The page that a file of the repository becomes."""
    if path.startswith(f"{DOCS}/"):
        return path.removeprefix(f"{DOCS}/")
    if path == README:
        return "index.md"
    return f"repository/{path}" if path.endswith(".md") else f"repository/{path}.md"


def _origin(name: str) -> str:
    """The file of the repository that a page was made of, from which its links lead."""
    if name in README_PAGES or name == README:
        return README
    if not name.startswith("repository/"):
        return f"{DOCS}/{name}"
    path = name.removeprefix("repository/")
    return path if (ROOT / path).is_file() else path.removesuffix(".md")


def _linked(origin: str, text: str) -> Iterator[str]:
    for link in _LINK.finditer(text):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(origin), link["path"]))
        if not path.startswith("..") and (ROOT / path).is_file():
            yield path


def _rewritten(origin: str, text: str, name: str) -> str:
    def lead(link: re.Match[str]) -> str:
        found = list(_linked(origin, f"]({link[0]})"))
        if not found:
            return link[0]
        page, anchor = page_name(found[0]), link["anchor"] or ""
        if found[0] == README and anchor in _SECTIONS:
            page, anchor = _SECTIONS[anchor], ""
        return posixpath.relpath(page, posixpath.dirname(name) or ".") + anchor

    return _LINK.sub(lead, text)


def _content(path: str) -> str:
    text = _text(path)
    if path.endswith(".md"):
        return text
    return f"# {path}\n\n````{_LANGUAGES.get(Path(path).suffix, 'text')}\n{text}\n````\n"


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _beginning() -> str:
    return _text(README).partition(f"\n## {FIRST_SECTION_LEFT_OUT}\n")[0]


def _section(section: str, title: str) -> str:
    text = _text(README).partition(f"\n## {section}\n")[2]
    if not text:
        raise ValueError(f"{README} has no section {section!r}, of which the site makes a page")
    return f"# {title}\n{text.partition(chr(10) + '## ')[0]}"
