import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ContainerTestbed, openContainerTestbed } from "../../src/testbeds/container.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import { debianBase } from "./base-image.ts";
import { containersOf, openEngine } from "./engine-socket.ts";
import { standin } from "./tools.ts";

const run = `test-${randomBytes(4).toString("hex")}`;
const program = "/run/kata-verify/standin";
const folder = "/run/kata-verify/test";

let testbed: ContainerTestbed;

beforeAll(async () => {
  const engine = await openEngine();
  const common = { run, capabilities: [], devices: [], mounts: [], network: "none" } as const;
  testbed = await openContainerTestbed(engine, {
    ...common,
    image: await debianBase(engine),
    standin: await standin(engine),
  });
}, 600_000);

afterAll(async () => {
  await testbed[Symbol.asyncDispose]();
  expect(await containersOf(`${runLabel}=${run}`)).toEqual([]);
});

/** `$S` is the stand-in, `$F` an empty folder. */
async function sh(script: string, stdin = "") {
  const setUp = `S=${program} F=${folder}; rm -rf $F; mkdir -p $F; ${script}`;
  const { ending, stdout, stderr } = await testbed.run({ argv: ["sh", "-c", setUp], stdin, timeoutMs: 60_000 });
  const code = ending.kind === "exited" ? ending.code : -1;
  return { code, stdout: Buffer.from(stdout).toString(), stderr: Buffer.from(stderr).toString() };
}

/** The other side of a unix socket, in Perl: does `first` when somebody connects, then `answer` for each line. */
const server = (first: string, answer: string) => `cat >$F/server <<'END'
use strict; use Socket;
socket my $s, PF_UNIX, SOCK_STREAM, 0 or die; bind $s, sockaddr_un($ARGV[0]) or die; listen $s, 1 or die;
accept my $c, $s or die; select $c; $| = 1; select STDOUT; ${first}
while (<$c>) { ${answer} }
END
$S spawn $F/server.pid $F/server.log -- perl $F/server $F/sock >/dev/null
`;

describe("run", () => {
  test("leaves nothing of its input unread, so that nobody is stopped while they write it", async () => {
    const writer = '{ seq 1 300000; echo "writer $?" >$F/writer; }';
    const { code, stderr, stdout } = await sh(`${writer} | $S run 0 TOKEN /dev/null 0 -- true; cat $F/writer`);
    expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "\nTOKEN exited 0\n", stdout: "writer 0\n" });
  });

  test("waits for no end of an input that is held open", async () => {
    const { code, stderr } = await sh(
      "mkfifo $F/in; sleep infinity >$F/in & $S run 0 TOKEN /dev/null 0 -- true <$F/in",
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "\nTOKEN exited 0\n" });
  });
});

describe("put", () => {
  test("is not disturbed by others who write the same file", async () => {
    const { stdout, stderr } = await sh(
      "for at in 1 2 3 4 5 6 7 8 9; do seq $at$at 200000 | $S put 755 $F/one & done; wait; tail -n 1 $F/one; ls $F",
    );
    expect({ stdout, stderr }).toEqual({ stdout: "200000\none\n", stderr: "" });
  });
});

describe("launch", () => {
  test("becomes the program, with a listening socket and an open file where it says so", async () => {
    const inside = 'cat <&{some}; ls -l /proc/self/fd/{qmp}; grep -c " 00010000 .* $1" /proc/net/unix';
    const { stdout } = await sh(
      `echo inside >$F/file; $S launch --listen qmp=$F/q --open some=$F/file -- sh -c '${inside}' sh $F/q; [ -S $F/q ] && echo there`,
    );
    expect(stdout).toMatch(/^inside\n.* -> socket:\[\d+\]\n1\nthere\n$/);
  });

  test.each([
    ["--open vsock=/dev/vhost-vsock -- true", 69, /^standin launch: vsock: \/dev\/vhost-vsock: E\w+\n$/],
    ["--tap network=kv0@192.0.2.1 -- true", 69, /^standin launch: network: kv0@192.0.2.1: E\w+\n$/],
    ["-- /no/such/program", 127, /^standin launch: \/no\/such\/program: ENOENT\n$/],
    ["--nonsense", 64, /^usage: /],
  ])("ends readably: %s", async (options, code, said) => {
    const seen = await sh(`$S launch ${options}`);
    expect(seen.stderr).toMatch(said);
    expect(seen.code).toBe(code);
  });
});

