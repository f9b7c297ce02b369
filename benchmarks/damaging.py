"""Files as a writer made them → the same damaged: bytes, words, lines, and values of JSON changed, left out or moved.

What is packed, by zlib or as a zip, is damaged inside, most of the time. The words that the reader's own source spells
(keys, marks, labels) take the places of others, so that damage also leads where no file of our writer does.
"""

import ast
import inspect
import io
import json
import random
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TOKENS = (
    *(b'"', b"{", b"}", b"[", b"]", b",", b":", b"\t", b"\n", b"\r\n", b" ", b"null", b"true", b"0", b"-1", b"1e400"),
    *(b"99999999999999999999", b"NaN", b"\\ud83d", b"\xff", b"\xef\xbb\xbf", b"\xf0\x9f\x94\xa5", b"\0", b";", b"B-"),
)
_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**63,
    10**400,
    1.5,
    "",
    "x\ny",
    [],
    {},
    [[]],
    {"a": 1},
    ["x"],
    [0, 1, "x"],
)
_FILLINGS = (
    b"\0" * 8,
    b"\xff" * 8,
    b"\xff\xff\xff\x7f" * 2,
    b"\1" + b"\0" * 7,
    b"\x80" * 8,
    b" " * 8,
    b"0" * 8,
    b"\xc3\xa9" * 4,
)
_WORDS = (
    *(
        b"1",
        b"2",
        b"99",
        b"1e9",
        b"+1",
        b"1_0",
        b"\xd9\xa1",
        b"\xc2\xb2",
        b"|",
        b"*",
        b"_",
        b"[1]",
        b"->",
        b"->1-1",
        b"\\",
    ),
    *(b"<", b"&amp;", b"&#0;", b"&#xD800;", b"\xe2\x80\xa8", b"\xc3\xa9", b"\r", b"a b"),
)
_WORD = re.compile(rb"[^\W_]+")
_PIECE = re.compile(rb"\w+|[^\w\s]|\s")
_ZLIB, _ZIP = b"\x78", b"PK"
_LARGEST = 1 << 16  # bytes of a damaged file, and of one unpacked


def vocabulary(read: Callable[..., object]) -> tuple[str, ...]:
    """The words that the module of a reader spells out, as values or as names of fields."""
    tree = ast.parse(inspect.getsource(sys.modules[read.__module__]))
    spelt = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    fields = {
        node.target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }
    return tuple(sorted(word for word in spelt | fields if re.fullmatch(r"\S{1,40}", word)))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files, none of them compressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return packed.getvalue()


def with_each_part(data: bytes, words: Sequence[str]) -> Iterator[bytes]:
    """The file with each value of JSON and each word in turn replaced, or each byte where it is no text.

    What zlib packed is unpacked for it.
    """
    if data[:1] == _ZLIB:
        yield from (zlib.compress(each, 1) for each in with_each_byte(zlib.decompress(data)))
    elif b"\0" in data:
        yield from with_each_byte(data)
    else:
        yield from with_each_value(data)
        yield from with_each_word(data, words)


def with_each_byte(data: bytes) -> Iterator[bytes]:
    """The file with each byte in turn replaced by those at the borders of what a byte may be, and by its neighbours."""
    for at, byte in enumerate(data):
        for other in {0, 1, 127, 128, 255, (byte - 1) % 256, (byte + 1) % 256} - {byte}:
            yield data[:at] + bytes([other]) + data[at + 1 :]


def with_each_value(data: bytes) -> Iterator[bytes]:
    """The JSON, or its lines one by one, with each value in turn left out or replaced by each that may be wrong."""
    lines = [data] if _parsed(data) is not None else data.split(b"\n")
    for number, line in enumerate(lines):
        value = _parsed(line)
        for holder, key in list(_places(value)):
            before = holder[key]
            for other in _VALUES:
                holder[key] = other
                yield b"\n".join([*lines[:number], json.dumps(value).encode(), *lines[number + 1 :]])
            del holder[key]
            yield b"\n".join([*lines[:number], json.dumps(value).encode(), *lines[number + 1 :]])
            if isinstance(holder, dict):
                holder[key] = before
            else:
                holder.insert(key, before)


def with_each_word(data: bytes, words: Sequence[str]) -> Iterator[bytes]:
    """The file with each word, sign and space in turn left out, doubled, or replaced by each that may be wrong."""
    others = dict.fromkeys((*_TOKENS, *_WORDS, *(word.encode() for word in words)))
    for found in _PIECE.finditer(data):
        for other in (b"", found[0] * 2, *others):
            yield data[: found.start()] + other + data[found.end() :]


def _parsed(data: bytes) -> Any:
    """The JSON; None where it is none."""
    try:
        return json.loads(data) if data[:1] in (b"{", b"[") else None
    except (ValueError, RecursionError):
        return None


