"""The proxy that the environment names (HTTPS_PROXY and its like), if it applies to a request.

httpx2 ignores the environment when it is given a transport, so it is read here, as the standard
library reads it. Behind a proxy the guard cannot see which address is connected to: the proxy
looks names up. It still refuses localhost and private addresses that are written as such.
"""

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from digest.errors import FetchError
from digest.fetch import address_guard
from digest.fetch.request_steps import RequestStep


def environment_proxy(step: RequestStep) -> str:
    """The proxy's address, or "" where none applies; private addresses are asked directly."""
    host, port = step.host
    proxies = getproxies()
    proxy = proxies.get(urlsplit(step.url).scheme) or proxies.get("all", "")
    if not proxy or proxy_bypass(f"{host}:{port}") or address_guard.refusal_by_name(host, declared=False):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"


def proxy_of(url: str) -> httpcore2.Proxy:
    """Read a proxy's address, user name and password; FetchError where it is of a kind we do not support."""
    try:
        proxy = httpx2.Proxy(url)
    except (ValueError, httpx2.InvalidURL) as error:
        raise FetchError(f"the environment names no usable proxy: {address_guard.brief(url)}") from error
    if proxy.url.scheme not in ("http", "https"):
        raise FetchError(f"proxies of kind {proxy.url.scheme} are not supported")
    return httpcore2.Proxy(str(proxy.url), auth=proxy.raw_auth)