describe("probe", () => {
  test("says of each node whether it opens, and what there is of the machine", async () => {
    const { stdout } = await sh("$S probe /dev/null /dev/kvm");
    expect(stdout).toMatch(
      /^\/dev\/null ok\n\/dev\/kvm E\w+\nio_uring \w+\ncpus \d+\nmemory-mib \d{3,}\nhypervisor (yes|no)\n$/,
    );
  });
});

describe("cpuid", () => {
  test("says who runs the processor, where the processor says that somebody does", async () => {
    const { code, stdout } = await sh("$S cpuid; grep -qw hypervisor /proc/cpuinfo || echo nobody");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^(?:[ -~]{4,12}|nobody)\n$/);
  });
});

describe("insert", () => {
  test("says on one line which modules cannot be inserted, and why", async () => {
    const { code, stdout } = await sh("echo none >$F/b.ko; printf 'a.ko\\nb.ko\\n' | $S insert $F");
    expect([code, stdout]).toEqual([1, "a.ko: ENOENT; b.ko: EPERM\n"]);
  });

  test("has nothing to say of none", async () => {
    expect(await sh("$S insert $F")).toEqual({ code: 0, stdout: "", stderr: "" });
    expect((await sh("$S insert")).code).toBe(64);
  });
});

describe("record and await", () => {
  const record = "$S spawn $F/r.pid $F/r.log -- $S record $F/sock $F T $F/server.pid 9000 >/dev/null; ";

  test("keep a console's marks, wherever its chunks end, and nothing that only looks like one", async () => {
    const said = String.raw`print $c "no T a\n T b\nTT c\nT "; select undef, undef, undef, 0.1; print $c "one=1\r\nT two=2\nlast"; sleep 9;`;
    const looks = '$S await $F $F/server.pid 9000 "T nothing" "T two"; cat $F/marks; kill $(cat $F/server.pid); ';
    const { stdout } = await sh(`${server(said, "")}${record}${looks}$S await $F $F/server.pid 9000 "T never"`);
    expect(stdout).toMatch(/^found 1 \d+ .*\nT one=1\nT two=2\nended - 38 last\n$/);
  });

  test("keep every party's marks, however much another one says", async () => {
    const noise = String.raw`print $c "T noisy n=" . ("x" x 90) . "\n" for 1 .. 3000;`;
    const said = `${noise} print $c "T quiet one=1\\nT noisy last=1\\nT quiet two=2\\n"; exit 0;`;
    const looks = "grep quiet $F/marks; grep -c noisy $F/marks; wc -c <$F/marks";
    const { stdout } = await sh(`${server(said, "")}${record}$S await $F $F/r.pid 20000 >/dev/null; ${looks}`);
    expect(stdout).toBe("T quiet one=1\nT quiet two=2\n81\n8209\n");
  });

  test("keep the first 512 KiB and a ring of what comes after", async () => {
    const said = String.raw`print $c "begin\n"; print $c "noise\n" x 400000; print $c "T late=1\nend\n"; exit 0;`;
    const looks = "wc -c <$F/head; wc -c <$F/tail; cat $F/seen; echo; cat $F/marks";
    const { stdout } = await sh(`${server(said, "")}${record}$S await $F $F/r.pid 20000; ${looks}`);
    expect(stdout).toBe("ended - 2400019 end\n524288\n524288\n             2400019\nT late=1\n");
  });

  test("give up at the time that they were given", async () => {
    const { stdout, code } = await sh('$S await $F $F/none.pid 100 "T x"; $S record $F/none $F T $F/none.pid 100');
    expect(stdout).toBe("timedOut - 0 \n");
    expect(code).toBe(1);
  });
});

