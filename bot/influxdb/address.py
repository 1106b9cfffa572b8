"""Where an InfluxDB instance is."""

import httpx


def address_of(url: str) -> httpx.URL:
    """Read an instance's URL; raise ValueError where it cannot be used, without repeating it."""
    if not _usable(url):
        raise ValueError("the InfluxDB URL is not of the form https://influxdb.example.com:8086")
    return httpx.URL(url).copy_with(username=None, password=None, query=None, fragment=None)


def _usable(url: str) -> bool:
    try:
        address = httpx.URL(url)
        address.host.encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        return False
    port = 443 if address.port is None else address.port
    return address.scheme in {"http", "https"} and bool(address.host) and 0 < port < 65536
