"""Sites and certificates as a visitor has them, asked through Caddy on this very server."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import dataclass

from .. import console, state
from ..fault import failed
from ..run import run
from ..settings import Settings, Site
from . import edge

CERTIFICATE_PATIENCE = 180.0
BUSY = (0, 502, 503, 504)


@dataclass(frozen=True)
class Patience:
    """For how many seconds a site may answer badly, and for how many it may be too busy to answer."""

    wrong: float
    busy: float


LONG = Patience(30.0, 30.0)
SWITCHED = Patience(5.0, 5.0)  # of what has just been well without the edge: visitors have the same answers meanwhile
AFTER_GAP = Patience(5.0, 30.0)  # all that has waited comes at once, and going back would be another gap


def verify(site: Site, settings: Settings, awaiting: frozenset[str], patience: Patience = LONG) -> str:
    """Tells how the site is, once it is well."""
    name = site.names[0] if site.names else settings.machine.ipv4
    if site.tls:
        waiting = [one for one in site.names if not has_certificate(one) and not _wait_for_certificate(one, settings)]
        if name in waiting:  # another name of the site may come later; this one is where it is asked
            return f"{site.address}: waits for its DNS record; the certificate then comes by itself"
    for upstream in site.upstreams:
        if upstream.service in awaiting:
            console.say(f"{site.address}{upstream.path}: awaits the first release of {upstream.service}")
        elif covers(upstream.path, upstream.health):
            _wait_for_health(site, name, upstream.health, patience)
    return f"{site.address}: answers"


def covers(path: str, health: str) -> bool:
    return health.startswith(path[:-1]) if path.endswith("*") else path == health


def answers(site: Site, address: str, awaiting: frozenset[str]) -> dict[str, int]:
    """What each path that tells of health says through Caddy; 0 is no answer."""
    name = site.names[0] if site.names else address
    asked = [upstream for upstream in site.upstreams if covers(upstream.path, upstream.health)]
    paths = {upstream.health for upstream in asked if upstream.service not in awaiting}
    return {path: _ask(name, site.tls, path)[0] for path in sorted(paths)}


def is_well(status: int) -> bool:
    """A redirect or a demand for a password is an answer of the application too."""
    return 200 <= status < 400 or status == 401


def _wait_for_health(site: Site, name: str, path: str, patience: Patience) -> None:
    begun = time.monotonic()
    while True:
        status, reason = _ask(name, site.tls, path)
        if is_well(status):
            return
        if time.monotonic() - begun > (patience.busy if status in BUSY else patience.wrong):
            answer = f"answered {status}" if status else f"did not answer ({reason})"
            remedy = "set `health` to a path that answers 2xx" if 400 <= status < 500 else "look at the service's log"
            lines = edge.log_lines(5) if status in BUSY else []
            raise failed(f"sites/{site.address}{path}", f"{answer} through Caddy", remedy, lines)
        time.sleep(0.5)


def _wait_for_certificate(name: str, settings: Settings) -> bool:
    if not _points_here(name, settings.machine.ipv4):
        console.warn(f"sites/{name}: does not point to {settings.machine.ipv4} yet; add the DNS record")
        return False
    console.say(f"edge: waiting for the certificate of {name}")
    deadline = time.monotonic() + CERTIFICATE_PATIENCE
    while not has_certificate(name):
        if time.monotonic() > deadline:
            raise failed(
                f"sites/{name}", "no certificate yet", "the lines show what the certificate authority said", edge.log_lines(8)
            )
        time.sleep(1)
    return True


def _points_here(name: str, ipv4: str) -> bool:
    try:
        return ipv4 in {entry[4][0] for entry in socket.getaddrinfo(name, 443, socket.AF_INET)}
    except OSError:
        return False


def certificate_end(name: str) -> str | None:
    """As state.FORMAT. None where there is none, or nothing to read it with."""
    try:
        with _connect(name, tls=True) as connection:
            encoded = connection.getpeercert(True) if isinstance(connection, ssl.SSLSocket) else None
    except OSError:
        return None
    if not encoded:
        return None
    argv = ["openssl", "x509", "-noout", "-enddate"]
    shown = run(argv, check=False, stdin=ssl.DER_cert_to_PEM_cert(encoded).encode(), timeout=10)
    if shown.code != 0:
        return None
    moment = ssl.cert_time_to_seconds(shown.output.strip().partition("=")[2])
    return time.strftime(state.FORMAT, time.gmtime(moment))


def has_certificate(name: str) -> bool:
    try:
        _connect(name, tls=True).close()
        return True
    except OSError:
        return False


def _ask(name: str, tls: bool, path: str) -> tuple[int, str]:
    try:
        connection = http.client.HTTPConnection(name, timeout=10)
        connection.sock = _connect(name, tls)
        connection.request("GET", path, headers={"User-Agent": "single-host"})
        return connection.getresponse().status, ""
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)


def _connect(name: str, tls: bool) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", 443 if tls else 80), timeout=10)
    if not tls:
        return plain
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # is there one for this name? browsers judge it
    try:
        return context.wrap_socket(plain, server_hostname=name)
    except OSError:
        plain.close()
        raise
