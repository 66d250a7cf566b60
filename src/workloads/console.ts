import { error, pass } from "../model/check.ts";
import { exampleNonce, guestSaid, printed } from "./example.ts";
import { guestCheck } from "./guest-check.ts";
import { unseen } from "./looked.ts";
import { lines } from "./marks.ts";
import type { Workload } from "./workload.ts";

const title = "The guest boots the kernel under test and echoes the nonce over the VMM's console";
const modules = ["virtio_pci", "virtio_console"];

export const console: Workload = {
  id: "console",
  title,
  modules,
  devices: ({ folder, nested }) => [
    "-device",
    `virtio-serial-pci,disable-modern=${nested},id=serial0`,
    "-device",
    "virtconsole,chardev=charconsole0,id=console0",
    "-chardev",
    `socket,id=charconsole0,path=${folder}/console.sock,server=on,wait=off`,
  ],
  script: `
mark_first release /proc/sys/kernel/osrelease
mark_first boot-id /proc/sys/kernel/random/boot_id
mark device "$console"
mark nonce "$nonce"
`,
  check: guestCheck({
    id: "console",
    title,
    modules,
    code: "guest.nonce-missing",
    prove: (said, told) => {
      const look = lines(told, "guest.testbed");
      const asked = told.facts.paths?.kernelRelease ?? look.get("kernel");
      if (said.get("nonce") !== told.facts.nonce) return "The guest did not echo the nonce";
      if (said.get("device") !== "/dev/hvc0") return "The guest has no /dev/hvc0: the virtio console was not found";
      const unknown = unseen(told, "guest.testbed", ["boot-id"]);
      if (unknown) return unknown;
      if (said.get("release") !== asked)
        return error("guest.wrong-kernel", `${said.get("release")} booted, ${asked} is under test`);
      const bootId = said.get("boot-id") ?? "";
      if (bootId === "") return "The guest has no boot id";
      if (bootId === look.get("boot-id"))
        return error("guest.wrong-kernel", "The guest has the testbed's boot id: it is no machine of its own");
      return pass(`${asked} echoed the nonce over /dev/hvc0, boot id ${bootId}`);
    },
    examples: {
      pass: guestSaid(
        ["console release=6.12.1", "console boot-id=0b", "console device=/dev/hvc0", `console nonce=${exampleNonce}`],
        { "guest.testbed": printed("testbed vm\nboot-id 0a\nkernel 6.12.1\n") },
      ),
      fail: {
        ...guestSaid([], {
          "guest.marks": printed(""),
          "guest.console": printed("[    1.1] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0100\n"),
        }),
      },
    },
  }),
};
