#!/usr/bin/env bash
# A PostgreSQL cluster that survives the loss of a machine, on one machine: three network namespaces with etcd, Patroni
# and PostgreSQL each, a fourth with HAProxy. To try and to measure, with an empty database; not for a county's data:
# whoever reaches the bridge needs no password. docs/availability.md says what differs on three real machines.
#
#   cluster.sh missing             what is not installed; nothing and status 0 if it can run here
#   cluster.sh up FOLDER           make the network, start everything, wait for a leader and its synchronous replica
#   cluster.sh status              what Patroni says of its members, as JSON
#   cluster.sh leader | sync       the node that leads; the one that holds all that was acknowledged
#   cluster.sh kill NODE           SIGKILL to every process of a node: the machine is gone
#   cluster.sh start FOLDER NODE   the machine is there again
#   cluster.sh cut NODE | mend NODE    pull its network cable, and put it back
#   cluster.sh down                end everything and take the network away
set -euo pipefail

nodes=(1 2 3)
net=10.231.77
bridge=linliha
proxy=10
binaries=/usr/lib/postgresql/15/bin

ns() { echo "linliha$1"; }
address() { echo "$net.$1"; }
# In the namespace of a node, as the user of Debian's PostgreSQL, who may not be root.
at() { local node=$1; shift; ip netns exec "$(ns "$node")" setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"; }

missing() {
    local absent=()
    [ "$(id -u)" = 0 ] || absent+=("root (for network namespaces)")
    command -v ip >/dev/null || absent+=("iproute2")
    command -v curl >/dev/null || absent+=("curl")
    command -v etcd >/dev/null || absent+=("etcd-server")
    command -v patroni >/dev/null || absent+=("patroni")
    command -v haproxy >/dev/null || absent+=("haproxy")
    [ -x "$binaries/postgres" ] || absent+=("postgresql-15")
    if [ ${#absent[@]} -eq 0 ] && ! { ip netns add linlihatry && ip netns del linlihatry; } 2>/dev/null; then
        absent+=("leave to make network namespaces")
    fi
    [ ${#absent[@]} -eq 0 ] && return
    (IFS=','; echo "${absent[*]}")
    return 1
}

join() {  # node: a namespace with a cable to the bridge
    local cable="$bridge$1"
    ip netns add "$(ns "$1")"
    ip link add "$cable" type veth peer name eth0 netns "$(ns "$1")"
    ip link set "$cable" master "$bridge" up
    ip -n "$(ns "$1")" link set lo up
    ip -n "$(ns "$1")" addr add "$(address "$1")/24" dev eth0
    ip -n "$(ns "$1")" link set eth0 up
}

network() {
    if ip -4 addr show | grep -q " $net\."; then echo "The network $net.0/24 is in use here." >&2; exit 1; fi
    ip link add "$bridge" type bridge
    ip addr add "$net.254/24" dev "$bridge"
    ip link set "$bridge" up
    for node in "${nodes[@]}" "$proxy"; do join "$node"; done
}

configure() {  # folder: one of each kind of file for each node
    local folder=$1 members="" node
    for node in "${nodes[@]}"; do members+="n$node=http://$(address "$node"):2380,"; done
    echo "${members%,}" >"$folder/members"
    for node in "${nodes[@]}"; do
        mkdir -p "$folder/n$node"
        sed -e "s|@NODE@|$node|g" -e "s|@NET@|$net|g" -e "s|@FOLDER@|$folder|g" -e "s|@BINARIES@|$binaries|g" \
            "$(dirname "$0")/patroni.yml" >"$folder/n$node/patroni.yml"
        chown -R postgres:postgres "$folder/n$node"
    done
    sed -e "s|@NET@|$net|g" "$(dirname "$0")/haproxy.cfg" >"$folder/haproxy.cfg"
}

start() {  # folder, node
    local folder=$1 node=$2 home="$1/n$2" state=new ip
    ip=$(address "$node")
    [ -d "$home/etcd" ] && state=existing
    at "$node" etcd --name "n$node" --data-dir "$home/etcd" --initial-cluster-token linli \
        --enable-v2 --listen-peer-urls "http://$ip:2380" --initial-advertise-peer-urls "http://$ip:2380" \
        --listen-client-urls "http://$ip:2379,http://127.0.0.1:2379" --advertise-client-urls "http://$ip:2379" \
        --initial-cluster "$(cat "$folder/members")" --initial-cluster-state "$state" \
        >>"$home/etcd.log" 2>&1 </dev/null &
    at "$node" patroni "$home/patroni.yml" >>"$home/patroni.log" 2>&1 </dev/null &
}

ask() {  # path: of whichever node answers
    local node
    for node in "${nodes[@]}"; do
        curl -fsS --max-time 2 "http://$(address "$node"):8008$1" 2>/dev/null && return
    done
    return 1
}

member() {  # word of Patroni for a role
    ask /cluster | python3 -c '
import json, sys
known = json.load(sys.stdin)["members"]
print(next((one["name"][1:] for one in known if one["role"] == sys.argv[1] and one["state"] in ("running", "streaming")), ""))
' "$1"
}

wait_until_safe() {
    local try
    for try in $(seq 240); do
        [ -n "$(member leader 2>/dev/null)" ] && [ -n "$(member sync_standby 2>/dev/null)" ] && return
        sleep 1
    done
    echo "No leader with a synchronous replica after four minutes; see the logs in the folder." >&2
    exit 1
}

down() {
    local node
    for node in "${nodes[@]}" "$proxy"; do
        # The kernel takes a namespace away in its own time; its cable would be in the way of the next one.
        ip link del "$bridge$node" 2>/dev/null || true
        [ -e "/run/netns/$(ns "$node")" ] || continue
        # Only what runs in this namespace, which is ours.
        ip netns pids "$(ns "$node")" | xargs -r kill -9
        ip netns del "$(ns "$node")"
    done
    if ip link show "$bridge" >/dev/null 2>&1; then ip link del "$bridge"; fi
}

up() {
    missing >/dev/null || { echo "It cannot run here. Missing: $(missing || true)" >&2; exit 1; }
    local folder=$1
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    chmod 711 "$folder"
    network
    configure "$folder"
    for node in "${nodes[@]}"; do start "$folder" "$node"; done
    ip netns exec "$(ns "$proxy")" haproxy -f "$folder/haproxy.cfg" >>"$folder/haproxy.log" 2>&1 </dev/null &
    wait_until_safe
}

case "${1:-}" in
    missing) missing ;;
    up) up "$2" ;;
    status) ask /cluster; echo ;;
    leader) member leader ;;
    sync) member sync_standby ;;
    kill) ip netns pids "$(ns "$2")" | xargs -r kill -9 ;;
    start) start "$(cd "$2" && pwd)" "$3" ;;
    cut) ip link set "$bridge$2" down ;;
    mend) ip link set "$bridge$2" up ;;
    safe) wait_until_safe ;;
    down) down ;;
    *) sed -n '2,16s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