@dataclass(frozen=True)
class Damage:
    """What does the damage: chance, and the words that it may put in."""

    chance: random.Random
    words: tuple[str, ...]

    def of(self, data: bytes) -> bytes:
        """The file damaged in one place or a few; at most 64 KiB of it."""
        if data[:1] not in (_ZLIB, _ZIP[:1]) or self.chance.random() < 0.1:
            return self._damaged(data)
        try:
            if data.startswith(_ZIP):
                return self._damaged_zip(data)
            unpacked = zlib.decompressobj().decompress(data, _LARGEST)
        except (zlib.error, zipfile.BadZipFile, ValueError, EOFError, NotImplementedError):
            return self._damaged(data)
        return zlib.compress(self.chance.choice((self._damaged, self._overwritten))(unpacked), 1)

    def _damaged_zip(self, data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = {info.filename: archive.read(info) for info in archive.infolist() if info.file_size < _LARGEST}
        name = self.chance.choice(sorted(files))
        files[name] = self._damaged(files[name])
        if self.chance.random() < 0.1:
            files[self.chance.choice(self.words)] = files.pop(name)
        return zipped(files)

    def _damaged(self, data: bytes) -> bytes:
        for _ in range(self.chance.choice((1, 1, 1, 1, 2, 4))):
            draw = self.chance.random()
            if draw < 0.4:
                data = self._with_other_value(data)
            elif draw < 0.55:
                data = self._with_other_word(data)
            elif draw < 0.7:
                data = self._with_other_lines(data)
            elif draw < 0.85:
                data = self._with_other_bytes(data)
            else:
                data = self._overwritten(data)
        return data[:_LARGEST]

    def _overwritten(self, data: bytes) -> bytes:
        """A few bytes changed, none moved, as lengths within binary files want it."""
        start = self.chance.randint(0, len(data))
        many = self.chance.choice((1, 1, 2, 4, 8))
        return data[:start] + self.chance.choice(_FILLINGS)[: len(data[start : start + many])] + data[start + many :]

    def _with_other_bytes(self, data: bytes) -> bytes:
        start, end = sorted(self.chance.randint(0, len(data)) for _ in range(2))
        end = min(end, start + self.chance.randint(0, 12))
        token = self.chance.choice((*_TOKENS, data[start:end] * 2, bytes([self.chance.randrange(256)])))
        return data[:start] + token + data[end:]

    def _with_other_word(self, data: bytes) -> bytes:
        """A word or number in the place of another one; it is of the file, of the reader, or a number near."""
        found = list(_WORD.finditer(data))
        if not found:
            return self._with_other_bytes(data)
        old, new = self.chance.choice(found), self.chance.choice(found)[0]
        if old[0].isdigit() and self.chance.random() < 0.5:
            new = str(int(old[0][:30]) + self.chance.choice((-2, -1, 1, 2))).encode()
        elif self.words and self.chance.random() < 0.5:
            new = self.chance.choice(self.words).encode()
        return data[: old.start()] + new + data[old.end() :]

    def _with_other_lines(self, data: bytes) -> bytes:
        """A line twice, left out, or in another place."""
        lines = data.split(b"\n")
        line = lines.pop(self.chance.randrange(len(lines)))
        for _ in range(self.chance.randrange(3)):
            lines.insert(self.chance.randint(0, len(lines)), line)
        return b"\n".join(lines)

    def _with_other_value(self, data: bytes) -> bytes:
        """The JSON, or one line of it, with a value replaced, left out or under another key; other data by words."""
        lines = data.split(b"\n")
        number = self.chance.randrange(len(lines))
        for whole, part in ((True, data), (False, lines[number])):
            value = _parsed(part)
            if value is None:
                continue
            places = list(_places(value))
            if places:
                self._change(*self.chance.choice(places))
            changed = json.dumps(value).encode()
            return changed if whole else b"\n".join([*lines[:number], changed, *lines[number + 1 :]])
        return self._with_other_word(data)

    def _change(self, holder: Any, key: Any) -> None:
        change = self.chance.choice(("value", "value", "left out", "moved", "doubled"))
        word = self.chance.choice(self.words) if self.words and self.chance.random() < 0.5 else f"{key}_"
        if change == "value":
            holder[key] = word if self.chance.random() < 0.2 else self.chance.choice(_VALUES)
        elif change == "left out":
            del holder[key]
        elif not isinstance(holder, dict):
            holder.insert(key, holder[key])
        else:
            holder[word] = holder.pop(key) if change == "moved" else holder[key]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (object or list, key) within the value."""
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict | list):
            for key in holder if isinstance(holder, dict) else range(len(holder)):
                yield holder, key
                waiting.append(holder[key])
