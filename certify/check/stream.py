"""Strict JSON, read once from front to back.

Accepted: ASCII text without escapes, no float, no NaN, no duplicate key, no ``-0``, integers of at most 4000 digits,
one top-level object whose keys come in the format's order.  The records of the trees are decoded one by one, so that
the memory of a check does not grow with the number of nodes.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NoReturn

from relucert.certify.check.errors import CertificateError
from relucert.certify.claim import MAX_DIGITS

FORMAT, VERSION = "relucert-certificate", 1
MAX_BYTES = 1 << 30  # of the text after decompression

_SPACE = re.compile(r"[ \t\r\n]*")
_NOT_CANONICAL = re.compile(rf"-0(?![0-9x])|[^\x00-\x7f]|\\|(?<![0-9])[0-9]{{{MAX_DIGITS + 1}}}")


def _fail(detail: str, condition: str = "S1") -> NoReturn:
    raise CertificateError("file", "format", condition, detail)


def decode_text(data: bytes) -> str:
    """The certificate's text; gzip is recognised by its magic bytes and refused beyond MAX_BYTES."""
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=BytesIO(data)) as stream:
                data = stream.read(MAX_BYTES + 1)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            _fail(f"damaged gzip data ({error})")
    if len(data) > MAX_BYTES:
        _fail(f"larger than {MAX_BYTES} bytes", "S2")
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        _fail("not ASCII text", "S3")
    found = _NOT_CANONICAL.search(text)
    if found:
        _fail(f"character {found.start()}: {found[0][:20]!r} is an escape, a -0, or a number that is too long", "S3")
    return text


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        _fail("duplicate key in an object", "S4")
    return result


def _refuse(text: str) -> NoReturn:
    _fail(f"{text[:20]} is not an exact number", "S5")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_refuse, parse_constant=_refuse)


class Stream:
    """A position in a JSON text."""

    def __init__(self, text: str, position: int = 0) -> None:
        self.text, self.position = text, position

    def peek(self) -> str:
        """The next character that is not white space."""
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def expect(self, token: str) -> None:
        """Step over white space and one token."""
        self.peek()
        if not self.text.startswith(token, self.position):
            _fail(f"character {self.position}: expected {token}")
        self.position += len(token)

    def value(self) -> Any:
        """Decode one JSON value."""
        self.peek()
        try:
            value, self.position = _DECODER.raw_decode(self.text, self.position)
        except (ValueError, RecursionError) as error:
            _fail(f"not valid JSON ({str(error)[:80]})")
        return value

    def key(self, name: str) -> Any:
        """``"name": value``."""
        self.expect(f'"{name}"')
        self.expect(":")
        return self.value()

    def items(self) -> Iterator[Any]:
        """The values of an array, one at a time."""
        self.expect("[")
        if self.peek() == "]":
            self.position += 1
            return
        while True:
            yield self.value()
            if self.peek() == "]":
                self.position += 1
                return
            self.expect(",")


def header(stream: Stream, records: str = "trees") -> tuple[Any, Any]:
    """Everything before the records: (claim, evidence); leaves the stream at the opening bracket of their array."""
    stream.expect("{")
    name = stream.key("format")
    stream.expect(",")
    version = stream.key("version")
    if name != FORMAT or type(version) is not int or version != VERSION:
        _fail(f"this checker reads {FORMAT} version {VERSION}", "S6")
    stream.expect(",")
    claim = stream.key("claim")
    stream.expect(",")
    evidence = stream.key("evidence")
    stream.expect(",")
    stream.expect(f'"{records}"')
    stream.expect(":")
    return claim, evidence
