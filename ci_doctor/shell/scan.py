"""Where shell constructs begin and end: quotes, expansions, here-documents, comments, words.

The grammar of lists, pipelines and compound commands is tree-sitter-bash's; what stands inside
a word, a comment or a here-document is read here, exactly, and hidden from it: `Scan.masked`
has the script's length, with every ordinary word as `x`es and only operators and reserved words
left as they are. That also makes one character one byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..source import Span

# `$[[ inputs.x ]]` is replaced by GitLab before any shell sees the script.
INTERPOLATION = re.compile(r"\$\[\[[^\n]{0,500}?\]\]")
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)(\[[^\]\n]*\])?(\+?)=", re.ASCII)
CONTINUATION = re.compile(r"\\\r?\n")

_HEREDOC = re.compile(r"<<(-?)(?!<)[ \t]*((?:'[^'\n]*'|\"[^\"\n]*\"|\\[^\n]|[^\s'\"\\;&|<>()`])+)")
_ANSI_C = re.compile(r"\$'(?:[^'\\]|\\.)*'", re.DOTALL)
_BACKQUOTES = re.compile(r"`(?:[^`\\]|\\.)*`", re.DOTALL)
_CODE_STOP = re.compile(r"[\\'\"`$()#\n<]|\bcase\b|\besac\b")
_ARITHMETIC_STOP = re.compile(r"[\\'\"`$()]")
_DOUBLE_STOP = re.compile(r"[\\\"`$]")
_BRACE_STOP = re.compile(r"[\\'\"`$}]")
_QUOTED_BRACE_STOP = re.compile(r"[\\\"`$}]")
_BEFORE_COMMAND = re.compile(r"(?:^|[;&|({\n`]|\b(?:then|do|else|if|while|until|elif))[ \t]*\Z")

_BLANKS = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
_WORD_RUN = re.compile(r"[^ \t\r\n\\'\"`$()<>|&;]+")
_OPERATOR = re.compile(r";;&|;;|;&|;|&&|&(?!>)|\|\||\|&|\||\(|\)")
_REDIRECT = re.compile(r"([0-9]*)(<<<|<<-|<<|<>|<&|<|>>|>&|>\||>)|()(&>>|&>)")
_EMPTY_PARENTHESES = re.compile(r"\([ \t]*\)")
_TEST_BLANKS = re.compile(r"(?:[ \t\r\n]|\\\r?\n)+")
_TEST_OPERATOR = re.compile(r"&&|\|\||[()<>|&;]")
_COMPOUND_AHEAD = re.compile(r"[ \t]+(?:[{(]|(?:if|for|while|until|case)\b)")

_OPENERS = frozenset({"if", "while", "until", "then", "else", "elif", "do", "!", "{"})
_CLOSERS = frozenset({"fi", "done", "}"})


def closing(text: str, start: int, end: int, *, in_double_quotes: bool = False) -> int | None:
    """The offset after the construct that opens at `start`; None where it does not end before `end`.

    It is one of `'`, `"`, backquote, `$'`, `$"`, `$(`, `$((`, `${`, `$[[`, `$[`, `(`, `<(`, `>(`; with any
    other character there the answer is the offset after that character.
    """
    stack: list[_Open] = []
    pending: list[tuple[str, bool]] = []
    at = start
    while True:
        if not stack:
            quoted = in_double_quotes
        else:
            top = stack[-1]
            quoted = top.kind == '"' or (top.kind == "}" and top.quoted)
            found = top.stop.search(text, at, end)
            if found is None:
                return None
            at = found.start()
        char = text[at : at + 1]
        after = text[at + 1 : at + 2]
        if not char or at >= end:
            return None
        if stack:
            top = stack[-1]
            if char == top.kind and (char != ")" or not top.cases):
                stack.pop()
                at += 1
                if not stack:
                    return at
                continue
            if top.kind == ")" and not top.arithmetic:
                skipped = _in_code(text, at, end, top, pending)
                if skipped is not None:
                    at = skipped
                    continue
        step: int | None = at + 1
        if char == "\\":
            step = at + 2
        elif char == "'" and not quoted:
            close = text.find("'", at + 1, end)
            step = None if close < 0 else close + 1
        elif char == "`":
            match = _BACKQUOTES.match(text, at, end)
            step = None if match is None else match.end()
        elif char == '"':
            stack.append(_Open('"', _DOUBLE_STOP))
        elif char == "$":
            if after == "'" and not quoted:
                match = _ANSI_C.match(text, at, end)
                step = None if match is None else match.end()
            elif after == '"' and not quoted:
                stack.append(_Open('"', _DOUBLE_STOP))
                step = at + 2
            elif after == "{":
                stack.append(_Open("}", _QUOTED_BRACE_STOP if quoted else _BRACE_STOP, quoted))
                step = at + 2
            elif text.startswith("$((", at):
                stack.append(_Open(")", _ARITHMETIC_STOP, arithmetic=True))
                stack.append(_Open(")", _ARITHMETIC_STOP, arithmetic=True))
                step = at + 3
            elif after == "(":
                stack.append(_Open(")", _CODE_STOP))
                step = at + 2
            elif after == "[":
                match = INTERPOLATION.match(text, at, end)
                close = text.find("]", at, end)
                step = match.end() if match else close + 1 if close >= 0 else None
        elif char == "(" and not quoted:
            arithmetic = stack[-1].arithmetic if stack else after == "("
            stack.append(
                _Open(")", _ARITHMETIC_STOP if arithmetic else _CODE_STOP, arithmetic=arithmetic)
            )
        elif char in "<>" and after == "(" and not stack:
            stack.append(_Open(")", _CODE_STOP))
            step = at + 2
        if step is None or step > end:
            return None
        at = step
        if not stack:
            return at


@dataclass(slots=True)
class _Open:
    """A construct that is open: the character that closes it, and what may matter inside."""

    kind: str
    stop: re.Pattern[str]
    quoted: bool = False
    arithmetic: bool = False
    cases: int = 0  # `case` without `esac`: the `)` of an arm closes nothing


def _in_code(
    text: str, at: int, end: int, top: _Open, pending: list[tuple[str, bool]]
) -> int | None:
    """Step over what only commands have: comments, `case`, here-documents. None for the rest."""
    char = text[at]
    if char == ")":  # of a `case` arm, or it would have closed
        return at + 1
    if char == "c":
        if _BEFORE_COMMAND.search(text, max(0, at - 40), at):
            top.cases += 1
        return at + 4
    if char == "e":
        top.cases = max(0, top.cases - 1)
        return at + 4
    if char == "#":
        if text[at - 1] in " \t\r\n;&|(":
            close = text.find("\n", at, end)
            return end if close < 0 else close
        return at + 1
    if char == "<":
        heredoc = _HEREDOC.match(text, at, end)
        if heredoc is None:
            return at + 3 if text.startswith("<<<", at) else at + 1
        delimiter, _ = _delimiter(heredoc.group(2))
        pending.append((delimiter, heredoc.group(1) == "-"))
        return heredoc.end()
    if char == "\n":
        for delimiter, dash in pending:
            _, at = _heredoc_body(text, at + 1, end, delimiter, dash)
        after = at if pending else at + 1
        pending.clear()
        return after
    return None


def _delimiter(word: str) -> tuple[str, bool]:
    """The end line that a word after `<<` asks for, and whether any of it was quoted."""
    bare = re.sub(r"\\(.)", r"\1", word.replace("'", "").replace('"', ""))
    return bare, bare != word


def _heredoc_body(text: str, start: int, end: int, delimiter: str, dash: bool) -> tuple[int, int]:
    """Where the body ends and where the script goes on; both `end` without an end line."""
    last = re.compile(("^\t*" if dash else "^") + re.escape(delimiter) + "\r?$", re.MULTILINE)
    found = last.search(text, start, end)
    if found is None:
        return end, end
    return found.start(), found.end()


@dataclass(frozen=True, slots=True)
class RawRedirect:
    """A redirect as it stands. `target` is the word, or the here-document's body."""

    operator: str
    descriptor: int | None
    span: Span
    target: Span
    literal: bool = False


