"""The delimiters of one interchange, which are data: they are read anew at every ISA."""

from __future__ import annotations

import re
from typing import NamedTuple

HEADER_LIMIT = 1024  # bytes from ISA in which the header must end; the standard's own width is 106
NEWLINES = b"\r\n"
_NAMES = rb"(?:GS|TA1|IEA|ISB|ISE)"  # what may come after an ISA
_FOLLOWERS = rb"[\r\n\t ]*" + _NAMES

_LEADING_TERMINATOR = rb"[\r\n]*([^A-Za-z0-9\s])GS"  # some senders write it first on the next line


class Header(NamedTuple):
    """One ISA: what separates elements, components and segments, and the header's own elements."""

    element: bytes
    component: bytes
    terminator: bytes
    control_number: bytes  # ISA13
    sure: (
        bool  # intact, and a group, TA1 or IEA follows: no chance likeness of an ISA inside other text (LISA)
    )
    damaged: bool  # the delimiters were recovered from the GS that follows

    @property
    def encoding_is_bytewise(self) -> bool:
        """A delimiter outside ASCII: the text cannot be UTF-8, one byte is one character."""
        return any(part and part[0] > 127 for part in (self.element, self.component, self.terminator))


def read_header(text: bytes) -> Header | None:
    """The header that the bytes start with, or None where they start with no ISA.

    The element separator is the fourth byte; after the sixteenth of them stand the component separator and
    the terminator. No offset is fixed: the header may be of any width up to ``HEADER_LIMIT``, and line ends of
    a file that is wrapped at a fixed width may stand anywhere in it.

    >>> isa = b"ISA|00||00||ZZ|A|ZZ|B|260101|0900|^|00501|000000007|0|P|:!GS|HP|"
    >>> header = read_header(isa)
    >>> header.element, header.component, header.terminator, header.control_number, header.sure
    (b'|', b':', b'!', b'000000007', True)
    """
    unwrapped = text[:HEADER_LIMIT].translate(None, NEWLINES)
    element = unwrapped[3:4]
    if len(unwrapped) < 20 or not unwrapped.startswith(b"ISA") or element.isalnum() or element == b" ":
        return None
    parts = text[:HEADER_LIMIT].split(element, 16)
    before_terminator = b"".join([*parts[:16], *(last[:1] for last in parts[16:])])
    if before_terminator != before_terminator.translate(None, NEWLINES):
        header = _intact(unwrapped.split(element, 16), element)
        if header and header.sure:
            return header
    return _intact(parts, element) or _recovered(text, element)


def _intact(parts: list[bytes], element: bytes) -> Header | None:
    """A header of sixteen elements, by the rule."""
    if len(parts) < 17:
        return None
    last = parts[16]
    after = last[1:].lstrip(b" ")  # lines may be padded to a fixed width
    component, terminator, rest = last[:1], after[:1], after[1:]
    if re.match(_NAMES + re.escape(element), last[1:]):  # ISA16 is empty: the terminator comes at once
        component, terminator, rest = b"", last[:1], last[1:]
    if terminator in NEWLINES and (marked := re.match(_LEADING_TERMINATOR + re.escape(element), rest)):
        terminator, rest = marked.group(1), rest[marked.end(1) :]
    if not terminator or terminator.isalnum() or terminator in (element, b" ") or component.isalnum():
        return None
    sure = re.match(_FOLLOWERS + re.escape(element), rest) is not None
    return Header(element, component, terminator, parts[13].strip(), sure, damaged=False)


def _recovered(text: bytes, element: bytes) -> Header | None:
    """A header with too few or too many elements: the two characters before the GS are its delimiters."""
    found = re.search(
        rb"([^A-Za-z0-9\s])([^A-Za-z0-9 ])[\r\n\t ]*GS" + re.escape(element), text[:HEADER_LIMIT], re.DOTALL
    )
    if found is None or element in found.groups():
        return None
    component, terminator = found.groups()
    parts = text[: found.start()].split(element)
    number = parts[13].strip() if len(parts) > 13 else b""
    return Header(element, component, terminator, number, sure=False, damaged=True)


# The first part of a composite in SVC01, SV101, SV202, SV301, HI01 and STC01, and a character that may end it.
_COMPOSITE = (
    rb"(?:(?:SVC|SV1|SV3)%(e)s|SV2%(e)s\d*%(e)s)[A-Z0-9]{2}(%(s)s)"
    rb"|HI%(e)sA?BK(%(s)s)"
    rb"|STC%(e)s[A-Z]\d{1,2}(%(s)s)"
)
_SEPARATOR = rb"[:><^|!&;\\\x1c-\x1f]"


def component_in_use(header: Header, text: bytes) -> bytes:
    """What separates components in the text: ISA16, unless all its composites use another character.

    >>> header = read_header(b"ISA|00||00||ZZ|A|ZZ|B|260101|0900|U|00401|000000007|0|P|>~GS|HP|")
    >>> component_in_use(header, b"~SVC|HC:99213|100|80~"), component_in_use(header, b"~SVC|HC>99213:|100|80~")
    (b':', b'>')
    """
    pattern = _COMPOSITE % {b"e": re.escape(header.element), b"s": _SEPARATOR}
    found = [b"".join(groups) for groups in re.findall(pattern, text)]
    used = [separator for separator in found if separator not in (header.element, header.terminator)]
    return used[0] if used and header.component not in used else header.component