describe("talk", () => {
  test("says one line at a time and passes over events", async () => {
    const greet = String.raw`print $c qq({"QMP": {}}\n);`;
    const answer = String.raw`chomp; print $c qq({"timestamp": {}, "event": "X"}\n{"return": "$_"}\n);`;
    const { stdout } = await sh(`${server(greet, answer)}$S talk $F/sock $F/server.pid 9000`, "one\n\ntwo\n");
    const event = '{"timestamp": {}, "event": "X"}';
    expect(stdout.split("\n")).toEqual(['{"QMP": {}}', event, '{"return": "one"}', event, '{"return": "two"}', ""]);
  });

  test("ends when the other side does", async () => {
    const { code, stderr } = await sh(`${server("exit 0;", "")}$S talk $F/sock $F/server.pid 9000`, "one\n");
    expect([code, stderr]).toEqual([1, `standin talk: ${folder}/sock: EPIPE\n`]);
  });
});

describe("vsock", () => {
  test("is told where there is none", async () => {
    const { code, stderr } = await sh("$S vsock-connect 4711 1024 $F/none.pid 200 hello");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^standin vsock-connect: 4711:1024: E\w+\n$/);
  });
});

describe("gather", () => {
  const journal = "/run/systemd/journal/socket";
  const gather = (...sockets: string[]) =>
    `$S spawn $F/g.pid $F/g.log -- $S gather $F/out 262144 ${sockets.join(" ")} >/dev/null; until [ -e $F/out -o -e $F/g.pid.ended ]; do sleep 0.05; done; `;
  const end = "kill $(cat $F/g.pid); until [ -e $F/g.pid.ended ]; do sleep 0.05; done; ";
  const settle = 'size=; until [ "$(wc -c <$F/out)" = "$size" ]; do size=$(wc -c <$F/out); sleep 0.3; done; ';
  /** Says each argument in a datagram. */
  const send = (path: string, ...messages: string[]) =>
    `perl -e 'use Socket; socket my $s, PF_UNIX, SOCK_DGRAM, 0; connect $s, sockaddr_un(shift) or die; ${messages
      .map(message => `send $s, ${message}, 0;`)
      .join(" ")} select undef, undef, undef, 0.5' ${path}; `;

  test("has what both kinds of clients say, a line each, with its sender's name", async () => {
    const said = [
      "logger -u $F/log -t kata 'one \"two\"'; logger -u $F/log -i -t kata three",
      "printf 'SYSLOG_IDENTIFIER=shim\nMESSAGE=four\nCODE_LINE=5\n' | logger --journald",
      "printf 'MESSAGE=five\nMESSAGE=\x1b[6m\nSYSLOG_IDENTIFIER=shim\n' | logger --journald",
    ].join("; ");
    const all = gather("--except", "chatty", "$F/log", journal);
    const { stdout } = await sh(`${all}logger -u $F/log -t chatty no; ${said}; ${settle}cat $F/g.log $F/out; ${end}`);
    expect(stdout.split("\n")).toEqual([
      `${folder}/log ok`,
      `${journal} ok`,
      'kata: one "two"',
      "kata: three",
      "shim: four",
      String.raw`shim: five\n\x1b[6m`,
      "",
    ]);
  });

  test("takes a message that comes as a file, and cuts a line after 64 KiB", async () => {
    const said = `{ echo SYSLOG_IDENTIFIER=shim; printf MESSAGE=; head -c 900000 /dev/zero | tr '\\0' x; } | logger --journald; `;
    const { stdout } = await sh(
      `${gather(journal)}${said}${settle}cut -c 1-9 $F/out; wc -c <$F/out; ls /proc/$(cat $F/g.pid)/fd | wc -l; ${end}`,
    );
    expect(stdout).toBe("shim: xxx\n65536\n6\n");
  });

  test("survives what is no message at all", async () => {
    const odd = [
      `""`,
      `"no priority"`,
      `"<13>odd: a\\nb\\n\\0"`,
      `"MESSAGE\\n".pack("Q<", 2**60)."cut off"`,
      `"MESSAGE\\n"`,
      `"<<<<<<<<"`,
      `"x[" x 9`,
      `pack("C*", 1..5)`,
    ];
    const { stdout } = await sh(`${gather("$F/log")}${send("$F/log", ...odd)}${settle}cat $F/out`);
    expect(stdout.split("\n")).toEqual([
      "perl: no priority",
      String.raw`odd: a\nb`,
      "perl: cut off",
      "perl: ",
      "perl: <<<<<<<<",
      `perl: ${"x[".repeat(9)}`,
      String.raw`perl: \x01\x02\x03\x04\x05`,
      "",
    ]);
  });

  test("keeps the first and the last of what is too much, and says how much is missing", async () => {
    const many = `(map { sprintf("<13>n: %06d %s", $_, "y" x 1000) } 1..4000)`;
    const said = `perl -e 'use Socket; socket my $s, PF_UNIX, SOCK_DGRAM, 0; connect $s, sockaddr_un(shift) or die; send $s, $_, 0 for ${many}' $F/log; `;
    const { stdout } = await sh(`${gather("$F/log")}${said}${settle}wc -c <$F/out; cut -c 1-40 $F/out; ls $F`);
    const [size = "", ...lines] = stdout.trimEnd().split("\n");
    const note = lines.findIndex(line => line.startsWith("[…"));
    const kept = lines.filter(line => /^n: \d{6} y+$/.test(line)).map(line => Number(line.slice(3, 9)));
    expect(Number(size)).toBeLessThanOrEqual(3 * 262_144);
    expect(kept.slice(0, note)).toEqual(Array.from({ length: note }, (_, at) => at + 1));
    expect(note).toBeGreaterThan(250);
    const last = kept.slice(note);
    expect(last).toEqual(Array.from({ length: last.length }, (_, at) => 4001 - last.length + at));
    expect(last.length).toBeGreaterThan(250);
    const line = "n: 000001 ".length + 1001;
    expect(lines[note]).toBe(`[… ${(4000 - kept.length) * line} bytes left out …]`);
    expect(lines.slice(kept.length + 1)).toEqual(["g.log", "g.pid", "log", "out"]);
  });

  test("leaves a socket alone that somebody serves, and takes over from the dead", async () => {
    const serve = (type: string, path: string) =>
      `$S spawn $F/s.pid $F/s.log -- perl -e 'use Socket; socket my $s, PF_UNIX, ${type}, 0; bind $s, sockaddr_un(shift); ${type === "SOCK_STREAM" ? "listen $s, 1;" : ""} sleep 99' ${path} >/dev/null; until [ -S ${path} ]; do sleep 0.05; done; `;
    const dead = `${serve("SOCK_DGRAM", "$F/dead")}kill -9 $(cat $F/s.pid); until [ -e $F/s.pid.ended ]; do sleep 0.05; done; rm $F/s.*; `;
    const living = serve("SOCK_DGRAM", "$F/datagrams") + serve("SOCK_STREAM", "$F/stream");
    const all = gather("$F/datagrams", "$F/stream", "$F/dead", "$F/g.log");
    const looks = `logger -u $F/dead -t a b; ${settle}cat $F/g.log $F/out; ${end}cat $F/g.pid.ended; ls $F | grep -v '[.]'`;
    const { stdout } = await sh(`${dead}${living}${all}${looks}`);
    expect(stdout.split("\n")).toEqual([
      `${folder}/datagrams EADDRINUSE`,
      `${folder}/stream EADDRINUSE`,
      `${folder}/dead ok`,
      `${folder}/g.log EADDRINUSE`,
      "a: b",
      "exited 0",
      "datagrams",
      "out",
      "stream",
      "",
    ]);
  });

  test("ends where there is no socket to be had, having made nothing", async () => {
    const { code, stdout } = await sh("$S gather $F/out 262144 $F; a=$?; $S gather $F/out 1 $F/log; ls $F; exit $a");
    expect([code, stdout]).toEqual([69, `${folder} EADDRINUSE\n`]);
  });
});
