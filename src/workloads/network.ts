import { pass } from "../model/check.ts";
import { guestSaid } from "./example.ts";
import { guestCheck } from "./guest-check.ts";
import type { Node, Workload } from "./workload.ts";

const title = "The network link is up and a packet comes back";
const modules = ["virtio_net"];
const nodes: readonly Node[] = [{ path: "/dev/net/tun", absent: "infra.no-tun", absentInVm: "host.device-missing" }];

/** Documentation's own network (RFC 5737), so that it is nobody's. */
const testbedAddress = "192.0.2.1";
const guestAddress = "192.0.2.2";

const link = ["network driver=virtio_net", "network carrier=1", "network state=up", "network mac=as given"];

export const network: Workload = {
  id: "network",
  title,
  modules,
  nodes,
  descriptors: ({ tap, vhostNet }) => [
    "--tap",
    `network=${tap}@${testbedAddress}`,
    ...(vhostNet ? ["--open", "network-vhost=/dev/vhost-net"] : []),
  ],
  devices: ({ mac, nested, vhostNet }) => [
    "-netdev",
    `tap,id=network-0,${vhostNet ? "vhost=on,vhostfds={network-vhost}," : ""}fds={network}`,
    "-device",
    `driver=virtio-net-pci,netdev=network-0,mac=${mac},bus=pcie.0,disable-modern=${nested},mq=on,vectors=4`,
  ],
  script: `
until link=$(grep -lx "$mac" /sys/class/net/*/address 2>/dev/null); do sleep 0.1; done
link=\${link%/address}
mark mac "as given"
driver=$(readlink "$link/device/driver")
mark driver "\${driver##*/}"
ip link set "\${link##*/}" up
ip addr add ${guestAddress}/30 dev "\${link##*/}"
until read -r carrier <"$link/carrier" && [ "$carrier" = 1 ]; do sleep 0.1; done
mark carrier 1
mark_first state "$link/operstate"
until reply=$(ping -c 1 -W 2 ${testbedAddress} 2>&1); do mark error "\${reply##*"$newline"}"; sleep 0.2; done
before=\${reply%%seq=*} after=\${reply#*seq=}
mark reply "\${before##*"$newline"}seq=\${after%%"$newline"*}"
`,
  check: guestCheck({
    id: "network",
    title,
    modules,
    nodes,
    code: "guest.network",
    prove: (said, { steps }) => {
      if (!said.has("mac")) return "The guest has no network link with the address that it was given";
      if (said.get("driver") !== "virtio_net") return `The driver of the link is ${said.get("driver")}`;
      if (!said.has("carrier")) return "The link has no carrier";
      if (!said.has("reply")) return `No packet came back: ${said.get("error") ?? "the guest never said"}`;
      const vhost = steps["guest.vmm"]?.argv.some(argument => argument.includes("vhostfds=")) ?? false;
      return pass(`Link up with the MAC given, ${said.get("reply")}, ${vhost ? "over" : "without"} vhost-net`);
    },
    examples: {
      pass: guestSaid([...link, "network reply=64 bytes from 192.0.2.1: seq=0 ttl=64 time=1.2 ms"]),
      fail: guestSaid([...link, "network error=1 packets transmitted, 0 packets received, 100% packet loss"]),
    },
  }),
};
