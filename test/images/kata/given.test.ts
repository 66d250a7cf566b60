import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TarEntry } from "modern-tar";
import { describe, expect, test } from "vitest";
import { checkGiven, givenKata } from "../../../src/images/kata/given.ts";
import type { KataUse } from "../../../src/images/kata/tree.ts";
import type { KataTree } from "../../../src/observe/kata/tree.ts";
import { fakeEngine } from "../fake-engine.ts";
import { folder } from "../folder.ts";
import { entriesOf, fileEntry, kata4, lay, linkEntry, type Members, tar, tarGz, without } from "./release-files.ts";

const says = {
  rust: "Kata Containers containerd shim (Rust): id: io.containerd.kata.v2, version: 4.0.0, commit: c",
  go: 'Kata Containers containerd shim (Golang): id: "io.containerd.kata.v2", version: 4.0.0, commit: c',
} as const;

/** An engine on which every shim says that it is this one. */
const engineSaying = (said: string) => fakeEngine({ run: () => ({ stdout: `${said}\n` }) });

const rust: KataUse = { guestKernel: "distro" };
const go: KataUse = { guestKernel: "distro", runtime: "go" };

async function given(path: string, use: KataUse = rust, said: string = says[use.runtime ?? "rust"]) {
  const cache = await folder();
  const options = { engine: engineSaying(said), tools: "sha256:tools", run: "r", cache, tell: () => {} };
  return { cache, tree: await givenKata(path, use, options) };
}

async function file(contents: Buffer): Promise<string> {
  const path = join(await folder(), "kata.tar");
  await writeFile(path, contents);
  return path;
}

const paths = ({ files, links }: KataTree) =>
  [...files, ...links]
    .flatMap(({ path }) => (path.startsWith("/opt/kata/") ? [path.slice("/opt/kata/".length)] : []))
    .sort();
const defaults = "share/defaults/kata-containers";
const guests = "share/kata-containers";

const used = {
  rust: [
    ...["runtime-rs/bin/containerd-shim-kata-v2", `${defaults}/runtime-rs/configuration-qemu-runtime-rs.toml`],
    ...[`${guests}/kata-alpine.initrd`, `${guests}/kata-containers-initrd.img`],
  ].sort(),
  goOnItsOwnKernel: [
    ...["bin/containerd-shim-kata-v2", "bin/kata-runtime", `${defaults}/configuration-qemu.toml`],
    ...[`${guests}/kata-containers.img`, `${guests}/kata-ubuntu.image`],
    ...[`${guests}/vmlinux-6.18`, `${guests}/vmlinux.container`],
  ].sort(),
};

describe("a folder", () => {
  test("gives what is used of it, and none of Kata's own VMMs", async () => {
    const { tree } = await given(await lay(await folder(), kata4));
    expect(paths(tree)).toEqual(used.rust);
    expect(tree.binaries).toMatchObject({
      source: "path",
      vouched: "nobody: it was given with --kata",
      runtime: "rust",
      version: "4.0.0",
      shim: "/opt/kata/runtime-rs/bin/containerd-shim-kata-v2",
      guestInitrd: `/opt/kata/${guests}/kata-alpine.initrd`,
    });
    expect(tree.binaries.shimSha256).toBe(createHash("sha256").update("the shim in Rust").digest("hex"));
    const shim = tree.files.find(one => one.path === tree.binaries.shim);
    expect([shim?.mode, Buffer.from((await shim?.read()) ?? []).toString()]).toEqual([0o755, "the shim in Rust"]);
    expect(tree.links).toEqual([
      { path: `/opt/kata/${guests}/kata-containers-initrd.img`, target: "kata-alpine.initrd" },
      { path: "/etc/kata-containers/runtime-rs/configuration.toml", target: tree.binaries.config },
    ]);
  });

  test("may have opt/kata in it, or be reached by a link", async () => {
    const root = await folder();
    await lay(join(root, "opt/kata"), kata4);
    const link = join(await folder(), "kata");
    await symlink(root, link);
    expect(paths((await given(link)).tree)).toEqual(used.rust);
  });

  test("gives another runtime and Kata's own kernel where these are asked for", async () => {
    const root = await lay(await folder(), kata4);
    const { tree } = await given(root, { runtime: "go", guestKernel: "kata" }, says.go);
    expect(paths(tree)).toEqual(used.goOnItsOwnKernel);
    expect(tree.tool).toBe("/opt/kata/bin/kata-runtime");
    expect(tree.binaries).toMatchObject({ runtime: "go", guestKernel: `/opt/kata/${guests}/vmlinux-6.18` });
  });

  test("gives the runtime that Kata itself starts: in Go before Kata 4, or the one that is there", async () => {
    const old = await lay(await folder(), { ...kata4, VERSION: "3.32.0\n" });
    expect((await given(old, rust, says.go.replace("4.0.0", "3.32.0"))).tree.binaries.runtime).toBe("go");
    const one = await lay(await folder(), without(kata4, "runtime-rs/bin/containerd-shim-kata-v2"));
    expect((await given(one, rust, says.go)).tree.binaries.runtime).toBe("go");
  });

  test("has a digest of what is used, and of nothing else", async () => {
    const digest = async (members: Members) => (await given(await lay(await folder(), members))).tree.binaries.digest;
    const first = await digest(kata4);
    expect(await digest({ ...kata4, "bin/qemu-system-x86_64": "another" })).toBe(first);
    expect(await digest({ ...kata4, [`${guests}/kata-alpine.initrd`]: "another" })).not.toBe(first);
  });
});

