"""Caddy, in a compose project of its own. Releases never touch it; it reloads only when its own files changed."""

from __future__ import annotations

import hashlib
import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import console, containers, files, layout, state
from ..bundle import Bundle, Secrets
from ..containers import Container
from ..fault import REFUSED, Fault, HostError, failed, refused
from ..run import command_failed, retry, run
from ..settings import BasicAuth, Settings, Site

PROJECT = "edge"
COMPOSE = layout.EDGE / "compose.yaml"
FOLDER = layout.EDGE / "caddy"  # mounted as a folder: a mounted file would keep its old inode after a rename
HASHES = layout.STATE / "basic-auth.json"
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


def prepare(settings: Settings, bundle: Bundle, secrets: Secrets) -> dict[str, bytes]:
    """All of Caddy's files, judged by Caddy itself before anything changes."""
    wanted = {"Caddyfile": bundle.text("Caddyfile"), **_basic_auth(settings, secrets)}
    if wanted != _present():
        _validate(wanted, settings.machine.edge.image)
    candidate = layout.EDGE / ".next"
    files.clear_folder(candidate)
    files.draft(candidate / "compose.yaml", bundle.text("edge.yaml"))
    checked = run(_compose("config", "--quiet", file=candidate / "compose.yaml"), check=False)
    if checked.code != 0:
        raise HostError([Fault("edge.yaml", "docker compose refuses it")], checked.last_lines, REFUSED)
    return wanted


def start(wanted: Mapping[str, bytes], bundle: Bundle) -> bool:
    """Where no Caddy runs yet, it starts now: certificates come while the application does. Returns whether it did."""
    container = _caddy()
    if container and container.status == "running":
        return False
    _write(wanted, bundle)
    _up()
    if started := _caddy():
        state.update(edge_loaded=[started.identity, _digest(wanted)])
    return True


def differs(wanted: Mapping[str, bytes]) -> bool:
    """Whether Caddy would have to be told of these files."""
    container = _caddy()
    return container is None or state.read().get("edge_loaded") != [container.identity, _digest(wanted)]


def load(wanted: Mapping[str, bytes], bundle: Bundle) -> bool:
    """The application is well: now Caddy gets its new configuration. Returns whether it was touched."""
    before, digest = _caddy(), _digest(wanted)
    _write(wanted, bundle)
    _up()
    after = _caddy()
    if after is None or after.status != "running":
        raise failed("edge", "Caddy does not run", lines=_log_lines(20))
    if state.read().get("edge_loaded") == [after.identity, digest]:
        return before is None or before.identity != after.identity
    if before is None or before.started_at == after.started_at:
        retry("edge", lambda: _reload(after), lasting=15)
        console.say("edge: configuration reloaded")
    state.update(edge_loaded=[after.identity, digest])
    return True


def verify(site: Site, settings: Settings, awaiting: frozenset[str], patience: Patience = LONG) -> str:
    """Asks Caddy on this very server, as a visitor would, and tells how the site is."""
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
            lines = _log_lines(5) if status in BUSY else []
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
                f"sites/{name}", "no certificate yet", "the lines show what the certificate authority said", _log_lines(8)
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


def _basic_auth(settings: Settings, secrets: Secrets) -> dict[str, bytes]:
    """`USER HASH` lines. bcrypt salts, so a hash is made only when its password changed."""
    try:
        known = json.loads(HASHES.read_bytes())
    except (FileNotFoundError, ValueError):
        known = {}
    wanted = {}
    for entry in settings.basic_auth:
        password = secrets.application[entry.secret]
        mark = hashlib.sha256(f"{entry.user}\0{password}".encode()).hexdigest()
        hashed = known.get(entry.file, {})
        wanted[entry.file] = hashed if hashed.get("mark") == mark else {"mark": mark, "line": _hash(entry, password, settings)}
    files.make_folder(layout.STATE, 0o700)
    files.write_if_different(HASHES, json.dumps(wanted), 0o600)
    return {file: f"{entry['line']}\n".encode() for file, entry in wanted.items()}


def _hash(entry: BasicAuth, password: str, settings: Settings) -> str:
    if not password or "\n" in password or len(password.encode()) > 72:
        raise refused(f"secrets/{entry.secret}", "must have 1 to 72 bytes in one line to be a password for basic auth")
    argv = ["docker", "run", "--rm", "--interactive", "--network", "none", settings.machine.edge.image, "caddy", "hash-password"]
    hashed = run(argv, stdin=password.encode() + b"\n", timeout=120)
    return f"{entry.user} {hashed.output.strip()}"


def _validate(wanted: Mapping[str, bytes], image: str) -> None:
    candidate = layout.EDGE / ".candidate"
    files.clear_folder(candidate)
    for path, content in wanted.items():
        files.draft(candidate / path, content, 0o640)
    argv = ["docker", "run", "--rm", "--network", "none", "--volume", f"{candidate}:/etc/caddy:ro", image]
    argv += ["caddy", "validate", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
    result = run(argv, check=False, timeout=120)
    if result.code != 0:
        lines = [line for line in result.last_lines if line.startswith("Error")] or result.last_lines[-5:]
        raise HostError([Fault("Caddyfile", "Caddy refuses it", "the old one stays in force")], lines, REFUSED)


def _present() -> dict[str, bytes]:
    return {str(path.relative_to(FOLDER)): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}


def _write(wanted: Mapping[str, bytes], bundle: Bundle) -> None:
    files.make_folder(layout.EDGE / "log")
    files.write_if_different(COMPOSE, bundle.text("edge.yaml"))
    for path, content in wanted.items():
        files.write_if_different(FOLDER / path, content, 0o640)
    for path in set(_present()) - set(wanted):
        files.remove(FOLDER / path)


def _digest(wanted: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for path in sorted(wanted):
        total.update(path.encode() + b"\0" + wanted[path] + b"\0")
    return total.hexdigest()


def _up() -> None:
    run(_compose("up", "--detach", "--quiet-pull", "--remove-orphans"), timeout=300)


def _reload(container: Container) -> None:
    argv = ["docker", "exec", container.identity, "caddy", "reload"]
    argv += ["--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
    result = run(argv, check=False, timeout=60)
    if result.code != 0:
        raise command_failed(argv, result)


def _caddy() -> Container | None:
    found = containers.find(f"{containers.PROJECT}={PROJECT}", f"{containers.SERVICE}=caddy")
    return found[0] if found else None


def _compose(*arguments: str, file: Path = COMPOSE) -> list[str]:
    head = ["docker", "compose", "--project-name", PROJECT, "--project-directory", str(layout.EDGE)]
    return [*head, "--env-file", "/dev/null", "--file", str(file), *arguments]


def _log_lines(count: int) -> list[str]:
    """Caddy's last errors, as sentences, each once."""
    container = _caddy()
    if container is None:
        return []
    result = run(["docker", "logs", "--tail", "300", container.identity], check=False, timeout=30)
    lines: dict[str, None] = {}
    for line in (result.errors + result.output).splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and entry.get("level") in ("error", "fatal"):
            words = (f"{entry.get('msg')}:", entry.get("identifier", ""), entry.get("error", ""))
            lines[" ".join(filter(None, ("caddy |", *words)))[:400]] = None
    return list(lines)[-count:]
