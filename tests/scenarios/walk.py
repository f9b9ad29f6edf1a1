"""Walking through pages in Chromium: what is wrong with the one that is open, and where its links lead."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import Resolver404, resolve, reverse
from psycopg2 import sql

from prm.identity.rights import Role
from prm.notifications.catalogue import kinds
from prm.notifications.text import sample_of
from prm.testing.make import Cast

WIDTHS = (390, 360)
HEIGHT = 844
# Menus and the finder are the same on all pages: they are looked at on the first of each surface.
SHELL = [".app-side", "dialog#finder"]
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
PATIENCE = 3
"""Addresses of one name that may lead to no page of a new name: things in different states have different links."""
FIRST = ("/p/", "/m/", "/f/")

RULES: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # Frames show mails, which have no scripts to answer axe.
    "preload": False,
    "iframes": False,
}
LOOK = """async ([shell, rules]) => {
  const shown = (e) => e && e.checkVisibility({ visibilityProperty: true, opacityProperty: false });
  const own = (e) => e.closest("[lang=en], code, pre, .mono, textarea, script, style, template, noscript, option");
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const text = node.data.replace(/\\s+/g, " ").trim();
    if (text && shown(node.parentElement) && !own(node.parentElement)) texts.push(text);
  }
  for (const e of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    if (own(e)) continue;
    for (const name of ["aria-label", "placeholder", "title", "alt"])
      if (e.getAttribute(name)) texts.push(e.getAttribute(name));
  }
  // Time zones have no other names.
  const options = document.querySelectorAll("option:not([name=time_zone] *, [lang=en] *)");
  for (const e of options) texts.push(e.textContent.trim());
  const facts = {
    texts, title: document.title, lang: document.documentElement.lang,
    h1: [...document.querySelectorAll("h1")].filter(shown).length,
    wide: document.documentElement.scrollWidth,
  };
  const left_out = shell.filter((selector) => document.querySelector(selector)).map((selector) => [selector]);
  const found = await axe.run(left_out.length ? { exclude: left_out } : document, rules);
  facts.violations = found.violations.flatMap((one) => one.nodes.map((node) => [one.id, node.html.slice(0, 160)]));
  return facts;
}"""
ENGLISH = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}|^(?:[A-Z][a-z]{2,})$")
ADDRESS = re.compile(r"\S+@\S+")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'django%'"
LONG = 25
"""Letters of a text that may be a part of what somebody has written; a shorter one is it all or is forgotten."""
NAMES = {"English", "Qudao", "Excel", "Ctrl"}


class Data:
    """What people have written: every text in the database but those that say they are English; samples of messages."""

    def __init__(self, connection: Any) -> None:
        self.texts = NAMES | {text for kind in kinds() for text in _texts(sample_of(kind))}
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            for (table,) in cursor.fetchall():
                cursor.execute(sql.SQL("SELECT to_jsonb(t) FROM {} t").format(sql.Identifier(table)))
                for (row,) in cursor:
                    self.texts.update(_texts(row))
        self.all = "\n".join(self.texts)

    def is_forgotten(self, text: str) -> bool:
        """English words in a Chinese page that nobody has written there."""
        if not ENGLISH.search(text) or (len(text) > LONG and text in self.all):
            return False
        text = ADDRESS.sub("", text)
        for known in self.texts:
            if known in text and ENGLISH.search(known):
                text = text.replace(known, "")
        return bool(ENGLISH.search(text.strip()))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "en" and not key.endswith("_en"):
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str) and ENGLISH.search(value):
        yield from (" ".join(line.split()) for line in value.splitlines())


@dataclass(frozen=True)
class Start:
    """`who` looks: a role, or None for a stranger. `args` are names of ids, or plain texts."""

    name: str
    who: Role | None = Role.ADMINISTRATOR
    args: tuple[str, ...] = ()
    query: str = ""

    def address(self, ids: dict[str, Any]) -> str:
        return reverse(self.name, args=[ids.get(one, one) for one in self.args]) + self.query.format(**ids)


Address = tuple[Role | None, str]


@dataclass
class Map:
    """Where links lead, found without a browser: some addresses of each name, until nothing new comes."""

    cast: Cast
    surfaces: tuple[str, ...]
    pages: dict[str, Address] = field(default_factory=dict)
    """One address of each page."""
    others: set[str] = field(default_factory=set)
    """Names of files, of parts of pages, and of addresses that lead to another one."""
    broken: list[str] = field(default_factory=list)

    def draw(self, starts: Iterable[Address]) -> None:
        clients = {who: self.cast.client(who) for who in {who for who, _address in starts}}
        queue, known, names, barren = deque(starts), set(starts), set[str](), Counter[str]()
        while queue:
            who, address = queue.popleft()
            name = name_of(address)
            if name.startswith(self.surfaces) and barren[name] < PATIENCE:
                found = {(who, link) for link in self._links(clients[who], name, (who, address))} - known
                new = {name_of(link) for _who, link in found} - names
                barren[name] += not new
                known |= found
                names |= new
                queue.extend(sorted(found, key=str))

    def _links(self, client: Client, name: str, address: Address) -> Iterator[str]:
        answer = client.get(address[1])
        answer.close()
        if "nonsense" in address[1]:
            return
        if answer.status_code == 302:
            self.others.add(name)
            yield answer["Location"]
        elif answer.status_code != 200:
            self.broken.append(f"{answer.status_code}: {address}")
        elif not answer["Content-Type"].startswith("text/html") or not answer.content.startswith(b"<!"):
            self.others.add(name)
        else:
            self.pages.setdefault(name, address)
            for link in LINK.findall(answer.content.decode()):
                yield unescape(link)


@dataclass
class Look:
    """`tabs(who)` gives this person's two tabs, of different devices, languages and schemes."""

    tabs: Callable[[Role | None], list[Any]]
    data: Data
    faults: list[str] = field(default_factory=list)
    turn: int = 0

    def at(self, addresses: Iterable[Address], twice: tuple[str, ...]) -> None:
        """Each on one of the two tabs in turns, those of the surfaces `twice` on both."""
        for who, address in addresses:
            self.turn += 1
            tabs = self.tabs(who)
            for tab in tabs if name_of(address).startswith(twice) else [tabs[self.turn % 2]]:
                tab.errors.clear()
                answer = tab.goto(address)
                facts = tab.evaluate(LOOK, [[] if tab.url.endswith(FIRST) else SHELL, RULES])
                self.faults += [f"{address} {tab.about}: {fault}" for fault in self._faults(tab, answer, facts)]

    def _faults(self, tab: Any, answer: Any, facts: dict[str, Any]) -> Iterator[str]:
        gone = "nonsense" in tab.url
        if answer.status != (404 if gone else 200):
            yield f"status {answer.status}"
        if facts["h1"] != 1:
            yield f"{facts['h1']} first headings"
        if not re.match(r"[^·\s]", facts["title"]):
            yield f"title {facts['title']!r}"
        if facts["lang"] != tab.locale.lower():
            yield f"language {facts['lang']}"
        if tab.locale == "zh-Hans":
            yield from (f"in English: {text}" for text in sorted(set(facts["texts"])) if self.data.is_forgotten(text))
        yield from (f"{rule}: {html}" for rule, html in facts["violations"])
        yield from _too_wide(tab, facts["wide"])
        yield from (f"console: {error}" for error in tab.errors if not (gone and "404" in error))


def _too_wide(tab: Any, wide: int) -> Iterator[str]:
    """Phones are 390 or 360 px wide: the page was read at one of these, and is measured at the other, too."""
    width = tab.viewport_size["width"]
    if wide > width:
        yield f"{wide} px wide at {width}"
    if width in WIDTHS:
        other = sum(WIDTHS) - width
        tab.set_viewport_size({"width": other, "height": HEIGHT})
        wide = tab.evaluate("document.documentElement.scrollWidth")
        if wide > other:
            yield f"{wide} px wide at {other}"


def name_of(address: str) -> str:
    """The name of the URL pattern, "" of an address that is none of ours."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