describe("a tarball", () => {
  test("gives the same as the folder that it unpacks to, and is unpacked once", async () => {
    const root = await lay(await folder(), kata4);
    const { tree: wanted } = await given(root);
    const path = await file(await tarGz(entriesOf(kata4)));
    const { tree, cache } = await given(path);
    expect(tree.binaries).toEqual(wanted.binaries);
    expect([tree.files.map(({ read: _, ...one }) => one), tree.links]).toEqual([
      wanted.files.map(({ read: _, ...one }) => one),
      wanted.links,
    ]);
    const [kept] = (await readdir(join(cache, "kata"))).filter(name => !/\.(?:lock|use)$/.test(name));
    const inCache = await readdir(join(cache, "kata", kept ?? "", "kata", "bin"));
    expect(inCache.sort()).toEqual(["containerd-shim-kata-v2", "kata-runtime"]);
    const options = { engine: engineSaying(says.go), tools: "t", run: "r", cache };
    const said: string[] = [];
    await givenKata(path, go, { ...options, tell: message => void said.push(message) });
    expect(said).toEqual([`reading ${path}`]);
  });

  test("is unpacked again where the cache was changed", async () => {
    const path = await file(await tarGz(entriesOf(kata4)));
    const { cache } = await given(path);
    const [kept = ""] = (await readdir(join(cache, "kata"))).filter(name => !/\.(?:lock|use)$/.test(name));
    const shim = join(cache, "kata", kept, "kata/runtime-rs/bin/containerd-shim-kata-v2");
    await writeFile(shim, "evil");
    const options = { engine: engineSaying(says.rust), tools: "t", run: "r", cache, tell: () => {} };
    await givenKata(path, rust, options);
    expect(await readFile(shim, "utf8")).toBe("the shim in Rust");
  });

  test("may be uncompressed, without ./, made of the folder itself, or have hard links", async () => {
    for (const prefix of ["opt/kata/", ""])
      expect(paths((await given(await file(await tar(entriesOf(kata4, prefix))))).tree)).toEqual(used.rust);
    const initrd = `${guests}/kata-containers-initrd.img`;
    const entries = [
      ...entriesOf(without(kata4, initrd)),
      linkEntry(`./opt/kata/${initrd}`, `./opt/kata/${guests}/kata-alpine.initrd`, "link"),
    ];
    expect(paths((await given(await file(await tarGz(entries)))).tree)).toEqual(used.rust);
  });
});

const shimPath = "runtime-rs/bin/containerd-shim-kata-v2";

