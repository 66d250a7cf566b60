import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { chromiumPath } from "../test/real/chromium.ts";

/** Milliseconds from the start of a page of the site until it was filtered once, and those of that filter. */
export async function openedIn(path: string): Promise<{ usable: number; filtered: number }> {
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
    return await page.evaluate(`new Promise(done => {
      const form = document.getElementById("filters");
      const begin = performance.now();
      form.elements.answer.value = "yes";
      form.dispatchEvent(new Event("input"));
      document.body.getBoundingClientRect();
      requestAnimationFrame(() => {
        const end = performance.now();
        done({ usable: end, filtered: end - begin });
      });
    })`);
  } finally {
    await browser.close();
  }
}
