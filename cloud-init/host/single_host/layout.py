"""Where everything lives on the server. One place, so that a reader (and a test) can find or move it."""

from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent  # /opt/single-host/<sha>, fixed for the life of this process
PACKAGE_FILES = Path(__file__).resolve().parent / "files"
PROGRAMS = Path("/opt/single-host")
COMMAND = Path("/usr/local/bin/single-host")

SETTINGS = Path("/etc/single-host/host.json")

STATE = Path("/var/lib/single-host")  # 0700 root: the only place on disk that holds secrets
CACHE = Path("/var/cache/single-host")
SRV = Path("/srv")
EDGE = SRV / "edge"
VOLUME = SRV / "volume"  # the data volume, when there is one

RUN = Path("/run/single-host")
INCOMING = RUN / "incoming"  # 0700 deploy, on tmpfs: what Terraform uploads
UPSTREAMS = RUN / "upstreams"  # dnsmasq's --hostsdir
CHOICES = RUN / "choices"  # which containers of a service get requests, while it is being replaced
LOCK = RUN / "lock"  # not in /run/lock, where anybody could hold it

DOCKER_SOCKET = Path("/run/docker.sock")