@dataclass(slots=True)
class Scan:
    """What one pass over a script finds.

    `redirects` are keyed by the offset of their command's first token, or by the end of the
    reserved word or parenthesis that closes their compound command. `lines` are offsets of the
    newlines between commands, outside quotes, parentheses and here-documents. `stopped` is
    where an opening quote or parenthesis without end stands.
    """

    text: str
    start: int
    end: int
    masked: bytearray = field(init=False)
    comments: list[Span] = field(default_factory=list)
    redirects: dict[int, list[RawRedirect]] = field(default_factory=dict)
    bare_redirects: set[int] = field(default_factory=set)  # commands that begin with a redirect
    lines: list[int] = field(default_factory=list)
    last: int = 0  # where the last token that is not hidden away ends
    stopped: int | None = None
    faults: list[Span] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.masked = bytearray(b" ") * (self.end - self.start)
        _Pass(self).run()

    def keep(self, start: int, end: int) -> None:
        self.masked[start - self.start : end - self.start] = self.text[start:end].encode("ascii")
        self.last = end

    def hide(self, start: int, end: int) -> None:
        self.masked[start - self.start : end - self.start] = b"x" * (end - start)
        self.last = end

    def end_command(self) -> None:
        """Put `;` where a newline ends a command.

        tree-sitter-bash 0.25 now and then reads a newline as a blank, without an error: the next
        commands become arguments. It is shown none.
        """
        self.masked[self.last - self.start] = ord(";")


