import type { Step } from "../../model/command.ts";
import type { TestbedKind } from "../../model/words.ts";

const nodes = ["/dev/kvm", "/dev/vhost-vsock", "/dev/vhost-net", "/dev/net/tun"];

/** What the testbed offers to Kata, `KEY VALUE` a line; what is not installed has no version. */
export const lookAtTestbed = (kind: TestbedKind, standin: string, virtiofsd = ""): Step => ({
  id: "kata.testbed",
  command: { argv: ["sh", "-c", script, "sh", kind, standin, virtiofsd, ...nodes], timeoutMs: 30_000 },
});

const script = `
echo "testbed $1"; standin=$2 virtiofsd=$3; shift 3
read -r line </proc/sys/kernel/random/boot_id; echo "boot-id $line"
read -r line </proc/sys/kernel/osrelease; echo "release $line"
"$standin" probe "$@"
echo "shm $(stat -f -c '%b %S' /dev/shm)"
[ -z "$virtiofsd" ] || { printf 'virtiofsd '; "$virtiofsd" --version 2>&1 </dev/null | { read -r line; echo "$line"; }; }
`;
