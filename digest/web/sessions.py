"""Who may see the page: a one-time token in the address becomes a cookie, as Jupyter does it.

Other users of this machine can reach a loopback port too, and cookies are shared by all ports of a host,
so the cookie is named for its port. Signatures are itsdangerous's.
"""

import secrets
import threading
from hmac import compare_digest

from itsdangerous import BadData, URLSafeTimedSerializer

#: Seconds for which an address with a token can be opened.
_TOKEN_SECONDS = 600
#: Seconds for which a browser stays signed in.
COOKIE_SECONDS = 180 * 86_400


class Sessions:
    """Makes and checks the tokens and cookies of one port; *password* is for pages that other machines can reach."""

    def __init__(self, key: bytes, port: int, *, password: str = "") -> None:
        self._tokens = URLSafeTimedSerializer(key, salt=f"token {port}")
        # A changed password ends the sessions that the old one began.
        self._cookies = URLSafeTimedSerializer(key, salt=f"cookie {port} {password}")
        self._password = password
        self._used: set[str] = set()
        self._lock = threading.Lock()
        self.cookie_name = f"digest-{port}"

    @property
    def wants_password(self) -> bool:
        return bool(self._password)

    def token(self) -> str:
        """A new one-time token."""
        return str(self._tokens.dumps(secrets.token_urlsafe(16)))

    def redeem(self, token: str) -> bool:
        """Whether the token is good; it is so once."""
        try:
            name = self._tokens.loads(token, max_age=_TOKEN_SECONDS)
        except BadData:
            return False
        with self._lock:
            fresh = name not in self._used
            self._used.add(name)
        return fresh

    def cookie(self) -> str:
        return str(self._cookies.dumps(secrets.token_urlsafe(16)))

    def is_signed_in(self, cookie: str) -> bool:
        try:
            self._cookies.loads(cookie, max_age=COOKIE_SECONDS)
        except BadData:
            return False
        return True

    def is_password(self, typed: str) -> bool:
        return self.wants_password and compare_digest(typed.encode(), self._password.encode())
