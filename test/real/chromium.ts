import { thisMachine, which } from "../../src/commands/machine.ts";
import { browsers } from "../../src/commands/prerequisites.ts";

/** The browser of this machine. Throws where there is none. */
export function chromiumPath(): string {
  const machine = thisMachine(process.env);
  const found = browsers.flatMap(name => which(machine, name) ?? [])[0];
  if (found === undefined) throw new Error("There is no Chromium: npm test -- --setup installs it");
  return found;
}
