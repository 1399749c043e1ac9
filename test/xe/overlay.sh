#!/bin/bash
# Spans a private network over every host of a pool that can carry it, reports, and takes it down again. Needs: bash, xe.
# Usage: overlay.sh NAME
set -u
NAME=${1:-overlay}
WARNINGS=0

say()  { printf '%s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; WARNINGS=$((WARNINGS + 1)); }
die()  { printf 'error: %s\n' "$*" >&2; exit 2; }

# The value of a field, or of a key of one.
field() { xe "$1-param-get" uuid="$2" param-name="$3" ${4:+param-key="$4"}; }

# --- the pool as it is -------------------------------------------------------
POOL=$(xe pool-list --minimal) || die "no pool"
MASTER=$(xe pool-list params=master --minimal)
HOSTS=$(xe host-list params=uuid --minimal)
say "pool $(field pool "$POOL" name-label), coordinator $(field host "$MASTER" name-label)"

IFS=','
count=0
for host in $HOSTS; do
  count=$((count + 1))
  say "host $(field host "$host" name-label): $(field host "$host" enabled)"
done
unset IFS
say "$count hosts"

# --- the network -------------------------------------------------------------
if [ -n "$(xe network-list name-label="$NAME" --minimal)" ]; then
  die "there is a network called $NAME"
fi
NET=$(xe network-create name-label="$NAME" name-description="spans $count hosts, made by $0" 2>&1) || die "$NET"
xe network-param-set uuid="$NET" other-config:automation=overlay other-config:owner="team a"
xe network-param-add uuid="$NET" param-name=tags param-key=private
say "network $(field network "$NET" name-label): $(field network "$NET" other-config owner), $(field network "$NET" tags)"

# --- one tunnel a host -------------------------------------------------------
IFS=',' read -r -a all <<< "$HOSTS"
for host in "${all[@]}"; do
  label=$(field host "$host" name-label)
  carrier=
  for device in eth0 eth1 eth2; do
    pif=$(xe pif-list host-uuid="$host" device="$device" physical=true --minimal)
    [ -n "$pif" ] || continue
    if [ "$(field pif "$pif" IP-configuration-mode)" = None ]; then
      warn "$label $device has no address"
      continue
    fi
    carrier=$pif
    break
  done
  [ -n "$carrier" ] || { warn "$label is left out"; continue; }
  access=$(xe tunnel-create pif-uuid="$carrier" network-uuid="$NET" protocol=vxlan) || { warn "$label: no tunnel"; continue; }
  say "$label: $(field pif "$carrier" device) carries $(field pif "$access" device)"
  # Once more is once too often.
  again=$(xe tunnel-create pif-uuid="$carrier" network-uuid="$NET" 2>&1) && die "$label has two tunnels"
  grep -q "^connected PIF: $access\$" <<< "$again" || warn "unexpected: $again"
done

# --- what has become of it ---------------------------------------------------
for pif in $(xe pif-list network-uuid="$NET" params=uuid --minimal | tr ',' ' '); do
  while IFS=: read -r key value; do
    case $key in
      *currently-attached*) say "attached:$value" ;;
      *MTU*) say "MTU:$value" ;;
    esac
  done < <(xe pif-list uuid="$pif" params=currently-attached,MTU)
done
xe tunnel-list params=protocol,status other-config:nothing=here
xe tunnel-list protocol=vxlan params=protocol
xe network-list uuid="$NET" params=name-label,name-description,tags,other-config
xe network-list other-config:automation=overlay params=name-label --minimal
xe pif-list network-uuid="$NET" params=device --minimal

# --- errors, on purpose ------------------------------------------------------
xe tunnel-destroy uuid=not-a-uuid || say "status $?"
xe tunnel-create network-uuid="$NET" || say "status $?"
xe tunnel-lst || say "status $?"
xe network-list nonsense=1 || say "status $?"
xe network-param-get uuid="$NET" param-name=other-config param-key=absent || say "status $?"
xe network-param-set uuid="$NET" bridge=xenbr9 || say "status $?"
xe network-param-get uuid="$NET" param-name=nothing || say "status $?"
xe network-list --minimal params="" || say "status $?"
xe tunnel-list minimal=perhaps || say "status $?"
xe tunnel-list -q || say "status $?"
xe tunnel-list -u || say "status $?"
xe network-list uuid="$NET" -pw wrong || say "status $?"
xe network-destroy uuid="$NET" 2>/dev/null || say "the network is in use"
xe tunnel-destroy uuid=$'two\nwords' --trace || say "status $?"
xe help tunnel-destroy no-such-command

# --- down again --------------------------------------------------------------
for tunnel in $(xe tunnel-list --minimal | sed 's/,/ /g'); do
  [ "$(field network "$NET" tags)" = private ] || continue
  xe tunnel-destroy uuid="$tunnel" || warn "tunnel $tunnel stays"
done
xe network-param-clear uuid="$NET" param-name=tags
xe network-destroy uuid="$NET" && say "gone: $NAME"
[ -z "$(xe tunnel-list --minimal)" ] || warn "tunnels are left"
say "$WARNINGS warnings"
exit $((WARNINGS > 0 ? 3 : 0))