describe("what is no Kata is a mistake at the door, said before anything is begun", () => {
  test.each<[string, (root: string) => Promise<string>, string]>([
    ["nothing", async root => join(root, "nothing"), "there is nothing"],
    [
      "a link to nowhere",
      async root => {
        await symlink("nowhere", join(root, "link"));
        return join(root, "link");
      },
      "there is nothing",
    ],
    ["a device", async () => "/dev/null", "it is neither a folder nor a file"],
    ["an empty folder", async root => root, "there is nothing in it"],
    ["another folder", root => lay(root, { "bin/sh": "" }), "it has no shim of Kata's, containerd-shim-kata-v2"],
    [
      "Kata 1",
      root => lay(root, { ...kata4, "libexec/kata-containers/kata-proxy": "" }),
      "it is Kata 1, which has a proxy and a shim of its own",
    ],
    ["Kata 2", root => lay(root, { ...kata4, VERSION: "2.5.2" }), "it is Kata 2.5.2, not Kata 3 or later"],
    [
      "one without initrd",
      root => lay(root, without(kata4, `${guests}/kata-containers-initrd.img`)),
      `it lacks ${guests}/kata-containers-initrd.img`,
    ],
    [
      "a shim that is a link that leaves it",
      root => lay(root, { ...kata4, [shimPath]: { link: "/bin/sh" } }),
      `it lacks ${shimPath}`,
    ],
    [
      "a text",
      async root => {
        await writeFile(join(root, "kata.tar.zst"), "not found");
        return join(root, "kata.tar.zst");
      },
      "the file is no tarball",
    ],
    [
      "an empty file",
      async root => {
        await writeFile(join(root, "kata.tar.zst"), "");
        return join(root, "kata.tar.zst");
      },
      "the file is empty",
    ],
  ])("%s", async (_, make, found) => {
    const path = await make(await folder());
    const refused = {
      name: "UsageError",
      message: `--kata ${path}: ${found}`,
      hint: expect.stringContaining("Kata 3 or later"),
    };
    await expect(checkGiven(path, [rust])).rejects.toMatchObject(refused);
    await expect(given(path)).rejects.toMatchObject(refused);
  });

  test("a folder without Kata's own kernel, where that is to be the guest's", async () => {
    const root = await lay(await folder(), without(kata4, `${guests}/vmlinux-6.18`));
    const message = `it lacks ${guests}/vmlinux.container, for guests with Kata's own kernel`;
    await expect(checkGiven(root, [rust, { guestKernel: "kata" }])).rejects.toThrow(message);
    await checkGiven(root, [rust]);
  });

  test("a runtime that is not there", async () => {
    const root = await lay(await folder(), without(kata4, shimPath));
    const message = "it has Kata's runtime in Go, not the one in Rust";
    await expect(checkGiven(root, [{ ...rust, runtime: "rust" }])).rejects.toThrow(message);
  });

  test("a folder with files in which reading would wait", async () => {
    const root = await lay(await folder(), without(kata4, shimPath));
    await mkdir(join(root, "runtime-rs/bin"), { recursive: true });
    execFileSync("mkfifo", [join(root, shimPath)]);
    await expect(checkGiven(root, [{ ...rust, runtime: "rust" }])).rejects.toThrow("not the one in Rust");
  });

  test("a folder that is all right, and a tarball whose first bytes are", async () => {
    await checkGiven(await lay(await folder(), kata4), [rust, go, { guestKernel: "kata" }]);
    await checkGiven(await file(await tarGz(entriesOf(kata4))), [rust]);
  });
});

