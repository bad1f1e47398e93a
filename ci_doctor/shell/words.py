"""The parts of one word: literal characters, variables, substitutions."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..source import Span
from .scan import CONTINUATION, INTERPOLATION, closing, word_end
from .syntax import Arithmetic, Block, Chars, Parameter, Substitution, Word, WordPart

MAX_DEPTH = 12  # of expansions in expansions

_PLAIN = re.compile(r"[^\\'\"`$<>]+")
_DOUBLE_PLAIN = re.compile(r"[^\\\"`$]+")
_HEREDOC_PLAIN = re.compile(r"[^\\`$\n]+\n?|\n")
_NAME = re.compile(r"[A-Za-z_]\w*|[0-9@*#?$!_-]", re.ASCII)
_BRACED_NAME = re.compile(r"[A-Za-z_]\w*|[0-9]+|[@*#?$!_-]", re.ASCII)
_INDEX = re.compile(r"\[([^\]\n]*)\]")
_PARAMETER_OPERATOR = re.compile(r":?[-=?+]|##?|%%?|//?|\^\^?|,,?|@|:")
_ANSI_ESCAPE = re.compile(
    r"\\(?:([abeEfnrtv\\'\"?])|([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(.))",
    re.DOTALL,
)
_ANSI_LETTERS = dict(zip("abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?", strict=True))

# Parses the commands of a substitution: text between two offsets → block.
ParseBody = Callable[[int, int], Block]


class WordReader:
    """Reads words of one script; `parse_body` is asked for the commands in substitutions."""

    def __init__(self, text: str, parse_body: ParseBody) -> None:
        self.text = text
        self.parse_body = parse_body

    def word(self, start: int, end: int) -> Word:
        return Word(self._parts(start, end), Span(start, end))

    def heredoc(self, start: int, end: int, *, literal: bool, dash: bool) -> Word:
        """The body of a here-document; `<<-` takes the tabs at the start of lines away."""
        parts: list[WordPart] = []
        at = start
        line_start = True
        while at < end:
            if dash and line_start:
                while at < end and self.text[at] == "\t":
                    at += 1
                if at >= end:
                    break
            line_start = False
            char = self.text[at]
            if literal:
                stop = self.text.find("\n", at, end) + 1 if dash else end
                stop = stop or end
                self._literal(parts, at, stop, quoted=True, single=True)
                at, line_start = stop, True
            elif char == "\\":
                at = self._escape(parts, at, end, "$`\\")
            elif char in "$`":
                at = self._dollar(parts, at, end, quoted=True, depth=0, argument=False)
            else:
                plain = _HEREDOC_PLAIN.match(self.text, at, end)
                assert plain is not None
                parts.append(Chars(plain.group(), Span(at, plain.end()), quoted=True))
                at = plain.end()
                line_start = self.text[at - 1] == "\n"
        return Word(tuple(parts), Span(start, end))

    def items(self, start: int, end: int) -> tuple[Word, ...] | None:
        """The words of an array's value, between its parentheses; None where bash refuses it."""
        words = []
        at = start
        while at < end:
            char = self.text[at]
            continuation = CONTINUATION.match(self.text, at, end)
            if continuation:
                at = continuation.end()
            elif char in " \t\r\n":
                at += 1
            elif char in ";&|()" or (char in "<>" and self.text[at + 1 : at + 2] != "("):
                return None
            elif char == "#":
                stop = self.text.find("\n", at, end)
                at = end if stop < 0 else stop
            else:
                stop = word_end(self.text, at, end) or end
                stop = max(stop, at + 1)
                words.append(self.word(at, stop))
                at = stop
        return tuple(words)

    def _parts(self, start: int, end: int) -> tuple[WordPart, ...]:
        text = self.text
        plain = _PLAIN.match(text, start, end)
        if plain and plain.end() == end:
            return (Chars(plain.group(), Span(start, end)),)
        parts: list[WordPart] = []
        self._unquoted(parts, start, end, 0)
        return tuple(parts)

    def _unquoted(self, parts: list[WordPart], at: int, end: int, depth: int) -> None:
        text = self.text
        while at < end:
            char = text[at]
            plain = _PLAIN.match(text, at, end)
            if plain:
                parts.append(Chars(plain.group(), Span(at, plain.end())))
                at = plain.end()
            elif char == "\\":
                continuation = CONTINUATION.match(text, at, end)
                if continuation:
                    at = continuation.end()
                else:
                    stop = min(at + 2, end)
                    parts.append(Chars(text[at + 1 : stop], Span(at, stop), quoted=True))
                    at = stop
            elif char == "'":
                close = text.find("'", at + 1, end)
                close = end if close < 0 else close
                self._literal(parts, at + 1, close, quoted=True, single=True)
                at = close + 1
            elif char == '"':
                at = self._double(parts, at, end, depth)
            elif char == "$" and text.startswith('"', at + 1, end):
                at = self._double(parts, at + 1, end, depth)
            elif char == "$" and text.startswith("'", at + 1, end):
                at = self._ansi(parts, at, end)
            elif char in "$`":
                at = self._dollar(parts, at, end, quoted=False, depth=depth, argument=False)
            elif char in "<>" and text.startswith("(", at + 1, end):
                stop = closing(text, at, end) or end
                body = self.parse_body(at + 2, stop - 1)
                parts.append(Substitution("process", body, Span(at, stop)))
                at = stop
            else:
                parts.append(Chars(char, Span(at, at + 1)))
                at += 1

    def _double(self, parts: list[WordPart], at: int, end: int, depth: int) -> int:
        """Read `"…"`, which opens at `at`; the offset after it."""
        close = closing(self.text, at, end)
        stop = end if close is None else close - 1
        before = len(parts)
        self._quoted(parts, at + 1, stop, depth, argument=False)
        if len(parts) == before:  # `""` makes a word, too
            parts.append(Chars("", Span(at + 1, at + 1), quoted=True))
        return end if close is None else close

    def _quoted(
        self, parts: list[WordPart], at: int, end: int, depth: int, *, argument: bool
    ) -> None:
        """What stands in double quotes; `argument`: after `${X:-` there, where `"` is no character."""
        text = self.text
        while at < end:
            char = text[at]
            plain = _DOUBLE_PLAIN.match(text, at, end)
            if plain:
                parts.append(Chars(plain.group(), Span(at, plain.end()), quoted=True))
                at = plain.end()
            elif char == "\\":
                at = self._escape(parts, at, end, '$`"\\}' if argument else '$`"\\')
            elif char == '"':
                if not argument:
                    parts.append(Chars(char, Span(at, at + 1), quoted=True))
                at += 1
            else:
                at = self._dollar(parts, at, end, quoted=True, depth=depth, argument=argument)

    def _escape(self, parts: list[WordPart], at: int, end: int, special: str) -> int:
        """A backslash in double quotes or a here-document, where it quotes only `special`."""
        text = self.text
        continuation = CONTINUATION.match(text, at, end)
        if continuation:
            return continuation.end()
        if at + 1 < end and text[at + 1] in special:
            parts.append(Chars(text[at + 1], Span(at, at + 2), quoted=True, single=True))
            return at + 2
        parts.append(Chars("\\", Span(at, at + 1), quoted=True))
        return at + 1

    def _literal(
        self, parts: list[WordPart], start: int, end: int, *, quoted: bool, single: bool
    ) -> None:
        """Characters that the shell leaves alone; GitLab's `$[[ … ]]` is replaced even there."""
        at = start
        for match in INTERPOLATION.finditer(self.text, start, end):
            if match.start() > at:
                span = Span(at, match.start())
                parts.append(Chars(self.text[at : match.start()], span, quoted, single))
            parts.append(Arithmetic(Span(*match.span()), quoted))
            at = match.end()
        if at < end or start == end:
            parts.append(Chars(self.text[at:end], Span(at, end), quoted, single))

    def _ansi(self, parts: list[WordPart], at: int, end: int) -> int:
        """Read `$'…'`, which opens at `at`; the offset after it."""
        text = self.text
        close = closing(text, at, end)
        stop = end if close is None else close - 1
        at += 2
        start = at
        while at < stop:
            escape = _ANSI_ESCAPE.match(text, at, stop)
            if escape:
                span = Span(*escape.span())
                parts.append(Chars(_ansi_character(escape), span, quoted=True, single=True))
                at = escape.end()
            else:
                backslash = text.find("\\", at + 1, stop)
                upto = stop if backslash < 0 else backslash
                parts.append(Chars(text[at:upto], Span(at, upto), quoted=True, single=True))
                at = upto
        if start == stop:
            parts.append(Chars("", Span(at, at), quoted=True, single=True))
        return end if close is None else close

    def _dollar(
        self, parts: list[WordPart], at: int, end: int, *, quoted: bool, depth: int, argument: bool
    ) -> int:
        """Read what `$` or a backquote opens; the offset after it."""
        text = self.text
        interpolation = INTERPOLATION.match(text, at, end)
        if interpolation:
            parts.append(Arithmetic(Span(*interpolation.span()), quoted))
            return interpolation.end()
        name = _NAME.match(text, at + 1, end) if text[at] == "$" else None
        if name:
            parts.append(Parameter(name.group(), Span(at, name.end()), quoted=quoted))
            return name.end()
        opens = text[at] == "`" or text[at + 1 : min(at + 2, end)] in ("(", "{", "[")
        if not opens or at + 1 >= end:
            parts.append(Chars(text[at], Span(at, at + 1), quoted=quoted))
            return at + 1
        close = closing(text, at, end, in_double_quotes=quoted)
        if close is None:
            parts.append(Arithmetic(Span(at, end), quoted))
            return end
        span = Span(at, close)
        if text[at] == "`":
            inner = Span(at + 1, close - 1)
            if "\\`" in text[inner.start : inner.end]:  # nested: would need another unquoting
                parts.append(Arithmetic(span, quoted))
            else:
                body = self.parse_body(*inner)
                parts.append(Substitution("command", body, span, quoted))
        elif text.startswith("$((", at) and text.endswith("))", at, close):
            parts.append(Arithmetic(span, quoted))
        elif text.startswith("$(", at):
            body = self.parse_body(at + 2, close - 1)
            parts.append(Substitution("command", body, span, quoted))
        elif text.startswith("${", at) and depth < MAX_DEPTH:
            parts.append(self._braces(span, quoted=quoted, depth=depth + 1))
        else:
            parts.append(Arithmetic(span, quoted))
        return close

    def _braces(self, span: Span, *, quoted: bool, depth: int) -> WordPart:
        text = self.text
        at, end = span.start + 2, span.end - 1
        operator = ""
        if text[at : at + 1] in ("#", "!") and end - at > 1:
            after = _BRACED_NAME.match(text, at + 1, end)
            # `${#:-0}` and `${!:-x}` are the special parameters with an operator.
            if after and (after.group()[0] not in "-?!" or after.end() == end):
                operator = "length" if text[at] == "#" else "indirect"
                at += 1
        name = _BRACED_NAME.match(text, at, end)
        if name is None:
            return Arithmetic(span, quoted)
        at = name.end()
        index = _INDEX.match(text, at, end)
        if index:
            at = index.end()
        if at == end:
            return Parameter(
                name.group(), span, operator, None, quoted, index.group(1) if index else ""
            )
        follows = _PARAMETER_OPERATOR.match(text, at, end)
        if operator or follows is None:  # `${#X:-0}`, `${!X@}`: nothing that is needed here
            return Arithmetic(span, quoted)
        operator = follows.group()
        start = follows.end()
        parts: list[WordPart] = []
        if quoted and operator.lstrip(":") in ("-", "=", "?", "+"):
            self._quoted(parts, start, end, depth, argument=True)
        else:
            self._unquoted(parts, start, end, depth)
        argument = Word(tuple(parts), Span(start, end))
        return Parameter(
            name.group(), span, operator, argument, quoted, index.group(1) if index else ""
        )


def _ansi_character(escape: re.Match[str]) -> str:
    letter, octal, short, unicode4, unicode8, control = escape.groups()
    if letter:
        return _ANSI_LETTERS[letter]
    if control:
        return chr(ord(control) & 0x1F)
    if octal:
        return chr(int(octal, 8) & 0xFF)
    code = int(short or unicode4 or unicode8, 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
