import * as z from "zod";
import type { OsRelease } from "../model/osinfo.ts";
import type { Arch } from "../model/words.ts";
import { userDropIn } from "./user-drop-in.ts";

const handlerLine = /^handler: [a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/m;

/**
 * The part of kata-deploy's values that adds runtimes of one's own, as its chart in Kata 4.1.0 reads it. It takes the handler
 * out of `runtimeClass` by lines, not as YAML, and leaves a runtime out that has none.
 */
export const HelmValues = z.strictObject({
  customRuntimes: z.strictObject({
    enabled: z.boolean(),
    runtimes: z.record(
      z.string(),
      z.strictObject({
        /** A runtime that the chart installs, whose configuration the drop-in changes. */
        baseConfig: z.string().min(1),
        /** TOML. */
        dropIn: z.string().optional(),
        /** YAML of the whole RuntimeClass. */
        runtimeClass: z.string().regex(handlerLine, "a line with the handler, which is a DNS label"),
        inheritBaseOverhead: z.boolean().optional(),
        containerd: z.strictObject({ snapshotter: z.string().optional() }).optional(),
        crio: z.strictObject({ pullType: z.string().optional() }).optional(),
      }),
    ),
  }),
});
export type HelmValues = z.infer<typeof HelmValues>;

/** Undefined where nobody saw where the release's VMM is. */
export function helmValues(release: OsRelease, arch: Arch): HelmValues | undefined {
  const dropIn = userDropIn(release, arch);
  if (dropIn === undefined) return undefined;
  const name = `kata-${release.id.replaceAll(".", "-")}`;
  const runtimeClass = [
    "kind: RuntimeClass",
    "apiVersion: node.k8s.io/v1",
    "metadata:",
    `  name: ${name}`,
    `handler: ${name}`,
    "scheduling:",
    "  nodeSelector:",
    '    katacontainers.io/kata-runtime: "true"',
    "",
  ].join("\n");
  const runtime = { baseConfig: "qemu-runtime-rs", dropIn, runtimeClass };
  return { customRuntimes: { enabled: true, runtimes: { [name]: runtime } } };
}

const coded = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** In double quotes, with nothing in them that YAML does not print. */
const quoted = (text: string): string => JSON.stringify(text).replace(/[^\u0020-\u007e]/g, coded);

function yaml(value: unknown, indent: string): string {
  if (typeof value === "string") return ` ${quoted(value)}\n`;
  if (typeof value !== "object" || value === null) return ` ${String(value)}\n`;
  return `\n${Object.entries(value)
    .map(([key, inner]) => `${indent}${quoted(key)}:${yaml(inner, `${indent}  `)}`)
    .join("")}`;
}

/** As a file for `helm install -f`. */
export const helmText = (values: HelmValues): string => yaml(HelmValues.parse(values), "").trimStart();
