import type { Owned } from "./index.ts";

const withoutArch = (name: string): string => name.replace(/:.*$/, "");

/** `a, b:amd64: /path`, the lines of `dpkg-query --search` about files; those about diversions are left out. */
export function readSearch(text: string): Owned[] {
  return text.split("\n").flatMap(line => {
    const found = /^([a-z0-9][a-z0-9+.:, -]*): (\/.*)$/.exec(line);
    if (!found || /^(?:local )?diversion /.test(line)) return [];
    return [{ path: found[2] ?? "", packages: (found[1] ?? "").split(", ").map(withoutArch) }];
  });
}

/**
 * Who put the file there. A diverted path has two owners in the database: the package whose file was moved away, and
 * the one that moved it, which may be nobody (`local diversion`, by the administrator).
 */
export function ownerIn(text: string): string | null {
  const owners = readSearch(text)[0]?.packages ?? [];
  const diversion = /^(?:local diversion|diversion by (\S+)) from: /m.exec(text);
  return (diversion ? owners.find(name => name === diversion[1]) : owners[0]) ?? null;
}
