"""Which addresses may be fetched."""

from __future__ import annotations

import httpx
import pytest

from knowledge.addresses import is_allowed, is_private_name, leads_inside, uses_proxy

HOSTS = frozenset(["www.gov.uk", "127.0.0.1:8900"])


@pytest.mark.parametrize(
    "url",
    [
        "https://www.gov.uk/a",
        "http://www.gov.uk/a",
        "https://WWW.GOV.UK/",
        "http://127.0.0.1:8900/",
    ],
)
def test_a_named_host_is_allowed(url):
    assert is_allowed(httpx.URL(url), HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "https://gov.uk/",
        "https://www.gov.uk.example/",
        "https://www.gov.uk:8443/",
        "http://127.0.0.1/",
        "http://127.0.0.1:8901/",
        "https://www.gov.uk./",
    ],
)
def test_any_other_host_or_port_is_not(url):
    assert not is_allowed(httpx.URL(url), HOSTS)


def test_private_addresses_are_known():
    names = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1%eth0", "localhost"]

    assert all(is_private_name(name) for name in names)
    assert not is_private_name("www.gov.uk")
    assert not is_private_name("8.8.8.8")


class Connection:
    """The end of an open connection, as the HTTP library tells it."""

    def __init__(self, address):
        self.address = address

    def get_extra_info(self, name):
        return (self.address, 443) if name == "server_addr" else None


def make_response(url, address):
    return httpx.Response(
        200,
        request=httpx.Request("GET", url),
        extensions={"network_stream": Connection(address)},
    )


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setattr("knowledge.addresses.getproxies", dict)


def test_a_public_name_that_leads_into_a_private_network_is_found_out():
    assert leads_inside(make_response("https://www.gov.uk/", "169.254.169.254"))
    assert not leads_inside(make_response("https://www.gov.uk/", "151.101.0.144"))


def test_an_address_that_the_operator_wrote_as_private_may_be_private():
    assert not leads_inside(make_response("http://127.0.0.1:8900/", "127.0.0.1"))


def test_behind_a_proxy_the_connection_is_the_proxys(monkeypatch):
    monkeypatch.setattr("knowledge.addresses.getproxies", lambda: {"https": "http://10.0.0.1:1"})

    assert uses_proxy(httpx.URL("https://www.gov.uk/"))
    assert not leads_inside(make_response("https://www.gov.uk/", "10.0.0.1"))
