"""Which addresses may be fetched: hosts that the operator named, on the public internet."""

from __future__ import annotations

import ipaddress
from urllib.request import getproxies, proxy_bypass

import httpx


def is_allowed(url: httpx.URL, allowed_hosts: frozenset[str]) -> bool:
    """`allowed_hosts` holds names, or 'host:port' where the port is not the scheme's own."""
    name = f"[{url.host}]" if ":" in url.host else url.host
    if url.port:
        return f"{name}:{url.port}" in allowed_hosts
    default_port = 443 if url.scheme == "https" else 80
    return name in allowed_hosts or f"{name}:{default_port}" in allowed_hosts


def is_private_name(host: str) -> bool:
    """Written as a private address by the operator, as the root of a local copy of GOV.UK is."""
    return host == "localhost" or is_private_address(host)


def is_private_address(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address.split("%")[0]).is_global
    except ValueError:
        return False


def uses_proxy(url: httpx.URL) -> bool:
    proxies = getproxies()
    return bool(proxies.get(url.scheme) or proxies.get("all")) and not proxy_bypass(url.host)


def leads_inside(response: httpx.Response) -> bool:
    """Did a public name lead into a private network? Then it is not the publisher's server.

    The address is that of the open connection, so that no name can change between check and use.
    Behind a proxy it is the proxy's, which decides for itself whom it reaches.
    """
    stream = response.extensions.get("network_stream")
    address = stream.get_extra_info("server_addr") if stream else None
    if address is None or is_private_name(response.url.host) or uses_proxy(response.url):
        return False
    return is_private_address(str(address[0]))
