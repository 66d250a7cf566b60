import type { Evidence } from "../src/model/evidence.ts";

const folder = "/run/hand";

/** The descriptors that the product opens for QEMU, left for QEMU to open. */
function openedByQemu(argument: string): string {
  return argument
    .replace(/^unix:fd=\{qmp\},/, `unix:${folder}/qmp.sock,`)
    .replace("vhostfd={vsock},", "")
    .replace(/^tap,id=([^,]+),.*/, "tap,id=$1,ifname=hand0,script=no,downscript=no,vhost=on")
    .replace(/^socket,id=charconsole0,.*/, `file,id=charconsole0,path=${folder}/console`)
    .replace(/\/run\/kata-verify\/guest-[0-9a-f]{8}(?=[/.])/, folder)
    .replace(/\/run\/kata-verify\/guest-[0-9a-f]{16}\.cpio/, `${folder}/initrd`);
}

const quoted = (argument: string) => `'${argument.replaceAll("'", "'\\''")}'`;

/**
 * What a person would type on the testbed to boot the same guest with the same devices; prints the milliseconds from virtiofsd's start to
 * the guest's first mark.
 */
export function guestByHand(evidence: Evidence): string {
  const vmm = evidence.steps["guest.vmm"]?.argv.map(openedByQemu).map(quoted);
  const daemon = evidence.facts.paths?.virtiofsd;
  if (!vmm || !daemon) throw new Error("the evidence has no guest that was booted");
  return `
cd ${folder} && mkdir shared && mkfifo console && truncate -s 65536 block.img hotplug.img shared/from-testbed
now() { read -r up rest </proc/uptime; echo "\${up%.*}\${up#*.}0"; }
modprobe vhost_vsock; modprobe vhost_net; modprobe tun
begin=$(now)
${daemon} --socket-path ${folder}/virtiofs.sock --shared-dir ${folder}/shared --cache auto --thread-pool-size=1 --announce-submounts 2>virtiofsd.log &
daemon=$!
until [ -S virtiofs.sock ] || ! kill -0 "$daemon" 2>/dev/null; do sleep 0.05; done
${vmm.join(" ")} >qemu.log 2>&1 &
vmm=$!
# Whoever asks again and again takes time from the one processor: this waits, for the mark or for the VMM's end.
if tee said <console | grep -q ' guest up='; then
  echo "took $(( $(now) - begin ))"
else
  cat virtiofsd.log qemu.log said
fi
kill -KILL "$vmm"
`;
}

/** Where the guest's initramfs has to be. */
export const initrdPath = `${folder}/initrd`;
export const handFolder = folder;
