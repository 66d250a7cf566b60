const everything = [/^scenarios\//, /^kata\/pins\.json$/, /^containerd\/pins\.json$/];

/** The targets whose cells these files decide: `all`, or the ids of those whose own file is among them. */
export function touched(paths) {
  if (paths.some(path => everything.some(pattern => pattern.test(path)))) return "all";
  return paths.flatMap(path => /^images\/([^/]+)\.json$/.exec(path)?.[1] ?? []);
}
