"""Secret headers that some sources need, with their values from environment variables. Pure; never logged."""

import base64
from collections.abc import Mapping

from digest.errors import FetchError
from digest.records import Source

#: the name for basic authentication, whose variable holds "user:password"
BASIC = "basic"


def secret_headers(source: Source, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that a source declares; FetchError names the variable at fault, never its value."""
    headers = {}
    for header, variable in source.headers_env:
        value = environment.get(variable, "")
        if not value:
            raise FetchError(f"the environment variable {variable}, named in headers_env, is not set")
        if not value.isprintable():
            raise FetchError(f"the environment variable {variable}, named in headers_env, holds a line break")
        if header.lower() == BASIC:
            header, value = "Authorization", f"Basic {base64.b64encode(value.encode()).decode('ascii')}"
        headers[header] = value
    return headers
