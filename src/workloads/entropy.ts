import { pass } from "../model/check.ts";
import { guestSaid } from "./example.ts";
import { guestCheck } from "./guest-check.ts";
import type { Workload } from "./workload.ts";

const title = "The guest draws random bytes from the VMM";
const modules = ["virtio_rng"];

export const entropy: Workload = {
  id: "entropy",
  title,
  modules,
  devices: () => ["-object", "rng-random,id=rng0,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng0"],
  script: `
current=/sys/class/misc/hw_random/rng_current
until grep -q virtio "\${current%current}available" 2>/dev/null; do sleep 0.1; done
read -r drivers <"\${current%current}available"
for driver in $drivers; do
  case $driver in *virtio*) echo "$driver" >"$current" ;; esac
done
mark_first current "$current"
mark drawn "$(hexdump -v -n 32 -e '1/1 "%02x"' /dev/hwrng)"
`,
  check: guestCheck({
    id: "entropy",
    title,
    modules,
    code: "guest.entropy",
    prove: said => {
      const drawn = said.get("drawn") ?? "";
      if (!said.get("current")?.includes("virtio")) return "The guest has no virtio random number generator";
      if (drawn.length !== 64) return `The guest drew ${drawn.length / 2} bytes of 32`;
      if (/^(..)\1*$/.test(drawn)) return `All bytes that the guest drew are the same: ${drawn.slice(0, 2)}`;
      return pass(`32 bytes were drawn from ${said.get("current")}`);
    },
    examples: {
      pass: guestSaid(["entropy current=virtio_rng.0", `entropy drawn=${"1f0e".repeat(16)}`]),
      fail: guestSaid(["entropy current=virtio_rng.0", `entropy drawn=${"00".repeat(32)}`]),
    },
  }),
};
