"""Names of variables and build arguments that hold credentials."""

from __future__ import annotations

import re

# Close to BuildKit's own check SecretsUsedInArgOrEnv (frontend/dockerfile/dockerfile2llb/convert.go).
_SECRET = re.compile(
    r"(?:^|[_-])(?:apikey|credentials?|passphrase|passwd|password|pat|pwd|secret|token|key)(?:$|[_-])",
    re.IGNORECASE,
)
# What only speaks of a secret, a key that opens nothing, or a value that a web page shows anyway.
_HARMLESS = re.compile(
    r"^(?:vite|react_app|vue_app|gatsby)_"
    r"|(?:^|[_-])(?:public|publishable|pub|site|cache|gpg_key|signing_key_id|primary|sort|partition)(?:$|[_-])"
    r"|(?:^|[_-])(?:id|ids|name|names|file|path|dir|url|uri|host|server|user|username|type|length|size"
    r"|ttl|expiry|version|algorithm|fingerprint|enabled|required|header|mount)$",
    re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Whether a name says that its value is a credential: `API_TOKEN`, not `TOKEN_URL`."""
    return _SECRET.search(name) is not None and _HARMLESS.search(name) is None


# Tokens that say by their first characters what they are.
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_-]{20,}"
    r"|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}"
    r"|dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"
    r"|AKIA[0-9A-Z]{16}(?![0-9A-Z])"
    r"|xox[baprs]-[0-9A-Za-z-]{20,}"
    r"|npm_[A-Za-z0-9]{36}"
    r")"
)
_PLACEHOLDER = re.compile(
    r"<.*>|\[.*\]|\{\{.*\}\}|%.*%|\*+|x+|\.+|-+|_+|(?:your|my|some|the|dummy|fake|example|sample|todo)"
    r"(?:[^a-z].*)?|.*(?:change.?me|replace.?me|placeholder|redacted|not.?a.?secret).*",
    re.IGNORECASE | re.DOTALL,
)
_EXAMPLE_KEY = "AKIAIOSFODNN7EXAMPLE"  # of Amazon's documentation


def tokens_in(text: str) -> list[tuple[int, int]]:
    """Where access tokens of well-known forms stand: start and end of each."""
    return [
        match.span()
        for match in _TOKEN.finditer(text)
        if match[0] != _EXAMPLE_KEY and len(set(match[0])) > 8
    ]


def is_placeholder(value: str) -> bool:
    """Whether a value only stands in the place of a secret: `<token>`, `changeme`, `xxx`."""
    return not value.strip() or _PLACEHOLDER.fullmatch(value.strip()) is not None
