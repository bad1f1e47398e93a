"""From words of a script to words as a program gets them.

Follows bash: brace expansion, parameter expansion, command substitution, word splitting. What is
not known stays a part of the `Text`; a word that may stand for none or several words is opaque.
Globs are not expanded: such a word is opaque, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from ..pipeline.variables import unknown_variable
from ..shell import syntax
from ..source import Span
from ..text import At, Choice, Literal, Opaque, Part, Symbol, Text
from .command import Word
from .patterns import transform
from .scripts import Unit
from .store import NEVER, UNSET, Missing

MAX_PARTS = 200  # of one value; a variable that doubles itself ends here
MAX_NESTING = 8  # of choices in choices
MAX_WORDS = 1000  # of one command
_MOST_ALTERNATIVES = 64

_NUMBER = re.compile(r" ?[0-9]{1,6} ?")
_BLANKS = re.compile(r"[ \t\n]+")
_GLOB = re.compile(r"[*?]|\[[^\]]+\]")
_BRACES = re.compile(r"\{([^{},]*(?:,[^{},]*)+)\}")
_SPREAD_BRACES = re.compile(r"\{[^{}]*,[^{}]*\}")
ALTERNATIVES = frozenset({"-", ":-", "=", ":=", "+", ":+"})
# Values that bash makes up by itself and that differ every time.
_COMPUTED = frozenset(
    (
        *("?", "$", "!", "-", "_", "RANDOM", "SRANDOM", "SECONDS", "LINENO", "EPOCHSECONDS"),
        *("EPOCHREALTIME", "BASHPID", "PPID"),
    )
)


class Surroundings(Protocol):
    """What an expansion asks of the shell it happens in."""

    @property
    def job_name(self) -> str: ...

    @property
    def unit(self) -> Unit: ...

    def variable(self, name: str) -> Text | Missing: ...

    def assign(self, name: str, value: Text) -> None: ...

    def array(self, name: str) -> tuple[Word, ...] | None:
        """The words of an array, None where it is none or not known."""
        ...

    def has_array(self, name: str) -> bool: ...

    @property
    def zero(self) -> Text | None:
        """`$0`, None where it is not known."""
        ...

    @property
    def positional(self) -> tuple[Word, ...] | None: ...

    def substitution(self, part: syntax.Substitution) -> Text:
        """Walk the commands; what they print, without the newlines at the end."""
        ...


@dataclass(slots=True)
class _Field:
    """A word in the making."""

    parts: list[Part] = field(default_factory=list)
    exists: bool = False  # something in it makes a word even if it is empty
    quoted: bool = False
    opaque: bool = False
    solid: bool = False  # known characters, or a part that is never empty nor split

    def word(self, written: At) -> Word:
        opaque = self.opaque or not (self.solid or self.quoted)
        return Word(Text(tuple(self.parts)), written.locate(), opaque, self.quoted)


def bounded(text: Text, written: str, at: At | None = None) -> Text:
    """`text`, or something opaque where it has grown beyond all measure."""
    left = MAX_PARTS
    waiting: list[tuple[Text, int]] = [(text, 0)]
    while waiting:
        piece, depth = waiting.pop()
        left -= len(piece.parts)
        if left < 0 or depth > MAX_NESTING:
            return Text((Opaque(written, at),))
        for part in piece.parts:
            if isinstance(part, Choice):
                left -= len(part.options)
                waiting += [(option, depth + 1) for option in part.options[:MAX_PARTS]]
            elif isinstance(part, Literal):
                left -= len(part.value) // 1000
    return text


def one_of(options: Iterable[Text]) -> Text:
    """A text that is one of several; what they begin with in common stands before the choice."""
    distinct = list(dict.fromkeys(options))
    if len(distinct) == 1:
        return distinct[0]
    first = distinct[0].parts
    shortest = min(len(option.parts) for option in distinct)
    common = 0
    while common < shortest and not isinstance(first[common], Opaque):
        if any(option.parts[common] != first[common] for option in distinct):
            break
        common += 1
    rest: dict[Text, None] = {}
    for option in distinct:
        parts = option.parts[common:]
        if len(parts) == 1 and isinstance(parts[0], Choice):
            rest.update(dict.fromkeys(parts[0].options))
        else:
            rest[Text(parts)] = None
    return Text((*first[:common], Choice(tuple(rest))))


class Expander:
    """Expands the words of one unit in one place of the script."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.unit = around.unit

    def words(self, words: Iterable[syntax.Word]) -> tuple[Word, ...]:
        result: list[Word] = []
        for word in words:
            literal = self._plain(word)
            if literal is not None:
                result.append(literal)
                continue
            written = self.unit.at(word.span)
            for parts in islice(_braces(word.parts), _MOST_ALTERNATIVES):
                unclear = _has_braces(parts)
                for made in self._fields(parts):
                    made.opaque = made.opaque or unclear
                    result.append(made.word(written))
            if len(result) > MAX_WORDS:
                rest = Text((self.unit.opaque(word.span),))
                result[MAX_WORDS:] = [Word(rest, written.locate(), opaque=True)]
                break
        return tuple(result)

    def _plain(self, word: syntax.Word) -> Word | None:
        """The common case: characters without any meaning."""
        if len(word.parts) != 1 or not isinstance(word.parts[0], syntax.Chars):
            return None
        chars = word.parts[0]
        if not is_plain(chars):
            return None
        text = self._chars(chars)
        opaque = not chars.quoted and not _is_solid(text)
        return Word(text, self.unit.locate(word.span), opaque, chars.quoted)

    def text(self, word: syntax.Word) -> Text:
        """The word where nothing is split: a value, a redirect's target, a here-document."""
        parts: list[Part] = []
        for part in word.parts:
            if isinstance(part, syntax.Parameter) and (words := self._list(part)) is not None:
                parts += joined(words).parts
            else:
                parts += self._part(part).parts
            if len(parts) > 4 * MAX_PARTS:
                return Text((self.unit.opaque(word.span),))
        return Text(tuple(parts))

    def _chars(self, chars: syntax.Chars) -> Text:
        start, end = chars.span
        if end - start == len(chars.text):
            return self.unit.text(chars.span)
        if not chars.text:
            return Text()
        return Text((Literal(chars.text, self.unit.at(chars.span)),))

    def _part(self, part: syntax.WordPart) -> Text:
        match part:
            case syntax.Chars():
                return self._chars(part)
            case syntax.Parameter():
                return self.parameter(part)
            case syntax.Substitution(kind="command"):
                return self.around.substitution(part)
            case syntax.Substitution():
                self.around.substitution(part)
        return Text((self.unit.opaque(part.span),))

    def _fields(self, parts: Iterable[syntax.WordPart]) -> list[_Field]:
        fields = [_Field()]
        self._add(fields, parts)
        return [field for field in fields if field.exists]

    def _add(self, fields: list[_Field], parts: Iterable[syntax.WordPart]) -> None:
        for part in parts:
            field = fields[-1]
            if len(field.parts) > 4 * MAX_PARTS or len(fields) > MAX_WORDS:
                fields[-1] = _Field([self.unit.opaque(part.span)], exists=True, opaque=True)
                return
            match part:
                case syntax.Chars():
                    text = self._chars(part)
                    field.parts += text.parts
                    field.exists = True
                    if part.quoted:
                        field.quoted = True
                    else:
                        field.solid = field.solid or _is_solid(text)
                        field.opaque = field.opaque or _is_glob(text.template)
                case syntax.Parameter() if (words := self._list(part)) is not None:
                    self._insert(fields, words, quoted=part.quoted)
                case syntax.Parameter(quoted=False) if part.operator in ALTERNATIVES:
                    self._alternative(fields, part)
                case syntax.Substitution(kind="process"):
                    field.parts += self._part(part).parts
                    field.exists = field.solid = True
                case syntax.Arithmetic():
                    field.parts += self._part(part).parts
                    field.exists = True
                    field.quoted = field.quoted or part.quoted
                    # A number is one word; what an input fills in may be several.
                    start = part.span.start
                    field.solid = field.solid or not self.unit.script.text.startswith("$[[", start)
                case _:
                    text = self._part(part)
                    if part.quoted:
                        field.parts += text.parts
                        field.exists = field.quoted = True
                    else:
                        self._split(fields, text)

    def _split(self, fields: list[_Field], text: Text) -> None:
        """Add an unquoted value: blanks in it end words."""
        if self.around.variable("IFS") is not NEVER:
            fields[-1].parts += text.parts
            fields[-1].exists = True
            fields[-1].opaque = fields[-1].opaque or bool(text.parts)
            return
        for part in text.parts:
            field = fields[-1]
            if isinstance(part, Literal):
                at = 0
                for blank in _BLANKS.finditer(part.value):
                    _add_literal(fields[-1], part[at : blank.start()])
                    if fields[-1].exists:
                        fields.append(_Field())
                    at = blank.end()
                _add_literal(fields[-1], part[at : len(part.value)])
                continue
            if isinstance(part, Choice) and _begins_with_blank(part) and field.exists:
                field = _Field()
                fields.append(field)
            field.parts.append(part)
            field.exists = True
            if isinstance(part, Choice) and _has_blank(part):
                field.opaque = True
            elif is_one_word(part):
                field.solid = True

    def _insert(self, fields: list[_Field], words: tuple[Word, ...], *, quoted: bool) -> None:
        """Add the words of a list; the first and the last join what stands beside them."""
        for index, word in enumerate(words):
            if index:
                fields.append(_Field())
            field = fields[-1]
            if not quoted and not word.opaque:
                self._split(fields, word.text)
                continue
            field.parts += word.text.parts
            field.exists = True
            field.opaque = field.opaque or word.opaque
            field.quoted = field.quoted or not word.opaque

    def _list(self, part: syntax.Parameter) -> tuple[Word, ...] | None:
        """The words that `"$@"` or `"${array[@]}"` stands for; None for any other parameter."""
        starred = part.index == "*" or part.name == "*"
        if part.operator in ("length", "indirect"):
            return None
        if not (starred or part.index == "@" or part.name == "@"):
            return None
        around = self.around
        words = around.positional if part.name in ("@", "*") else around.array(part.name)
        if words is not None and part.operator:
            words = self._part_of_list(part, words)
        location = self.unit.locate(part.span)
        if words is None:
            opaque = not (starred and part.quoted)
            return (Word(Text((self.unit.opaque(part.span),)), location, opaque),)
        if starred and part.quoted:
            return (Word(joined(words), location),)
        return words

    def _part_of_list(
        self, part: syntax.Parameter, words: tuple[Word, ...]
    ) -> tuple[Word, ...] | None:
        if part.operator in ALTERNATIVES and words:
            return words  # `${array[@]+"${array[@]}"}` guards against `set -u`
        number = small_number((part.argument and part.argument.literal) or "")
        if part.operator != ":" or number is None or any(word.opaque for word in words):
            return None
        skipped = number - (part.name in ("@", "*"))  # `$0` counts there
        return words[skipped:] if skipped >= 0 else None

    def parameter(self, part: syntax.Parameter) -> Text:
        """The value of `$NAME` or `${NAME…}`, as far as it is known."""
        at = self.unit.at(part.span)
        unknown = Text((self.unit.opaque(part.span),))
        value = self._value(part, unknown)
        operator = part.operator
        if operator == "indirect":
            target = value.value if isinstance(value, Text) else None
            if target is None or not target.isidentifier():
                return unknown
            return self._present(self._named(target, unknown), target, at)
        if operator == "length":
            known = "" if value is UNSET else value.value if isinstance(value, Text) else None
            return unknown if known is None or part.index else Text.of(str(len(known)))
        if operator in ALTERNATIVES:
            return self._with_alternative(part, value, at)
        present = self._present(value, part.name, at)
        if operator in ("", "?", ":?"):
            return present
        argument = self.text(part.argument) if part.argument is not None else Text()
        return transform(present, operator, argument) or unknown

    def _value(self, part: syntax.Parameter, unknown: Text) -> Text | Missing:
        if not part.index or (part.name == "BASH_SOURCE" and part.index == "0"):
            return self._named(part.name, unknown)
        words = self.around.array(part.name)
        index = small_number(part.index)
        if words is None or index is None or any(word.opaque for word in words[: index + 1]):
            return unknown
        return words[index].text if index < len(words) else UNSET

    def _named(self, name: str, unknown: Text) -> Text | Missing:
        if name == "0":
            return self.around.zero or unknown
        if name == "BASH_SOURCE":
            return self.unit.name or unknown
        if name[0].isdigit():
            words = self.around.positional
            number = small_number(name)
            if words is None or number is None or any(word.opaque for word in words[:number]):
                return unknown
            return words[number - 1].text if number <= len(words) else UNSET
        if name == "#":
            words = self.around.positional
            if words is None or any(word.opaque for word in words):
                return unknown
            return Text.of(str(len(words)))
        if name in _COMPUTED:
            return unknown
        if self.around.has_array(name):
            words = self.around.array(name)
            if words is None or (words and words[0].opaque):
                return unknown
            return words[0].text if words else UNSET
        return self.around.variable(name)

    def present(self, name: str) -> Text:
        """The value of `$name`, whatever is known of it."""
        return self._present(self.around.variable(name), name, None)

    def _present(self, value: Text | Missing, name: str, at: At | None) -> Text:
        if value is UNSET:
            return Text()
        if value is NEVER:
            return Text((unknown_variable(name, self.around.job_name, at),))
        assert isinstance(value, Text)
        return value

    def _counts(self, part: syntax.Parameter, value: Text | Missing, present: Text) -> bool | None:
        """Whether a variable is set, and with `:` not empty, as `${X:-default}` asks."""
        if value is UNSET:
            return False
        if value is NEVER:
            return True if all(is_one_word(each) for each in present.parts) else None
        if not part.operator.startswith(":"):
            return True
        empty = present.is_empty
        return None if empty is None else not empty

    def _with_alternative(self, part: syntax.Parameter, value: Text | Missing, at: At) -> Text:
        """`${X:-default}`, `${X:=default}`, `${X:+other}` and the forms without colon."""
        present = self._present(value, part.name, at)
        counts = self._counts(part, value, present)
        adds = part.operator.endswith("+")
        if counts is (not adds):
            return Text() if adds else present
        other = self.text(part.argument) if part.argument is not None else Text()
        if counts is None:
            other = one_of((other, Text()) if adds else (present, other))
        if part.operator.endswith("="):
            self.around.assign(part.name, other)
        return other

    def _alternative(self, fields: list[_Field], part: syntax.Parameter) -> None:
        """An unquoted `${X:-default}`: quotes in the default keep its blanks."""
        at = self.unit.at(part.span)
        value = self._value(part, Text((self.unit.opaque(part.span),)))
        counts = self._counts(part, value, self._present(value, part.name, at))
        uses_argument = counts is part.operator.endswith("+")
        if uses_argument and not part.operator.endswith("="):
            self._add(fields, () if part.argument is None else part.argument.parts)
            return
        text = self.parameter(part)
        argument = () if part.argument is None else part.argument.parts
        quoted = any(not isinstance(p, syntax.Arithmetic) and p.quoted for p in argument)
        if counts is not None or not (quoted or _replaces_one_word(part)):
            self._split(fields, text)
            return
        field = fields[-1]
        field.parts += text.parts
        field.exists = True
        field.solid = field.solid or _replaces_one_word(part)
        field.opaque = field.opaque or not field.solid


