"""What the templates may not contain, and what they must: read as text, without rendering."""

from __future__ import annotations

import re
from pathlib import Path

import brotli
import pytest
from django.template.loader import get_template

from prm.web import icons

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "emails" not in path.parts and "email" not in path.stem.split("_")[:1]]
COMMENT = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", re.DOTALL)


def source(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def places(pattern: str, paths: list[Path] = PAGES) -> list[str]:
    """`template: match` for every match, so that a failure names its cause."""
    return [f"{name_of(path)}: {m.group(0)[:80]}" for path in paths for m in re.finditer(pattern, source(path))]


def test_there_are_templates_to_scan() -> None:
    assert len(PAGES) > 60


def test_no_inline_style() -> None:
    assert not places(r"\sstyle\s*=|<style[\s>]")


def test_no_inline_handlers() -> None:
    assert not places(r"\son[a-z]+\s*=\s*[\"']|\shx-on|javascript:")


def test_scripts_are_files_or_data() -> None:
    tags = places(r"<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>")
    assert not [tag for tag in tags if "nonce=" not in tag]


def test_nothing_comes_from_elsewhere() -> None:
    assert not places(r"(?:src|href|action)=[\"'](?:https?:)?//")


def test_icons_exist() -> None:
    written = r"""\{% icon ["']([a-z0-9-]+)["']|\bicon(?:_after)?=["']([a-z0-9-]+)["']"""
    unknown = set()
    for path in TEMPLATES:
        for match in re.finditer(written, source(path)):
            name = match[1] or match[2]
            try:
                icons.icon(name)
            except icons.UnknownIconError:
                unknown.add(f"{name_of(path)}: {name}")
    assert not unknown


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(icons.UnknownIconError):
        icons.icon("no-such-icon")


def test_icons_are_hidden_from_screen_readers() -> None:
    drawn = icons.icon("wallet", "tone-ok")
    assert 'aria-hidden="true"' in drawn
    assert 'class="icon tone-ok"' in drawn
    assert "<path" in drawn


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_compiles(path: Path) -> None:
    get_template(name_of(path))


def test_images_have_a_text() -> None:
    assert not places(r"<img(?![^>]*\balt=)[^>]*>")


def test_texts_are_translated() -> None:
    """Words between tags outside a translation: two words or more of Latin letters."""
    found = []
    for path in PAGES:
        if name_of(path).startswith(("emails/", "admin/")):
            continue
        text = re.sub(r"\{% block (page|body)_class %\}.*?\{% endblock %\}", "", source(path))
        text = re.sub(r"\{% blocktrans.*?endblocktrans(?:late)? %\}", "", text, flags=re.DOTALL)
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
        text = re.sub(r"<(script|title|code|kbd)\b.*?</\1>", "", text, flags=re.DOTALL)
        words = re.findall(r">([^<>]*[A-Za-z]{2,} [A-Za-z]{2,}[^<>]*)<", text)
        found += [f"{name_of(path)}: {word.strip()[:60]}" for word in words]
    assert not found


def test_stylesheets_name_no_foreign_host_and_every_colour_is_a_token() -> None:
    css = {path.name: path.read_text() for path in (ROOT / "prm/web/static/css").glob("*.css")}
    for name, text in css.items():
        assert not re.search(r"url\([\"']?(?:https?:)?//", text), name
    # Colours live in tokens.css; elsewhere only where no theme may change them (paper, the QR code, avatars).
    allowed = {"components.css": 8, "layout.css": 1}
    for name in ("base.css", "layout.css", "components.css", "data.css"):
        literal = set(re.findall(r"#[0-9a-fA-F]{3,6}\b", css[name]))
        assert len(literal) <= allowed.get(name, 0), (name, literal)


def test_scripts_build_no_code_and_load_nothing_foreign() -> None:
    for path in (ROOT / "prm/web/static/js").glob("*.js"):
        text = path.read_text()
        assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|https?://", text), path.name


def test_a_first_visit_is_light() -> None:
    """Styles and our scripts, compressed as in production; htmx adds 16 KB, the font 33 KB."""
    static = ROOT / "prm/web/static"
    sizes = {
        path.name: len(brotli.compress(path.read_bytes())) for path in [*static.glob("css/*"), *static.glob("js/*")]
    }
    assert sum(sizes.values()) < 26_000, sizes
