import { describe, expect, test } from "vitest";
import { askContainerd, containerdConfig, readAnswer } from "../../src/kata/containerd.ts";
import { furniture } from "../../src/kata/lane.ts";
import { printed } from "../../src/workloads/example.ts";

const said = (image: string, server = "Server:\nversion Version:  1.7.24~ds1\nversion Revision: x") =>
  `snapshotter overlayfs\nversion Client:\nversion Version:  1.7.24~ds1\nversion ${server}\nimage ${image}\n`;

describe("containerd", () => {
  test("is configured away from the distro's own: socket, root and state", () => {
    const config = containerdConfig("arm64", "native");
    expect(config).toContain(`address = "${furniture.address}"`);
    expect(config.match(/^(root|state) = "\/run\/kata-verify\//gm)).toHaveLength(2);
    expect(config).toContain('platform = "linux/arm64"\n    snapshotter = "native"');
    // Without it, Kata's Go shim keeps the guest's console to itself.
    expect(config).toContain('[debug]\n  level = "debug"\n');
    // Releases before 2.0 have no tasks without it.
    expect(config).not.toContain("io.containerd.runtime.v1.linux");
  });

  test("that answers and has the image is known by what its client prints", () => {
    expect(askContainerd("/usr/bin/ctr").command.argv).toContain(furniture.address);
    expect(readAnswer(printed(said(furniture.image)))).toEqual({ snapshotter: "overlayfs", version: "1.7.24~ds1" });
  });

  test.each([
    ["silent", ""],
    ["without the image", said("docker.io/library/other:1")],
    ["not heard, but its client", "snapshotter native\nversion Client:\nversion Version:  1.7.24~ds1\n"],
  ])("that is %s does not", (_, stdout) => {
    expect(readAnswer(printed(stdout))).toBeUndefined();
  });
});
