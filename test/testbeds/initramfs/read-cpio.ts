import { expect } from "vitest";

export const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);

/** Reads an archive back, by the format's own words: kernel Documentation/driver-api/early-userspace/buffer-format.rst. */
export function readCpio(archive: Uint8Array) {
  const members: { name: string; mode: number; nlink: number; size: number; rdev: string; contents: string }[] = [];
  for (let at = 0; ; ) {
    const header = text(archive.subarray(at, at + 110));
    expect(header.slice(0, 6)).toBe("070701");
    const field = (index: number) => Number.parseInt(header.slice(6 + index * 8, 14 + index * 8), 16);
    const nameSize = field(11);
    const name = text(archive.subarray(at + 110, at + 110 + nameSize - 1));
    const data = at + Math.ceil((110 + nameSize) / 4) * 4;
    at = data + Math.ceil(field(6) / 4) * 4;
    if (name === "TRAILER!!!") {
      expect(at).toBe(archive.length);
      return members;
    }
    members.push({
      name,
      mode: field(1),
      nlink: field(4),
      size: field(6),
      rdev: `${field(9)},${field(10)}`,
      contents: text(archive.subarray(data, data + field(6))),
    });
  }
}
