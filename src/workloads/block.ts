import { pass } from "../model/check.ts";
import { exampleNonce, guestSaid, printed } from "./example.ts";
import { guestCheck } from "./guest-check.ts";
import { unseen } from "./looked.ts";
import { lines } from "./marks.ts";
import type { Workload } from "./workload.ts";

const title = "A virtio block device reads as it was written";
const modules = ["virtio_blk"];
const bytes = 64 * 1024;
const serial = "kv-block";

const example = (read: string) =>
  guestSaid(["block disk=vda", `block nonce=${exampleNonce}`, "block bytes=65536", `block read=${read}`], {
    "guest.testbed": printed("block.img aa\n"),
  });

export const block: Workload = {
  id: "block",
  title,
  modules,
  files: folder => [{ path: `${folder}/block.img`, bytes }],
  devices: ({ folder, nested }) => [
    "-device",
    `virtio-blk-pci,disable-modern=${nested},drive=image-block,config-wce=off,share-rw=on,serial=${serial}`,
    "-drive",
    `id=image-block,file=${folder}/block.img,aio=threads,format=raw,if=none,readonly=on`,
  ],
  script: `
until disk=$(grep -lx ${serial} /sys/block/vd*/serial 2>/dev/null); do sleep 0.1; done
disk=\${disk#/sys/block/} disk=\${disk%/serial}
mark disk "$disk"
read -r sectors <"/sys/block/$disk/size"
mark bytes "$((sectors * 512))"
mark_first nonce "/dev/$disk"
mark_sum read "/dev/$disk"
`,
  check: guestCheck({
    id: "block",
    title,
    modules,
    code: "guest.block",
    prove: (said, told) => {
      if (!said.has("disk")) return "The guest saw no virtio block device with the serial number that it was given";
      if (said.get("bytes") !== String(bytes)) return `The guest sees ${said.get("bytes")} bytes, there are ${bytes}`;
      const unknown = unseen(told, "guest.testbed", ["block.img"]);
      if (unknown) return unknown;
      if (said.get("nonce") !== told.facts.nonce || said.get("read") !== lines(told, "guest.testbed").get("block.img"))
        return "The guest reads other bytes than the testbed wrote";
      return pass(`/dev/${said.get("disk")}: ${bytes} bytes, the testbed's, the nonce among them`);
    },
    examples: { pass: example("aa"), fail: example("ab") },
  }),
};