def is_plain(chars: syntax.Chars) -> bool:
    """Whether characters stand for themselves: neither braces nor a glob are among them."""
    return chars.quoted or not ("{" in chars.text or _GLOB.search(chars.text))


def small_number(written: str) -> int | None:
    """A count of words; None for anything that is none, or far too large for one."""
    return int(written) if _NUMBER.fullmatch(written) else None


def joined(words: Iterable[Word]) -> Text:
    """The words with blanks between them, as `echo` and `"$*"` do."""
    texts: list[Text] = []
    for word in words:
        if texts:
            texts.append(Text.of(" "))
        texts.append(word.text)
    return Text.join(texts)


def is_one_word(part: Part) -> bool:
    """Whether an unquoted part is never empty and never split."""
    match part:
        case Symbol(domain=domain):
            # GitLab's own variables; what may be empty has a domain that says so.
            return domain != ".*" and re.fullmatch(domain, "") is None
        case Choice(options=options):
            return all(
                bool(option.parts)
                and all(
                    is_one_word(p) if not isinstance(p, Literal) else not _BLANKS.search(p.value)
                    for p in option.parts
                )
                for option in options
            )
        case Opaque(written=written):
            return written.startswith("$((")
        case Literal(value=value):
            return bool(value) and not _BLANKS.search(value)


