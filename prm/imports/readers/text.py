"""Delimited text: UTF-8, UTF-16 with a mark, GB18030; comma, semicolon or tab; quotes as in RFC 4180.

The encoding is tried strictly over the whole file, because a wrong guess would change data in silence. Runs of lines
without quotes are translated as a whole, the others record by record: same result, a tenth of the time.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from prm.imports.readers.base import unusable
from prm.imports.readers.rows import MAX_CELL, Issue, Tally, encode_one

CHUNK = 1 << 20
MAX_LINE = 32 * CHUNK
"""Characters of one line; no table has longer ones."""

MAX_RECORD_LINES = 200
"""Lines of one record: bounds what a quotation mark without its partner can swallow."""

DELIMITERS = ",;\t"
_BLANK_EDGE = re.compile(r"[^\S\t\n][\t\n]|[\t\n][^\S\t\n]")
_SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace() and chr(code) not in "\t\n "]
_ASCII_SPACES = [space for space in _SPACES if space.isascii()]

csv.field_size_limit(2 * MAX_LINE)


def detect_encoding(path: Path) -> str:
    """`utf-8-sig`, `utf-16` or `gb18030`. Raises `Unusable` when the file is none of them."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise unusable("encoding")


def _decodes(path: Path, encoding: str) -> bool:
    wide, common = 0, 0
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                text = decoder.decode(chunk)
                if encoding == "gb18030" and not text.isascii():
                    found = [character for character in text if character > "\x7f"]
                    wide += len(found)
                    common += sum(map(_is_common_chinese, found)) if wide < CHUNK else len(found)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
    # Nearly any bytes of Latin-1 or Windows-1252 also decode as GB18030, into rare characters.
    return common * 2 >= wide


def _is_common_chinese(character: str) -> bool:
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeError:
        return False


