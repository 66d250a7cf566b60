import { furniture, type Lane } from "../../kata/lane.ts";
import type { Step } from "../../model/command.ts";

const words = ({ folder, volume, standin, network, nonce }: Lane): string[] => [
  ...[furniture.busybox, standin, folder, volume, nonce],
  ...[network.namespace, network.address, network.peer, String(network.port), network.link],
];

/**
 * Makes what a lane's containers are given: the volume, and a network namespace whose `eth0` is one end of a veth pair. The
 * other end is in a namespace of its own, so that nothing of the testbed's network is touched; a program there says the
 * nonce to whoever connects, and writes down the first line that it is told.
 */
export const makeSetting = (lane: Lane): Step => ({
  id: `${lane.name}.setting`,
  command: { argv: ["sh", "-c", makeScript, "sh", ...words(lane)], timeoutMs: 20_000 },
});

const makeScript = `
busybox=$1 standin=$2 folder=$3 volume=$4 nonce=$5 namespace=$6 address=$7 peer=$8 port=$9 link=\${10}
set -e
mkdir -p "$volume" "\${namespace%/*}"
cat >"$folder/answer" <<END
#!$busybox sh
echo "nonce $nonce"
read -r line && echo "\\$line" >>$folder/heard
END
chmod 755 "$folder/answer"
: >"$namespace"
cat >"$folder/listen" <<END
until $busybox ip link set lo up && $busybox ip link show $link >/dev/null 2>&1; do $busybox usleep 20000; done
$busybox ip addr add $peer/24 dev $link
$busybox ip link set $link up
exec $busybox nc -ll -p $port -e $folder/answer
END
"$standin" spawn "$folder/listen.pid" "$folder/listen.log" -- "$busybox" unshare -n "$busybox" sh "$folder/listen" >/dev/null
read -r pid <"$folder/listen.pid"
own=$(readlink /proc/self/ns/net)
until [ "$(readlink "/proc/$pid/ns/net")" != "$own" ]; do "$busybox" usleep 20000; done
"$busybox" unshare -n "$busybox" sh -c '
  set -e
  busybox=$1 namespace=$2 address=$3 peer=$4 link=$5 pid=$6
  "$busybox" mount -o bind /proc/self/ns/net "$namespace"
  "$busybox" ip link set lo up
  "$busybox" ip link add eth0 type veth
  "$busybox" ip link set veth0 name "$link"
  "$busybox" ip link set "$link" netns "$pid"
  "$busybox" ip addr add "$address/24" dev eth0
  "$busybox" ip link set eth0 up
  "$busybox" ip route add default via "$peer"
' sh "$busybox" "$namespace" "$address" "$peer" "$link" "$pid"
echo "setting made"
`;

/** Takes away what was made, whether or not all of it was. */
export const removeSetting = (lane: Lane): Step => ({
  id: `${lane.name}.setting-removed`,
  command: { argv: ["sh", "-c", removeScript, "sh", ...words(lane)], timeoutMs: 20_000 },
});

const removeScript = `
busybox=$1 folder=$3 namespace=$6
[ -e "$folder/listen.pid" ] && kill -KILL "$(cat "$folder/listen.pid")"
[ -e "$namespace" ] && "$busybox" umount "$namespace"
rm -f "$namespace"
rm -rf "$folder"
[ ! -e "$folder" ] && [ ! -e "$namespace" ] && echo "setting removed"
`;
