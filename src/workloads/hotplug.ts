import { because, pass } from "../model/check.ts";
import { diagnoseQemu } from "../vmms/qemu-trouble.ts";
import { exampleNonce, guestSaid, printed } from "./example.ts";
import { guestCheck } from "./guest-check.ts";
import { unseen } from "./looked.ts";
import { lines, type Told } from "./marks.ts";
import type { Boot, Workload } from "./workload.ts";

const title = "A block device that is plugged in while the guest runs is seen and reads as it was written";
const modules = ["virtio_scsi", "sd_mod"];
const bytes = 64 * 1024;

/**
 * As Kata plugs a volume in by default: a SCSI disk on the controller that is there from the start, which needs no hotplug
 * of PCI; the agent has the guest's SCSI host look at the one address.
 */
const dialogue = ({ folder, aio }: Boot): readonly object[] => [
  { execute: "qmp_capabilities" },
  {
    execute: "blockdev-add",
    arguments: {
      driver: "raw",
      "node-name": "drive-hotplug",
      "read-only": false,
      file: { driver: "file", filename: `${folder}/hotplug.img`, aio },
    },
  },
  {
    execute: "device_add",
    arguments: {
      id: "virtio-drive-hotplug",
      driver: "scsi-hd",
      drive: "drive-hotplug",
      bus: "scsi0.0",
      "scsi-id": 0,
      lun: 0,
      "share-rw": true,
    },
  },
];

/** What the VMM refused, as its own words. */
function refusal({ steps }: Told): string {
  const said = steps["guest.hotplug"]?.stdout ?? "";
  return said.split("\n").find(line => line.includes('"error"') && !line.includes('"timestamp"')) ?? "";
}

const example = (said: readonly string[], answers: string) =>
  guestSaid(["hotplug waiting=yes", ...said], {
    "guest.testbed": printed("hotplug.img aa\n"),
    "guest.hotplug": printed(answers),
  });

export const hotplug: Workload = {
  id: "hotplug",
  title,
  modules,
  files: folder => [{ path: `${folder}/hotplug.img`, bytes }],
  devices: ({ nested }) => ["-device", `virtio-scsi-pci,id=scsi0,disable-modern=${nested}`],
  script: `
until [ -e /sys/class/scsi_host/host0 ]; do sleep 0.1; done
set -- /sys/block/sd*
[ -e "$1" ] || shift
mark before $#
mark waiting yes
until [ -e /sys/block/sda ] && [ -b /dev/sda ]; do
  for host in /sys/class/scsi_host/*; do echo "0 0 0" >"$host/scan"; done
  sleep 0.1
done
mark disk sda
read -r sectors </sys/block/sda/size
mark bytes "$((sectors * 512))"
mark_first nonce /dev/sda
mark_sum read /dev/sda
`,
  during: boot => ({
    once: "waiting=yes",
    step: {
      id: "guest.hotplug",
      command: {
        argv: [boot.standin, "talk", `${boot.folder}/qmp.sock`, `${boot.folder}/vmm.pid`, String(boot.patienceMs)],
        stdin: dialogue(boot)
          .map(line => `${JSON.stringify(line)}\n`)
          .join(""),
        timeoutMs: boot.patienceMs + 10_000,
      },
    },
  }),
  check: guestCheck({
    id: "hotplug",
    title,
    modules,
    code: "guest.hotplug",
    prove: (said, told) => {
      const refused = refusal(told);
      const why = refused && diagnoseQemu({ ending: { kind: "exited", code: 0 }, stderr: refused });
      if (why) return because(why.code, why.message, why.detail);
      if (refused) return `The VMM refused: ${refused.slice(0, 300)}`;
      if (!said.has("waiting")) return "The guest has no virtio SCSI host";
      if (said.get("before") !== "0") return "The guest had a SCSI disk before one was plugged in";
      if (!said.has("disk")) return "The guest did not see the disk that was plugged in";
      if (said.get("bytes") !== String(bytes)) return `The guest sees ${said.get("bytes")} bytes, there are ${bytes}`;
      const unknown = unseen(told, "guest.testbed", ["hotplug.img"]);
      if (unknown) return unknown;
      if (
        said.get("nonce") !== told.facts.nonce ||
        said.get("read") !== lines(told, "guest.testbed").get("hotplug.img")
      )
        return "The guest reads other bytes than the testbed wrote";
      return pass(`scsi-hd plugged in over QMP became /dev/sda: ${bytes} bytes, the testbed's, the nonce among them`);
    },
    examples: {
      pass: example(
        [
          "hotplug before=0",
          "hotplug disk=sda",
          `hotplug nonce=${exampleNonce}`,
          "hotplug bytes=65536",
          "hotplug read=aa",
        ],
        '{"return": {}}\n{"return": {}}\n{"return": {}}\n',
      ),
      fail: example(
        ["hotplug before=0"],
        `{"return": {}}\n{"return": {}}\n{"error": {"class": "GenericError", "desc": "'scsi-hd' is not a valid device model name"}}\n`,
      ),
    },
  }),
};
