"""A text that libyaml refuses: what Psych says of it, where to look, and what is usually wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ..source import Location, Source, Span
from .layout import BREAK, BREAKS, YamlProblem
from .nodes import Fault

_BREAK = re.compile(BREAK)
_LINE = re.compile(rf"[^{BREAKS}]*")
_WORD = re.compile(r"\S*")
_FLOW_ITEM = re.compile(r"[^\s,\]}]*")
_TABS = re.compile(r"\t+")
_NO_SPACE_AFTER_DASH = re.compile(r"-(?=[^\s-])")
_NO_SPACE_AFTER_COLON = re.compile(r"[\w.\"'-]+(:)(?=[^\s:/])")
_COMMENT = re.compile(r"[ \t]#")
# What stands on a line before its value.
_BEFORE_VALUE = re.compile(r"[ \t]*(?:- +)*(?:[\w.\"' -]+:[ \t]+)?")
_TAG_WORD = re.compile(r"![\w-]*")
_QUOTE_IT = "put the whole value in quotes"


def syntax_fault(source: Source, base: int, text: str, problem: YamlProblem) -> Fault:
    """The fault of `text`, which stands at offset `base` of the source.

    The message is Psych's own, whose line counts from the start of `text`: GitLab parses what
    follows a `---` by itself. The location and the hint are for a person.
    """
    start, end, hint = _Reader(source, base, text, problem).diagnose()
    start = min(start, max(len(text) - 1, 0))
    end = min(max(end, start + 1), len(text))
    location = Location(source, Span(base + start, base + end))
    return Fault("yaml-syntax", psych_message(text, problem), location, hint)


def psych_message(text: str, problem: YamlProblem) -> str:
    line, column = (1, 1) if problem.since is None else _psych_position(text, problem.since)
    said = f"{problem.problem} {problem.context}".rstrip()
    return f"(<unknown>): {said} at line {line} column {column}"


def _psych_position(text: str, at: int) -> tuple[int, int]:
    line, start = 1, 0
    for match in _BREAK.finditer(text, 0, at):
        line += 1
        start = match.end()
    if start < at == len(text):  # libyaml ends a text on a line of its own
        return line + 1, 1
    return line, at - start + 1


class _Place(NamedTuple):
    start: int
    end: int
    hint: str


class _Reader:
    """Looks at the text around a problem."""

    def __init__(self, source: Source, base: int, text: str, problem: YamlProblem) -> None:
        self._source = source
        self._base = base
        self._text = text
        self._problem = problem
        self._at = problem.at
        self._since = problem.at if problem.since is None else problem.since

    def diagnose(self) -> _Place:
        said = f"{self._problem.problem} {self._problem.context}"
        for words, diagnose in _DIAGNOSES:
            if words in said:
                return diagnose(self)
        return self._word(self._at, "")

    def _char(self, at: int) -> str:
        return self._text[at : at + 1]

    def _number(self, at: int) -> int:
        """The line in the file."""
        return self._source.position(self._base + at).line

    def _line_start(self, at: int) -> int:
        return max(self._text.rfind(char, 0, at) for char in BREAKS) + 1

    def _column(self, at: int) -> int:
        return at - self._line_start(at)

    def _word(self, at: int, hint: str) -> _Place:
        word = _WORD.match(self._text, at)
        return _Place(at, word.end() if word else at, hint)

    def _rest_of_line(self, at: int, hint: str) -> _Place:
        line = _LINE.match(self._text, at)
        assert line is not None
        return _Place(at, at + len(line.group().rstrip()), hint)

    def _begins_line(self, at: int) -> bool:
        return not self._text[self._line_start(at) : at].strip()

    def _same_line(self, start: int, end: int) -> bool:
        return not _BREAK.search(self._text, start, end)

    def _scalar_before(self, at: int) -> tuple[int, int, str] | None:
        return next((s for s in reversed(self._problem.scalars) if s[1] <= at), None)

    def _control(self) -> _Place:
        code = ord(self._char(self._at))
        return _Place(
            self._at, self._at + 1, f"the character U+{code:04X} is not allowed in YAML: remove it"
        )

    def _tab(self) -> _Place:
        tabs = _TABS.match(self._text, self._at)
        end = tabs.end() if tabs else self._at
        indicator = self._text[self._line_start(self._at) : self._at].strip()[-1:]
        if indicator in ("-", "?", ":"):
            return _Place(self._at, end, f"a tab follows '{indicator}': use a space")
        return _Place(self._at, end, "a tab cannot indent: use spaces")

    def _cannot_start(self) -> _Place:
        char = self._char(self._at)
        if char == "\t":
            return self._tab()
        return self._rest_of_line(
            self._at, f"a value cannot start with '{char}' unquoted: {_QUOTE_IT}"
        )

    def _name(self) -> _Place:
        char = self._char(self._since)
        if self._text.startswith("&&", self._since):
            bracket = self._bracket_before(self._since)
            if bracket is not None:
                return bracket
        names = "stands for an anchor" if char == "*" else "defines an anchor"
        hint = f"an unquoted '{char}' {names}: {_QUOTE_IT}"
        if self._problem.opened and self._char(self._problem.opened[-1]) in ("[", "{"):
            item = _FLOW_ITEM.match(self._text, self._since)
            assert item is not None
            return _Place(*item.span(), hint)
        return self._rest_of_line(self._since, hint)

    def _tag(self) -> _Place:
        tag = _TAG_WORD.match(self._text, self._since)
        if tag and self._char(tag.end()) in ("[", "{", '"', "'"):
            return self._word(self._since, f"a space is missing after '{tag.group()}'")
        return self._rest_of_line(self._since, f"an unquoted '!' starts a tag: {_QUOTE_IT}")

    def _block_header(self) -> _Place:
        char = self._char(self._since)
        if "equal to 0" in self._problem.problem:
            return self._word(self._since, f"the number after '{char}' is at least 1")
        bracket = self._bracket_before(self._since)
        return bracket or self._rest_of_line(
            self._since,
            f"'{char}' at the start of a value begins a block of lines: "
            f"put the text on the next line, or {_QUOTE_IT}",
        )

    def _unclosed_quote(self) -> _Place:
        quote = self._char(self._since)
        until = ""
        if self._base + self._at < len(self._source.text):
            until = f" before the document ends on line {self._number(self._at)}"
        return _Place(self._since, self._since + 1, f"this {quote} is never closed{until}")

    def _escape(self) -> _Place:
        letter = self._char(self._at + 1)
        if not letter:
            return self._unclosed_quote()
        if "unknown" in self._problem.problem:
            hint = (
                f"'\\{letter}' means nothing in double quotes: "
                f"write '\\\\{letter}', or use single quotes"
            )
        elif "invalid" in self._problem.problem:
            hint = "no character has this number"
        else:
            digits = {"x": 2, "u": 4, "U": 8}.get(letter, 2)
            hint = f"'\\{letter}' needs {digits} hexadecimal digits"
        return _Place(self._at, self._at + 2, hint)

    def _colon(self) -> _Place:
        """A `: ` where no key can stand."""
        scalar = self._scalar_before(self._at)
        if scalar is None or self._text[: self._at].rstrip().endswith(("]", "}")):
            return _Place(self._at, self._at + 1, "before ':' stands a key, on the same line")
        start, end, style = scalar
        if style in ("'", '"') and not self._same_line(start, end):
            return self._quote_over_lines(start, end)
        if style == "" and not self._same_line(start, end):
            return self._continued(start, end)
        if style in ("'", '"') and not self._text[end : self._at].strip():
            return self._after_quote(start, self._at)
        before = self._scalar_before(start)
        if before is not None and before[2] in ("'", '"'):
            between = self._text[before[1] : start]
            if not between.strip() and self._same_line(before[1], start):
                return self._after_quote(before[0], start)
        column = self._column(self._at) + 1
        return _Place(
            self._at,
            self._at + 1,
            f"': ' in an unquoted value (column {column}) makes a key of what stands before it: "
            f"{_QUOTE_IT}, or write it below '|'",
        )

    def _continued(self, start: int, end: int) -> _Place:
        """A plain value went on over lines until it met a `: `."""
        missing = self._missing_space(start, end)
        if missing is not None:
            return missing
        last = self._line_start(end)
        key = last + len(self._text[last:end]) - len(self._text[last:end].lstrip())
        first = self._number(start)
        above = self._source.text[: self._base].rstrip(" \t")
        if self._line_start(start) == 0 and len(above) < self._base and above.endswith("\n"):
            return self._rest_of_line(
                0,
                "GitLab splits the file at '---' and drops the indentation of the line after it: "
                "do not indent the document",
            )
        if self._begins_line(start):
            return self._rest_of_line(start, f"line {first} has no ':', so it is no key")
        return _Place(
            key,
            end,
            f"indented like this, the line continues the value that starts on line {first}: "
            "check the indentation",
        )

    def _missing_space(self, start: int, end: int) -> _Place | None:
        """A `-` or `:` without the space after it, at the start of a line."""
        at = start if self._begins_line(start) else None
        while True:
            if at is not None:
                dash = _NO_SPACE_AFTER_DASH.match(self._text, at)
                if dash:
                    return self._word(at, "a space is missing after '-'")
                colon = _NO_SPACE_AFTER_COLON.match(self._text, at)
                if colon:
                    return _Place(*colon.span(1), "a space is missing after ':'")
            line_break = _BREAK.search(self._text, start, end)
            if line_break is None:
                return None
            start = line_break.end()
            at = start + len(self._text[start:end]) - len(self._text[start:end].lstrip())

    def _quote_over_lines(self, start: int, end: int) -> _Place:
        quote = self._char(start)
        return _Place(
            start,
            start + 1,
            f"this {quote} is closed by the one on line {self._number(end)}: "
            "a quote is missing or left over between them",
        )

    def _after_quote(self, quote: int, at: int) -> _Place:
        """Text that stands on the line after the quoted value that opens at `quote`."""
        char = self._char(quote)
        other = "double" if char == "'" else "single"
        if self._char(at - 1) == char and self._char(at).isalnum():
            inside = "''" if char == "'" else '\\"'
            hint = (
                f"the {char} before this closes the value: write {inside} for one inside it, "
                f"or put the value in {other} quotes"
            )
        else:
            hint = f"text follows the closing quote: put the whole value in {other} quotes"
        return self._rest_of_line(at, hint)

    def _dash(self) -> _Place:
        if self._begins_line(self._at):
            return self._indentation()
        return _Place(
            self._at,
            self._at + 1,
            f"a list starts on the line below its key; for a text with '- ' in it, {_QUOTE_IT}",
        )

    def _question(self) -> _Place:
        return _Place(self._at, self._at + 1, f"an unquoted '? ' starts a key: {_QUOTE_IT}")

    def _no_colon(self) -> _Place:
        """A line that can only be a key, and is none."""
        start = self._since
        missing = self._missing_space(start, start)
        if missing is not None:
            return missing
        before = self._scalar_before(start)
        if before is not None and before[2] in ("|", ">"):
            return self._outside_block(before[0], start)
        scalar = next((s for s in self._problem.scalars if s[0] == start), None)
        if scalar is not None and scalar[2] in ("'", '"') and not self._same_line(*scalar[:2]):
            return self._quote_over_lines(scalar[0], scalar[1])
        return self._rest_of_line(start, "this line is neither 'key: value' nor '- item'")

    def _outside_block(self, block: int, at: int) -> _Place:
        return self._rest_of_line(
            at,
            f"to belong to the text under '{self._char(block)}' on line {self._number(block)}, "
            "this line must be indented deeper",
        )

    def _out_of_place(self) -> _Place:
        """Something in a block mapping or list that does not belong there."""
        at = self._at
        scalar = self._scalar_before(at)
        if scalar is not None:
            start, end, style = scalar
            if style in ("'", '"') and self._same_line(end, at):
                if not self._same_line(start, end):
                    return self._quote_over_lines(start, end)
                if not self._text[end:at].strip():
                    return self._after_quote(start, at)
            if style in ("|", ">") and not self._text[end:at].strip():
                return self._outside_block(start, at)
            comment = _COMMENT.search(self._text, end, at)
            if (
                style == ""
                and comment
                and self._same_line(end, comment.start())
                and self._column(at) > self._column(self._since)
            ):
                return _Place(
                    comment.start() + 1,
                    comment.end(),
                    f"' #' starts a comment, so the value ends before it: {_QUOTE_IT}",
                )
        if not self._begins_line(at):
            bracket = self._bracket_before(at)
            if bracket is not None:
                return bracket
        missing = self._missing_space(at, at)
        return missing or self._indentation()

    def _bracket_before(self, at: int) -> _Place | None:
        """The line's value when it starts with a bracket and `at` stands after it."""
        before = _BEFORE_VALUE.match(self._text, self._line_start(at))
        if before is None or before.end() >= at or self._char(before.end()) not in ("[", "{"):
            return None
        char = self._char(before.end())
        kind = "list" if char == "[" else "mapping"
        return self._rest_of_line(
            before.end(), f"'{char}' at the start of a value begins a {kind}: {_QUOTE_IT}"
        )

    def _indentation(self) -> _Place:
        at = self._at
        here = self._column(at)
        above = self._text[: self._line_start(at)].rstrip()
        if not above or not self._begins_line(at):
            return self._rest_of_line(at, "")
        start = self._line_start(len(above))
        indent = len(above) - start - len(above[start:].lstrip(" "))
        if self._char(at) == "-" and self._char(at + 1) in (" ", "\n", "\r") and here == indent:
            hint = "a '- ' item stands among keys: check the indentation of this line"
        elif here == indent:
            hint = "a key stands among '- ' items: check the indentation of this line"
        elif here > indent:
            hint = "this line is indented deeper than the one above, which has its value already"
        else:
            hint = (
                f"this line is indented by {here}, the one above by {indent}: "
                "that fits no key or item before it"
            )
        return self._rest_of_line(at, hint)

    def _colon_in_flow(self) -> _Place:
        return _Place(self._at, self._at + 1, "a space is missing after ':'")

    def _flow(self) -> _Place:
        """A list or mapping in brackets that is not closed, or lacks a comma."""
        bracket = self._since
        char = self._char(bracket)
        close = "]" if char == "[" else "}"
        if self._at >= len(self._text):
            return _Place(bracket, bracket + 1, f"this '{char}' is never closed")
        scalar = self._scalar_before(self._at)
        if scalar is not None and scalar[2] in ("'", '"') and not self._same_line(*scalar[:2]):
            return self._quote_over_lines(scalar[0], scalar[1])
        if not self._same_line(bracket, self._at):
            line = self._line_start(bracket)
            outer = len(self._text[line:bracket]) - len(self._text[line:bracket].lstrip())
            here = self._line_start(self._at)
            indent = len(self._text[here : self._at]) - len(self._text[here : self._at].lstrip())
            if indent <= outer:
                return _Place(
                    bracket,
                    bracket + 1,
                    f"this '{char}' is not closed before line {self._number(self._at)}",
                )
        if self._char(self._at) == ":":
            line_break = _BREAK.search(self._text, *scalar[:2]) if scalar else None
            if scalar and line_break:
                end = scalar[0] + len(self._text[scalar[0] : line_break.start()].rstrip())
                return _Place(end - 1, end, "a ',' is missing after this")
            return _Place(
                self._at, self._at + 1, "':' cannot stand here: quote the text with ': ' in it"
            )
        return self._rest_of_line(
            self._at,
            f"',' or '{close}' is missing before this; where '{char}' was not meant to begin "
            f"{'a list' if char == '[' else 'a mapping'}, {_QUOTE_IT}",
        )

    def _no_content(self) -> _Place:
        at = self._at
        opened = [start for start in self._problem.opened if self._char(start) in ("[", "{")]
        if opened and (at >= len(self._text) or self._problem.context.endswith("block node")):
            char = self._char(opened[-1])
            return _Place(opened[-1], opened[-1] + 1, f"this '{char}' is never closed")
        char = self._char(at)
        if opened and char == ",":
            return _Place(at, at + 1, "nothing stands before this ','")
        if opened and char in ("]", "}"):
            wrong = self._char(opened[-1])
            return _Place(at, at + 1, f"this '{char}' does not close the '{wrong}' before it")
        if char and char in ",]}":
            return self._rest_of_line(
                at, f"a value cannot start with '{char}' unquoted: {_QUOTE_IT}"
            )
        return self._word(at, "a value is missing before this")

    def _directive(self) -> _Place:
        line = self._line_start(min(self._at, len(self._text.rstrip())))
        if self._text.startswith(("%YAML", "%TAG"), line):
            return self._rest_of_line(
                line, "GitLab splits the file at '---', so no directive can stand before: remove it"
            )
        if self._char(line) == "%":
            return self._rest_of_line(line, "a line cannot start with '%': indent or quote it")
        return self._rest_of_line(self._at, "")


# By words in libyaml's problem and context; the first that is found counts.
_DIAGNOSES: tuple[tuple[str, Callable[[_Reader], _Place]], ...] = (
    ("control characters", _Reader._control),
    ("tab character", _Reader._tab),
    ("cannot start any token", _Reader._cannot_start),
    ("expected alphabetic or numeric", _Reader._name),
    ("mapping values are not", _Reader._colon),
    ("block sequence entries", _Reader._dash),
    ("mapping keys are not", _Reader._question),
    ("could not find expected ':'", _Reader._no_colon),
    ("unexpected end of stream", _Reader._unclosed_quote),
    ("unexpected document indicator", _Reader._unclosed_quote),
    ("parsing a quoted scalar", _Reader._escape),
    ("scanning a block scalar", _Reader._block_header),
    ("unexpected ':'", _Reader._colon_in_flow),
    ("directive", _Reader._directive),
    ("a tag", _Reader._tag),
    ("undefined tag", _Reader._tag),
    ("expected key", _Reader._out_of_place),
    ("expected '-' indicator", _Reader._out_of_place),
    ("expected ',' or", _Reader._flow),
    ("expected node content", _Reader._no_content),
    ("document", _Reader._directive),
)
