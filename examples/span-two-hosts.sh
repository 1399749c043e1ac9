#!/usr/bin/env bash
# A network that spans both hosts of a pool: one tunnel a host, checked and taken down again. It runs on a served fake pool,
# which it starts and stops; against a real pool, set XE_EXTRA_ARGS yourself and leave out the two marked lines.
set -euo pipefail
cd "$(dirname "$0")/.."
xe() { node dist/xe-tunnel.js "$@"; }

eval "$(xe fake-host-serve listen=127.0.0.1:0 --background)" # fake pool only
trap 'kill "$XE_TUNNEL_FAKE_PID"' EXIT                       # fake pool only

fail() { echo "$*" >&2; exit 1; }

IFS=, read -ra hosts <<<"$(xe host-list --minimal)"
[ "${#hosts[@]}" -eq 2 ] || fail "expected two hosts, found ${#hosts[@]}"

network=$(xe network-create name-label='Spans both hosts')
access=()
for host in "${hosts[@]}"; do
  transport=$(xe pif-list host-uuid="$host" device=eth0 --minimal)
  access+=("$(xe tunnel-create pif-uuid="$transport" network-uuid="$network")")
done

IFS=, read -ra tunnels <<<"$(xe tunnel-list --minimal)"
[ "${#tunnels[@]}" -eq 2 ] || fail "expected two tunnels, found ${#tunnels[@]}"
for pif in "${access[@]}"; do
  [ "$(xe pif-param-get uuid="$pif" param-name=currently-attached)" = true ] || fail "$pif is not attached"
  tunnel=$(xe tunnel-list access-PIF="$pif" --minimal)
  [ "$(xe tunnel-param-get uuid="$tunnel" param-name=protocol)" = gre ] || fail "$tunnel is not a GRE tunnel"
done

# The network cannot go while tunnels end on it.
if xe network-destroy uuid="$network" 2>/dev/null; then fail 'the network went although tunnels end on it'; fi

for tunnel in "${tunnels[@]}"; do xe tunnel-destroy uuid="$tunnel"; done
xe network-destroy uuid="$network"
[ -z "$(xe tunnel-list --minimal)" ] || fail 'tunnels are left'
[ -z "$(xe network-list uuid="$network" --minimal)" ] || fail 'the network is left'
echo 'A network spanned both hosts, and nothing of it is left.'
