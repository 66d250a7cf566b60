import { kata } from "./kata.ts";
import { cold, machines } from "./machines.ts";
import { site } from "./site.ts";
import { startup } from "./startup.ts";
import { synthetic } from "./synthetic.ts";

declare const ROOT: string;

const parts: Readonly<Record<string, (root: string) => void | Promise<void>>> = {
  startup,
  synthetic,
  machines,
  cold,
  site,
};
/** Needs what no registry has: only where it is asked for. */
const special: typeof parts = { kata };
const asked = process.argv.slice(2);
for (const [name, part] of Object.entries(parts)) if (asked.length === 0 || asked.includes(name)) await part(ROOT);
for (const [name, part] of Object.entries(special)) if (asked.includes(name)) await part(ROOT);
