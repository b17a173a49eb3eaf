"""The metadata service of every simulated server. Servers are told apart by their address; each sees only the paths
of its own cloud: /metadata/v1 on DigitalOcean, /hetzner/v1 on Hetzner.

Usage: metadata.py FOLDER, with one file a server: <address>.json.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Specification = dict[str, Any]

# the plain-text tree spells some keys of the JSON document differently
TREE_NAMES = {
    "id": "droplet_id",
    "user-data": "user_data",
    "vendor-data": "vendor_data",
    "public-keys": "public_keys",
    "auth-key": "auth_key",
    "address": "ip_address",
}
JSON_NAMES = {name: tree for tree, name in TREE_NAMES.items()}


def digitalocean(server: Specification) -> Specification:
    """The document that DigitalOcean serves as /metadata/v1.json."""
    public: Specification = {
        "ipv4": {
            "ip_address": server["ipv4"],
            "netmask": server["netmask"],
            "gateway": server["gateway"],
        },
        "mac": server["mac"],
        "type": "public",
    }
    if server["ipv6"]:
        public["ipv6"] = {
            "ip_address": server["ipv6"]["address"],
            "cidr": 64,
            "gateway": server["ipv6"]["gateway"],
        }
    return {
        "droplet_id": server["id"],
        "hostname": server["name"],
        "vendor_data": server["vendorData"],
        "user_data": server["userData"],
        "public_keys": server["publicKeys"],
        "auth_key": "0" * 32,
        "region": server["region"],
        "interfaces": {"public": [public]},
        "floating_ip": {"ipv4": {"active": False}},
        "reserved_ip": {"ipv4": {"active": False}},
        "dns": {"nameservers": server["nameServers"]},
        "tags": server["tags"] or None,
        "features": {"dhcp_enabled": False},
    }


def digitalocean_tree(server: Specification, path: list[str]) -> str | None:
    """One place of DigitalOcean's tree as text: a value, or the names below it."""
    value: Any = digitalocean(server)
    for step in filter(None, path):
        key = TREE_NAMES.get(step, step)
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return None
    if isinstance(value, dict):
        return "\n".join(listed(name, child) for name, child in value.items())
    if isinstance(value, list):
        return "\n".join(listed(str(place), item) if isinstance(item, dict) else str(item) for place, item in enumerate(value))
    return None if value is None else str(value)


def listed(name: str, value: object) -> str:
    """A name in a listing; what has names below it ends with a slash."""
    return JSON_NAMES.get(name, name) + ("/" if isinstance(value, dict) or name in {"public", "private"} else "")


# Hetzner's locations: their network zone, and their data center as the metadata names it
LOCATIONS = {
    "fsn1": ("eu-central", "fsn1-dc14"),
    "nbg1": ("eu-central", "nbg1-dc3"),
    "hel1": ("eu-central", "hel1-dc2"),
    "ash": ("us-east", "ash-dc1"),
    "hil": ("us-west", "hil-dc1"),
    "sin": ("ap-southeast", "sin-dc1"),
}


def hetzner(server: Specification) -> Specification:
    """The document that Hetzner serves as /hetzner/v1/metadata; JSON is YAML."""
    subnets: list[Specification] = [
        {
            "ipv4": True,
            "type": "static",
            "address": server["ipv4"],
            "netmask": server["netmask"],
            "gateway": server["gateway"],
        }
    ]
    if server["ipv6"]:
        ipv6 = server["ipv6"]
        subnets.append(
            {
                "ipv6": True,
                "type": "static",
                "address": f"{ipv6['address']}/{ipv6['prefixLength']}",
                "gateway": ipv6["gateway"],
            }
        )
    interface = {
        "type": "physical",
        "name": "eth0",
        "mac_address": server["mac"],
        "subnets": subnets,
    }
    names = {"type": "nameserver", "address": server["nameServers"]}
    zone, data_center = LOCATIONS.get(server["region"], ("", server["region"]))
    return {
        "instance-id": server["id"],
        "hostname": server["name"],
        "region": zone,
        "availability-zone": data_center,
        "local-ipv4": "",
        "public-ipv4": server["ipv4"],
        "public-keys": server["publicKeys"],
        "vendor_data": server["vendorData"],
        "network-config": {"version": 1, "config": [interface, names]},
    }


def hetzner_answer(server: Specification, path: str) -> str | None:
    """What Hetzner answers at a path below /hetzner/v1/."""
    if path == "userdata":
        return str(server["userData"])
    if path == "metadata":
        return json.dumps(hetzner(server))
    if path == "metadata/private-networks":
        return "[]"
    value = hetzner(server).get(path.removeprefix("metadata/"))
    return value if isinstance(value, str) or value is None else json.dumps(value)


def answer(server: Specification, path: str) -> str | None:
    """The text at a path, None where the server's cloud has nothing."""
    if server["vendor"] == "Hetzner":
        return hetzner_answer(server, path.removeprefix("/hetzner/v1/")) if path.startswith("/hetzner/v1/") else None
    if path == "/metadata/v1.json":
        return json.dumps(digitalocean(server))
    root, *steps = path.removeprefix("/metadata/").split("/")
    return digitalocean_tree(server, steps) if path.startswith("/metadata/") and root == "v1" else None


class Metadata(BaseHTTPRequestHandler):
    """Answers the server that asks with what is its own."""

    def do_GET(self) -> None:
        """Answers 404 to strangers and for what the cloud has not got."""
        try:
            server = json.loads((Path(sys.argv[1]) / f"{self.client_address[0]}.json").read_text())
        except FileNotFoundError:
            self.send_error(404)
            return
        text = answer(server, self.path.rstrip("/"))
        if text is None:
            self.send_error(404)
            return
        body = text.encode()
        self.send_response(200 if body or server["vendor"] != "Hetzner" else 204)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    ThreadingHTTPServer(("169.254.169.254", 80), Metadata).serve_forever()
