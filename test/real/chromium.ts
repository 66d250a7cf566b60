import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** What distros call it. */
const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** The browser of this machine. Throws where there is none. */
export function chromiumPath(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const found = folders
    .flatMap(folder => names.map(name => join(folder, name)))
    .find(path => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  if (found === undefined) throw new Error("There is no Chromium: npm test -- --setup installs it");
  return found;
}
