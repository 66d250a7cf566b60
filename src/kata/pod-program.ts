/**
 * What the program of a container that stays does: writes what it sees of its network at its first instruction to
 * `/volume/NAME.start`, then waits until it is asked to end, and ends with `code`.
 */
export const podProgram = (name: string, code: number): readonly [string, ...string[]] => [
  "sh",
  "-c",
  script,
  "sh",
  name,
  String(code),
];

/** Written under another name, so that nobody reads half of it. */
const script = `
trap "exit $2" TERM
{
  read -r id </proc/sys/kernel/random/boot_id; echo "boot-id $id"
  ip -o -4 addr show dev eth0 2>&1 | while read -r line; do echo "eth0 $line"; done
} >"/volume/$1.part"
mv "/volume/$1.part" "/volume/$1.start"
while :; do sleep 1000 & wait "$!"; done
`;

/** Exit codes by which their programs say that they were asked to end, which nothing else says. */
export const exitCodes = { sandbox: 43, second: 44 } as const;