class TextTable:
    """A delimited file with a header row. `tally` is filled while `copy_text` is consumed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.encoding = detect_encoding(path)
        self.size = path.stat().st_size
        self.tally = Tally()
        self.delimiter = self._delimiter()
        _row, header = next(self._records(_Source(self._chunks())), (1, []))
        if header is None:
            raise unusable("header_quotes")
        self.columns = [cell.strip() for cell in header]

    def head(self, count: int) -> list[list[str]]:
        """The first records below the header, trimmed."""
        rows: list[list[str]] = []
        for row, cells in self._records(_Source(self._chunks())):
            if row > 1 and cells is not None and any(cell.strip() for cell in cells):
                rows.append([cell.strip()[:MAX_CELL] for cell in cells])
            if len(rows) == count:
                break
        return rows

    def copy_text(self) -> Iterator[str]:
        """COPY text of all records below the header (which is row 1), in chunks."""
        self.tally = Tally()
        width = len(self.columns)
        source = _Source(self._chunks())
        records = self._records(source)
        row = 0
        while source.fill():
            if row and source.is_plain:
                lines = source.take_all()
                yield self._plain(lines, row + 1, width)
                row += len(lines)
                records = self._records(source, row + 1)
                continue
            written = []
            while source.has_lines and not (row == 1 and source.is_plain):
                row, cells = next(records)
                if row > 1:
                    written.append(self._parsed(row, cells, source, width))
            yield "".join(written)

    def _parsed(self, row: int, cells: list[str] | None, source: _Source, width: int) -> str:
        if cells is None:
            self.tally.rows += 1
            self.tally.set_aside(Issue(row, None, "quotes", {}, [source.faulty.strip()]))
            return ""
        return encode_one(row, cells, width, self.tally) or ""

    def _plain(self, lines: list[str], first_row: int, width: int) -> str:
        """Lines without quotes: numbered as they are, if they have the header's width and nothing to trim."""
        mark, separators = self.delimiter, width - 1
        if any(line.count(mark) != separators or len(line) > MAX_CELL or not line for line in lines):
            return self._by_line(lines, first_row, width)
        text = "\n".join(lines).replace("\\", "\\\\")
        if mark != "\t":
            text = text.replace("\t", "\\t").replace(mark, "\t")
        framed, blank_line = f"\n{text}\n", "\n" + "\t" * separators + "\n"
        if _has_blank_edge(framed) or blank_line in framed:
            return self._by_line(lines, first_row, width)
        self.tally.rows += len(lines)
        return "".join([f"{row}\t{line}\n" for row, line in enumerate(text.split("\n"), first_row)])

    def _by_line(self, lines: list[str], first_row: int, width: int) -> str:
        encoded = (
            encode_one(row, line.split(self.delimiter), width, self.tally) for row, line in enumerate(lines, first_row)
        )
        return "".join([line for line in encoded if line is not None])

    def _records(self, source: _Source, first_row: int = 1) -> Iterator[tuple[int, list[str] | None]]:
        """Numbered records; None for one whose quotes are wrong, which costs that line only."""
        reader = csv.reader(source, delimiter=self.delimiter, strict=True)
        for row in count(first_row):
            source.begin()
            if not source.fill():
                return
            try:
                yield row, next(reader)
            except csv.Error:
                source.give_back()
                yield row, None

    def _delimiter(self) -> str:
        source = _Source(self._chunks())
        if not source.fill():
            raise unusable("empty")
        unquoted = re.sub(r'"[^"]*"', "", source.lines[0])
        return max(DELIMITERS, key=unquoted.count)

    def _chunks(self) -> Iterator[str]:
        """Whole lines, about a megabyte at a time."""
        decoder = codecs.getincrementaldecoder(self.encoding)()
        parts: list[str] = []
        held = 0
        with self.path.open("rb") as file:
            while raw := file.read(CHUNK):
                self.tally.bytes_read += len(raw)
                text = decoder.decode(raw)
                cut = text.rfind("\n") + 1
                if cut:
                    yield "".join([*parts, text[:cut]])
                    parts, held = [text[cut:]], len(text) - cut
                else:
                    parts.append(text)
                    held += len(text)
                if held > MAX_LINE:
                    raise unusable("record_too_long")
        last = "".join([*parts, decoder.decode(b"", final=True)])
        if last:
            yield last


def _has_blank_edge(text: str) -> bool:
    """Whether a cell begins or ends with a blank. Plain searches first: the pattern has to look at every character."""
    if " \t" in text or "\t " in text or " \n" in text or "\n " in text:
        return True
    if not any(space in text for space in (_ASCII_SPACES if text.isascii() else _SPACES)):
        return False
    return _BLANK_EDGE.search(text) is not None


class _Source:
    """Lines for `csv.reader`, which remembers what the record at work has taken, so that it can be given back."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self.chunks = chunks
        self.lines: deque[str] = deque()
        self.is_plain = False
        self.taken: list[str] = []
        self.faulty = ""

    @property
    def has_lines(self) -> bool:
        return bool(self.lines)

    def fill(self) -> bool:
        """Make sure that there is a line; False at the end."""
        while not self.lines:
            chunk = next(self.chunks, None)
            if chunk is None:
                return False
            text = chunk.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
            self.is_plain = '"' not in text and "\0" not in text
            self.lines.extend(text.split("\n"))
        return True

    def take_all(self) -> list[str]:
        lines = list(self.lines)
        self.lines.clear()
        return lines

    def begin(self) -> None:
        self.taken.clear()

    def give_back(self) -> None:
        """The record at work cannot be read: lose its first line, read the others anew."""
        self.faulty = self.taken[0]
        self.lines.extendleft(reversed(self.taken[1:]))
        self.is_plain = False

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MAX_RECORD_LINES:
            message = "a quoted cell goes on for too long"
            raise csv.Error(message)
        if not self.fill():
            raise StopIteration
        line = self.lines.popleft()
        self.taken.append(line)
        return line + "\n"
