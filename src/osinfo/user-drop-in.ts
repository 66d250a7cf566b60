import { virtiofs } from "../kata/drop-in.ts";
import { toml } from "../kata/toml.ts";
import type { OsRelease } from "../model/osinfo.ts";
import type { Arch } from "../model/words.ts";
import { builds } from "./builds.ts";

const no = (answer: string | undefined): boolean => answer === "no";

/**
 * A file for Kata's `config.d/` that points it at the distro's own parts; undefined where nobody saw where its VMM is. A
 * virtiofsd that the distro has not is where the instructions to build it put it.
 */
export function userDropIn({ id, arches }: OsRelease, arch: Arch): string | undefined {
  const own = arches[arch];
  const vmm = own?.parts.vmm;
  if (own === undefined || vmm === undefined) return undefined;
  const shipped = own.parts.virtiofsd;
  const virtiofsd = { path: shipped?.path ?? builds.virtiofsd.place, kind: own.virtiofsdIn ?? "rust" } as const;
  const { abilities } = own;
  const ioUring = !no(abilities["aio-io_uring"]?.answer) && !no(abilities["io_uring-allowed"]?.answer);
  const document = toml({
    "hypervisor.qemu": {
      path: vmm.path,
      ...virtiofs(virtiofsd),
      ...(arch === "arm64" ? { firmware: "" } : {}),
      ...(ioUring ? {} : { block_device_aio: "threads" }),
    },
  });
  const built = shipped === undefined ? "# virtiofsd is one that you build: this release has none.\n" : "";
  return `# ${id}, ${arch}: the distro's own VMM. The guest kernel stays Kata's, which is not for production.\n${built}${document}`;
}