describe("a tarball that no release would be is refused, with what was found", () => {
  const evil = (...entries: readonly TarEntry[]) => tarGz([...entriesOf(kata4), ...entries]);
  test.each<[string, () => Promise<Buffer>, string | RegExp]>([
    [
      "a name that leaves it",
      () => evil(fileEntry("../../etc/cron.d/x", "")),
      'a member has the name "../../etc/cron.d/x"',
    ],
    [
      "one in the middle of a name",
      () => evil(fileEntry("./opt/kata/../../etc/x", "")),
      'a member has the name "./opt/kata/../../etc/x"',
    ],
    ["an absolute name", () => evil(fileEntry("/etc/passwd", "")), 'a member has the absolute name "/etc/passwd"'],
    [
      "a hard link that leaves it",
      () => evil(linkEntry("./opt/kata/x", "../../etc/shadow", "link")),
      'a member has the name "../../etc/shadow"',
    ],
    ["the same name twice", () => evil(fileEntry("opt/kata/VERSION", "3.0.0")), "opt/kata/VERSION is there twice"],
    [
      "a file below a link",
      () => evil(linkEntry("./opt/kata/out", "/etc"), fileEntry("./opt/kata/out/x", "")),
      "out/x is in out, which is no folder",
    ],
    [
      "a device",
      () => evil({ header: { name: "./opt/kata/null", type: "character-device", size: 0 } }),
      "./opt/kata/null is a character-device",
    ],
    [
      "links in a circle",
      () =>
        tarGz(
          entriesOf({
            ...kata4,
            [shimPath]: { link: "other" },
            "runtime-rs/bin/other": { link: "containerd-shim-kata-v2" },
          }),
        ),
      new RegExp(`^it lacks ${shimPath} and `),
    ],
    [
      "another kind of tarball",
      () => tarGz([fileEntry("hello", "world")]),
      "it has no shim of Kata's, containerd-shim-kata-v2",
    ],
    [
      "Kata 1",
      () => tarGz(entriesOf({ ...kata4, "bin/kata-proxy": "" })),
      "it is Kata 1, which has a proxy and a shim of its own",
    ],
    [
      "a cut off end of the compressed file",
      async () => (await evil()).subarray(0, 700),
      /^the tarball is cut off or damaged: /,
    ],
    [
      "a cut off end of the archive",
      async () => (await tar(entriesOf(kata4))).subarray(0, 5000),
      /^the tarball is cut off or damaged: /,
    ],
    [
      "no end at all",
      async () => (await tar(entriesOf(kata4))).subarray(0, -1024),
      /^the tarball is cut off or damaged: /,
    ],
    [
      "a flipped bit in a header",
      async () => {
        const bytes = await tar(entriesOf(kata4));
        bytes.writeUInt8(bytes.readUInt8(1536) ^ 1, 1536);
        return bytes;
      },
      /^the tarball is cut off or damaged: /,
    ],
  ])("%s", async (_, make, found) => {
    const path = await file(await make());
    const refusal = await given(path).then(
      () => "nothing was refused",
      error => [error.name, error.message].join(" "),
    );
    const text = refusal.replace(`UsageError --kata ${path}: `, "");
    expect(text).toEqual(typeof found === "string" ? found : expect.stringMatching(found));
  });

  test("files stored without their holes", async () => {
    const root = await lay(await folder(), { "some/file": "text", image: "" });
    await truncate(join(root, "image"), 3_000_000);
    for (const format of ["gnu", "pax"]) {
      const path = join(await folder(), "kata.tar");
      execFileSync("tar", ["--sparse", `--format=${format}`, "-cf", path, "-C", root, "."]);
      await expect(given(path)).rejects.toThrow("is stored without its holes (tar --sparse)");
    }
  });
});

test("a file that is larger than anything that boots is refused before it is read", async () => {
  const root = await lay(await folder(), kata4);
  await truncate(join(root, guests, "kata-alpine.initrd"), 2 ** 31);
  await expect(given(root)).rejects.toThrow(`${guests}/kata-alpine.initrd has 2147483648 bytes`);
});

describe("a shim that does not say what it should", () => {
  test.each([
    ["sh: not found", "/opt/kata/runtime-rs/bin/containerd-shim-kata-v2 does not say which Kata it is: sh: not found"],
    [says.go, "runtime-rs/bin/containerd-shim-kata-v2 is the shim in Go, where the one in Rust should be"],
    [says.rust.replace("4.0.0", "2.4.1"), "its shim is of Kata 2.4.1, not Kata 3 or later"],
  ])("%s", async (said, found) => {
    const root = await lay(await folder(), kata4);
    await expect(given(root, rust, said)).rejects.toMatchObject({
      name: "UsageError",
      message: `--kata ${root}: ${found}`,
    });
  });
});