def _replaces_one_word(part: syntax.Parameter) -> bool:
    """Whether `${X:-default}` has a default that is one word and no option.

    Whoever writes `${DIRECTORY:-.}` means one word by the variable, too.
    """
    default = part.argument.literal if part.argument is not None else None
    if part.operator not in (":-", ":=") or not default:
        return False
    return default[0] != "-" and not _BLANKS.search(default)


def _is_solid(text: Text) -> bool:
    """Whether unquoted text surely makes a word."""
    return any(isinstance(part, Literal) or is_one_word(part) for part in text.parts)


def _has_blank(choice: Choice) -> bool:
    return any(
        _has_blank(part)
        if isinstance(part, Choice)
        else isinstance(part, Literal) and _BLANKS.search(part.value) is not None
        for option in choice.options
        for part in option.parts
    )


def _begins_with_blank(choice: Choice) -> bool:
    return all(
        not option.parts
        or (isinstance(option.parts[0], Literal) and option.parts[0].value[:1] in (" ", "\t", "\n"))
        for option in choice.options
    )


def _is_glob(text: str) -> bool:
    # A `?` in a URL has never met a file that it matches.
    return _GLOB.search(text) is not None and "://" not in text


def _add_literal(field: _Field, literal: Literal) -> None:
    if literal.value:
        field.parts.append(literal)
        field.exists = field.solid = True
        field.opaque = field.opaque or _is_glob(literal.value)


