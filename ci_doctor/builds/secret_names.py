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
    r"|(?:^|[_-])(?:public|pub|cache|gpg_key|signing_key_id|primary|sort|partition)(?:$|[_-])"
    r"|(?:^|[_-])(?:id|ids|name|names|file|path|dir|url|uri|host|server|user|username|type|length|size"
    r"|ttl|expiry|version|algorithm|fingerprint|enabled|required|header|mount)$",
    re.IGNORECASE,
)


def is_secret_name(name: str) -> bool:
    """Whether a name says that its value is a credential: `API_TOKEN`, not `TOKEN_URL`."""
    return _SECRET.search(name) is not None and _HARMLESS.search(name) is None
