import type { Sabotage } from "./package.ts";

const daemon = "/usr/libexec/virtiofsd";

const wrapper = (name: string, script: string): Sabotage => ({
  name: `kv-virtiofsd-${name}`,
  instead: { [daemon]: { program: `#!/bin/sh\nreal=${daemon}.distrib\n${script}exec "$real" "$@"\n` } },
});

/** Says what it is, and ends whenever it is to serve. */
export const virtiofsdThatEnds = wrapper(
  "ends",
  `case "$*" in *--version* | *--help*) ;; *) echo "[ERROR virtiofsd] nothing to serve today" >&2; exit 3 ;; esac
`,
);

/** Serves, and stops the VMM's process for ever as soon as the guest's first program is up. */
export const virtiofsdThatStopsTheVmm = wrapper(
  "stops",
  `for word; do case $word in */virtiofs.sock) folder=\${word%/virtiofs.sock} ;; esac; done
[ -z "$folder" ] || {
  until grep -q " guest up=" "$folder/console/marks" 2>/dev/null; do sleep 0.1; done
  kill -STOP "$(cat "$folder.pid")"
} >/dev/null 2>&1 &
`,
);
