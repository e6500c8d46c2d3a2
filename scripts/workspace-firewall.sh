#!/usr/bin/env bash
# Keep workspaces from the services of the Docker host, from private networks and from cloud metadata.
#
#   scripts/workspace-firewall.sh install [ADDRESS[/BITS] | host:PORT ...]    set the rules (again), with exceptions
#   scripts/workspace-firewall.sh remove | status
#
# No Docker network option does this. Run it as root on the host whose Docker runs the workspaces; before or after they
# start, since it matches their bridges by name (gws…). Rules are lost at a reboot: run it from a start-up unit.
# Exceptions: addresses or networks beyond the host (a private git server, Coder on the LAN), `host:PORT` for a TCP port
# of the host itself (Coder on this host). The gateway needs none: it is reached through the door.
set -euo pipefail

bridges=gws+
to_host=GATEWAY-WS-HOST
to_private=GATEWAY-WS-OUT
# Private and link-local networks, with them the metadata of AWS, Google Cloud, Azure, Oracle, OpenStack, … (169.254.169.254), of AWS's
# tasks (169.254.170.2) and Alibaba's (100.100.100.200); then what lies outside of them: this network, protocol assignments with Oracle's
# older metadata (192.0.0.192), benchmark networks, Azure's wire server, which hands out certificates and extensions' settings, IBM
# Cloud's service network, and addresses that are nobody's on the internet but may be somebody's in a cloud.
private=(10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16
  0.0.0.0/8 192.0.0.0/24 198.18.0.0/15 168.63.129.16/32 161.26.0.0/16 166.8.0.0/14 240.0.0.0/4)
# Unique local addresses (AWS's metadata fd00:ec2::254, Google's fd20:ce::254, Oracle's fd00:c1::a9fe:a9fe), link-local ones, and those
# that stand for an IPv4 address.
private6=(fc00::/7 fe80::/10 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2002::/16)

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "workspace-firewall: $*"
  exit 1
}
rule() { iptables --wait "$@"; }
exists() { rule -n -L "$1" >/dev/null 2>&1; }
v6() { command -v ip6tables >/dev/null && ip6tables --wait -n -L INPUT >/dev/null 2>&1; }

need() {
  [[ $(uname -s) == Linux ]] || fail 'only Linux hosts have these rules; on another system Docker runs in a virtual machine'
  ((EUID == 0)) || fail 'only root can set firewall rules'
  command -v iptables >/dev/null || fail 'iptables is missing; install it (Docker itself uses it)'
}

remove() {
  local chain
  while rule -D INPUT -i $bridges -j $to_host 2>/dev/null; do :; done
  while rule -D DOCKER-USER -i $bridges -j $to_private 2>/dev/null; do :; done
  for chain in $to_host $to_private; do
    if exists "$chain"; then
      rule -F "$chain"
      rule -X "$chain"
    fi
  done
  v6 || return 0
  while ip6tables --wait -D INPUT -i $bridges -j DROP 2>/dev/null; do :; done
  while ip6tables --wait -D FORWARD -i $bridges -j $to_private 2>/dev/null; do :; done
  if ip6tables --wait -n -L $to_private >/dev/null 2>&1; then
    ip6tables --wait -F $to_private
    ip6tables --wait -X $to_private
  fi
}

install_rules() {
  local exception port server network
  for exception in "$@"; do
    [[ $exception =~ ^host:[0-9]{1,5}$ || $exception =~ ^[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?$ ]] ||
      fail "\"$exception\" is no exception; write an IPv4 address, a network such as 10.1.2.0/24, or host:PORT"
  done
  exists DOCKER-USER || fail 'there is no chain DOCKER-USER; start Docker first, with its iptables support on'
  remove

  rule -N $to_host
  rule -A $to_host -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
  for exception in "$@"; do
    [[ $exception == host:* ]] || continue
    port=${exception#host:}
    rule -A $to_host -p tcp --dport "$port" -j RETURN
  done
  rule -A $to_host -j REJECT --reject-with icmp-admin-prohibited

  rule -N $to_private
  rule -A $to_private -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
  # A workspace and its door share a bridge; Docker itself keeps bridges apart.
  rule -A $to_private -o $bridges -j RETURN
  # Docker asks these on behalf of a container, from the container's own network.
  while read -r server; do
    rule -A $to_private -d "$server" -p udp --dport 53 -j RETURN
    rule -A $to_private -d "$server" -p tcp --dport 53 -j RETURN
  done < <(name_servers)
  for exception in "$@"; do
    [[ $exception == host:* ]] || rule -A $to_private -d "$exception" -j RETURN
  done
  for network in "${private[@]}"; do rule -A $to_private -d "$network" -j REJECT --reject-with icmp-admin-prohibited; done

  rule -I INPUT -i $bridges -j $to_host
  rule -I DOCKER-USER -i $bridges -j $to_private
  if v6; then install_v6; fi
  say 'workspace-firewall: workspaces no longer reach this host, private networks or cloud metadata'
}

# Where systemd-resolved runs, Docker takes the servers that are behind it.
name_servers() {
  cat /etc/resolv.conf /run/systemd/resolve/resolv.conf 2>/dev/null |
    sed -nE 's/^nameserver[[:space:]]+([0-9.]+)[[:space:]]*$/\1/p' | sort -u
}

# Docker's own chain for users exists for IPv6 only where Docker filters it.
install_v6() {
  local network
  ip6tables --wait -I INPUT -i $bridges -j DROP
  ip6tables --wait -N $to_private
  ip6tables --wait -A $to_private -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
  ip6tables --wait -A $to_private -o $bridges -j RETURN
  for network in "${private6[@]}"; do ip6tables --wait -A $to_private -d "$network" -j REJECT; done
  ip6tables --wait -I FORWARD -i $bridges -j $to_private
}

status() {
  if rule -C INPUT -i $bridges -j $to_host 2>/dev/null && rule -C DOCKER-USER -i $bridges -j $to_private 2>/dev/null; then
    rule -S $to_host
    rule -S $to_private
  else
    fail 'the rules are not set; run: scripts/workspace-firewall.sh install'
  fi
}

case "${1:-}" in
  install)
    need
    install_rules "${@:2}"
    ;;
  remove)
    need
    remove
    ;;
  status)
    need
    status
    ;;
  *)
    sed -n '2,11p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
