#!/bin/sh
# Written by single-host. Runs before each start of Docker; Docker adopts a DOCKER-USER chain that it finds.
# Chains of our own are filled in one transaction: there is no moment without rules.
set -eu

metadata=169.254.169.254

ensure_jump() { # command, chain, jump...
  command=$1 chain=$2
  shift 2
  "$command" -w 10 -C "$chain" "$@" 2>/dev/null || "$command" -w 10 -I "$chain" 1 "$@"
}

# Published ports pass ufw by: from outside, only the edge's are open. Containers never reach the metadata address.
published() { # command
  "$1" -w 10 -N DOCKER-USER 2>/dev/null || true
  {
    echo '*filter'
    echo ':SINGLE-HOST - [0:0]'
    [ "$1" = ip6tables ] || echo "-A SINGLE-HOST -d $metadata/32 -j REJECT"
    echo '-A SINGLE-HOST -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN'
    for bridge in br-+ docker+ edge0; do echo "-A SINGLE-HOST -i $bridge -j RETURN"; done
    for port in 'tcp --ctorigdstport 80' 'tcp --ctorigdstport 443' 'udp --ctorigdstport 443'; do
      echo "-A SINGLE-HOST -m conntrack --ctproto $port -j RETURN"
    done
    echo '-A SINGLE-HOST -j DROP'
    echo COMMIT
  } | "$1-restore" -w 10 --noflush
  ensure_jump "$1" DOCKER-USER -j SINGLE-HOST
}

# User data is readable at the metadata address: for root (cloud-init) and the cloud's own agent only.
host_processes() {
  {
    echo '*filter'
    echo ':SINGLE-HOST-METADATA - [0:0]'
    for user in root do-agent; do
      if id -u "$user" >/dev/null 2>&1; then echo "-A SINGLE-HOST-METADATA -m owner --uid-owner $user -j RETURN"; fi
    done
    echo '-A SINGLE-HOST-METADATA -j REJECT'
    echo COMMIT
  } | iptables-restore -w 10 --noflush
  ensure_jump iptables OUTPUT -d "$metadata/32" -j SINGLE-HOST-METADATA
}

published iptables
host_processes
if [ -e /proc/net/if_inet6 ] && ip6tables -w 10 -S >/dev/null 2>&1; then published ip6tables; fi