class _Stop(Exception):
    """The rest cannot be read: a quote or a parenthesis without end."""

    def __init__(self, at: int) -> None:
        self.at = at


class _Pass:
    """One pass over a script, command by command."""

    def __init__(self, scan: Scan) -> None:
        self.scan = scan
        self.text = scan.text
        self.end = scan.end
        self.nesting: list[str] = []  # "(" and "case"
        self.pattern = False  # before the `)` of a case arm
        self.pending: list[tuple[str, bool, bool, RawRedirect, int]] = []
        self._new_command()

    def _new_command(self) -> None:
        self.at_command = True
        self.first: int | None = None  # key for redirects: see Scan
        self.head = ""  # "for", "case" or "function" until its own words are over
        self.count = 0  # words since the head, or since the command began

    def run(self) -> None:
        at = self.scan.start
        try:
            while at < self.end:
                at = self._token(at)
        except _Stop as stop:
            self.scan.stopped = stop.at
        for *_, redirect, key in self.pending:  # no line left that could hold the body
            empty = Span(self.end, self.end)
            self._put(
                key, RawRedirect(redirect.operator, redirect.descriptor, redirect.span, empty)
            )

    def _token(self, at: int) -> int:
        text, scan = self.text, self.scan
        blanks = _BLANKS.match(text, at, self.end)
        if blanks:
            return blanks.end()
        char = text[at]
        if char == "\n":
            return self._newline(at)
        if char == "#":
            close = text.find("\n", at, self.end)
            close = self.end if close < 0 else close
            scan.comments.append(Span(at, close))
            return close
        operator = _OPERATOR.match(text, at, self.end)
        if operator:
            return self._operator(at, operator.group())
        redirect = _REDIRECT.match(text, at, self.end)
        if redirect and not text.startswith(("<(", ">("), at):
            return self._redirect(at, redirect)
        return self._word(at)

    def _newline(self, at: int) -> int:
        scan = self.scan
        if not self.at_command:
            scan.end_command()
        if "(" not in self.nesting:
            scan.lines.append(at)
        after = at + 1
        for delimiter, dash, literal, redirect, key in self.pending:
            body_end, after = _heredoc_body(self.text, at + 1, self.end, delimiter, dash)
            body = Span(min(at + 1, body_end), body_end)
            at = after  # the newline after the end line
            self._put(
                key,
                RawRedirect(redirect.operator, redirect.descriptor, redirect.span, body, literal),
            )
        self.pending.clear()
        if not (self.head in ("case", "for") and self.count == 1):
            self._new_command()
        return after

    def _operator(self, at: int, operator: str) -> int:
        scan = self.scan
        after = at + len(operator)
        if operator == "(":
            if self.text.startswith("((", at) and (self.at_command or self.head == "for"):
                # Arithmetic, or a subshell that begins with another: tree-sitter cannot tell.
                close = closing(self.text, at, self.end)
                if close is None:
                    raise _Stop(at)
                scan.hide(at, close)
                self._after_word(at)
                return close
            empty = _EMPTY_PARENTHESES.match(self.text, at, self.end)
            if empty and self.count == 1 and self.first is not None:
                scan.keep(at, at + 1)
                scan.keep(empty.end() - 1, empty.end())
                self._new_command()
                return empty.end()
            scan.keep(at, after)
            if not self.pattern:
                self.nesting.append("(")
                self._new_command()
            return after
        scan.keep(at, after)
        if operator == ")":
            if self.pattern:
                self.pattern = False
                self._new_command()
            elif self.nesting and self.nesting[-1] == "(":
                self.nesting.pop()
                self._closed(after)
            return after
        if operator == "|" and self.pattern:
            return after
        if operator.startswith(";") and len(operator) > 1:
            if at > scan.start and scan.masked[at - scan.start - 1] == ord(";"):
                scan.masked[at - scan.start - 1] = ord(" ")  # or tree-sitter reads `;;` and `;`
            self.pattern = bool(self.nesting) and self.nesting[-1] == "case"
        self._new_command()
        return after

    def _closed(self, end: int) -> None:
        """A compound command ends at `end`; only redirects and operators can follow."""
        self.at_command = False
        self.first = end
        self.head = ""
        self.count = 2

    def _redirect(self, at: int, match: re.Match[str]) -> int:
        scan = self.scan
        digits, operator = match.group(1) or match.group(3) or "", match.group(2) or match.group(4)
        descriptor = int(digits) if digits and len(digits) < 5 else None
        if self.first is None:  # no word yet: the operator itself stands for the command
            self.first = at
            scan.bare_redirects.add(at)
            scan.hide(at, at + 1)
            self.at_command = False
        if operator in ("<<", "<<-"):
            heredoc = _HEREDOC.match(self.text, match.start(2), self.end)
            if heredoc is None:
                scan.faults.append(Span(at, match.end()))
                return match.end()
            delimiter, literal = _delimiter(heredoc.group(2))
            span = Span(at, heredoc.end())
            raw = RawRedirect(operator, descriptor, span, span, literal)
            self.pending.append((delimiter, operator == "<<-", literal, raw, self.first))
            return heredoc.end()
        blanks = _BLANKS.match(self.text, match.end(), self.end)
        start = blanks.end() if blanks else match.end()
        end = word_end(self.text, start, self.end)
        if end is None:
            raise _Stop(start)
        if end == start:
            scan.faults.append(Span(at, match.end()))
        self._put(self.first, RawRedirect(operator, descriptor, Span(at, end), Span(start, end)))
        return end

    def _put(self, key: int, redirect: RawRedirect) -> None:
        self.scan.redirects.setdefault(key, []).append(redirect)

    def _after_word(self, at: int) -> None:
        self.at_command = False
        self.count += 1
        if self.first is None:
            self.first = at

    def _word(self, at: int) -> int:
        scan = self.scan
        end = word_end(self.text, at, self.end)
        if end is None:
            raise _Stop(at)
        word = self.text[at:end]
        if not (end - at <= 8 and self._reserved(word, at, end)):
            scan.hide(at, end)
            if self.head == "function" and self.count == 0:
                self._new_command()
                self.count, self.first = 1, at  # `()` may follow
                self.at_command = True
            else:
                self._after_word(at)
        elif word == "[[":
            return self._test(at)
        return end

    def _reserved(self, word: str, at: int, end: int) -> bool:
        """Whether `word` is reserved where it stands; what it means for the words to come."""
        scan = self.scan
        if self.pattern:
            if word != "esac" or self.count:
                return False
        elif not self.at_command:
            if word == "in" and self.head in ("for", "case") and self.count == 1:
                scan.keep(at, end)
                self.count += 1
                if self.head == "case":
                    self._new_command()
                    self.pattern = True
                return True
            if not (word == "do" and self.head == "for" and self.count == 1):
                return False
            scan.end_command()  # bash needs no `;` in `for x do`
        elif word == "[[":
            return True
        if word in _OPENERS:
            self._new_command()
        elif word in _CLOSERS:
            self._closed(end)
        elif word in ("for", "select", "case", "function"):
            self._new_command()
            self.at_command = False
            self.head = "for" if word == "select" else word
            if word == "case":
                self.nesting.append("case")
        elif word == "esac":
            if self.nesting and self.nesting[-1] == "case":
                self.nesting.pop()
            self.pattern = False
            self._closed(end)
        else:
            # `time` before a compound command is left out: the same commands run.
            return word == "time" and _COMPOUND_AHEAD.match(self.text, end, self.end) is not None
        scan.keep(at, end)
        return True

    def _test(self, at: int) -> int:
        """`[[ … ]]`: operators inside are words like the others."""
        scan, text = self.scan, self.text
        start = at
        scan.hide(at, at + 2)
        at += 2
        while at < self.end:
            blanks = _TEST_BLANKS.match(text, at, self.end)
            if blanks:
                at = blanks.end()
                continue
            operator = _TEST_OPERATOR.match(text, at, self.end)
            end = operator.end() if operator else word_end(text, at, self.end)
            if end is None:
                break
            scan.hide(at, end)
            if text[at:end] == "]]":
                self._after_word(start)
                return end
            at = end
        raise _Stop(start)


def word_end(text: str, start: int, end: int) -> int | None:
    """Where the word that begins at `start` ends; `start` where none does, None without its end."""
    at = start
    content = start  # where it ends without the continuations after it
    while at < end:
        char = text[at]
        if char in " \t\r\n|&;)":
            break
        continuation = CONTINUATION.match(text, at, end) if char == "\\" else None
        if continuation:
            at = continuation.end()
            continue
        if char in "'\"`$":
            close = closing(text, at, end)
            if close is None:
                return None
            at = close
        elif char == "\\":
            at = min(at + 2, end)
        elif char == "(":
            written = text[start:at]
            assignment = ASSIGNMENT.fullmatch(written)
            if not assignment and not written.endswith(("?", "*", "+", "@", "!")):
                break
            close = closing(text, at, end)
            if close is None:
                return None
            at = close
        elif char in "<>":
            if at != start or text[at + 1 : at + 2] != "(":
                break
            close = closing(text, at, end)
            if close is None:
                return None
            at = close
        else:
            run = _WORD_RUN.match(text, at, end)
            assert run is not None
            at = run.end()
        content = at
    return content