def _braces(parts: tuple[syntax.WordPart, ...]) -> Iterator[tuple[syntax.WordPart, ...]]:
    """The words that `{a,b}` makes, where the braces stand in one run of characters."""
    for index, part in enumerate(parts):
        if not isinstance(part, syntax.Chars) or part.quoted or "{" not in part.text:
            continue
        found = _BRACES.search(part.text)
        if found is None or part.span.end - part.span.start != len(part.text):
            continue
        start = part.span.start
        before = _cut(part, 0, found.start())
        after = _cut(part, found.end(), len(part.text))
        at = found.start(1)
        for item in found.group(1).split(","):
            middle = syntax.Chars(item, Span(start + at, start + at + len(item)))
            at += len(item) + 1
            yield from _braces((*parts[:index], *before, middle, *after, *parts[index + 1 :]))
        return
    yield parts


def _has_braces(parts: tuple[syntax.WordPart, ...]) -> bool:
    """Whether bash would expand braces that reach over several parts (`{"a":1,"b":2}`)."""
    if len(parts) < 2:
        return False
    unquoted = "".join(
        part.text if isinstance(part, syntax.Chars) and not part.quoted else "x" for part in parts
    )
    return _SPREAD_BRACES.search(unquoted) is not None


def _cut(chars: syntax.Chars, start: int, end: int) -> tuple[syntax.Chars, ...]:
    if start == end:
        return ()
    span = Span(chars.span.start + start, chars.span.start + end)
    return (syntax.Chars(chars.text[start:end], span),)
