import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { siteFiles, siteMark } from "../../src/commands/site-files.ts";
import { foldMatrix } from "../../src/matrix/fold.ts";
import type { Run } from "../../src/matrix/run.ts";
import { Target } from "../../src/model/target.ts";
import type { CellVerdict } from "../../src/model/verdict.ts";
import { replaceFolder } from "../../src/results/replace-folder.ts";
import {
  emulated,
  failing,
  kataKernel,
  ownKata,
  parts,
  passing,
  run,
  scenario,
  setting,
  target,
  untold,
} from "../matrix/seen.ts";
import { nasty } from "../reporters/hostile.ts";
import { chromiumPath } from "./chromium.ts";

const root = new URL("../../", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "kata-verify-site-"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const other = (id: string, title: string, distro: string) => Target.parse({ ...target, id, title, distro });
const hostile = nasty.join(" ");

/** One of each answer, and text that would do harm if it could. */
const cells = new Map<Run, CellVerdict>();
function seen(day: string, cell: CellVerdict, id = "debian-13"): Run {
  const made = run(day, cell, "runners", id);
  cells.set(made, cell);
  return made;
}
const longKata = { ...parts.kata, version: `4.0.0~${"1".repeat(60)}` };
const runs = [
  ...["2026-09-01", "2026-10-01"].map(day => seen(day, failing())),
  seen("2026-11-01", passing()),
  seen("2026-11-02", failing({ because: hostile, notes: [hostile] }), "fedora-44"),
  seen("2026-11-02", emulated(), "fedora-45"),
  seen("2026-02-01", passing(), "debian-12"),
  seen("2026-11-03", untold({ scenario: kataKernel.id })),
  seen("2026-11-03", passing({ scenario: kataKernel.id, components: { ...parts, kata: longKata } }), "fedora-45"),
];
const targets = [
  ...[target, other("debian-12", "Debian 12", "debian"), other("debian-9", "Debian 9", "debian")],
  ...[other("fedora-44", `Fedora ${nasty[10]}`, "fedora"), other("fedora-45", "Fedora 45", "fedora")],
];

/** What the page has and Node has not. */
interface Styled {
  readonly getComputedStyle: (element: unknown, part: string) => { readonly content: string };
}

const opened = { browser: undefined as Browser | undefined };

interface Opened {
  readonly page: Page;
  readonly said: string[];
  readonly asked: string[];
}

async function open(path: string, options: { width?: number; scheme?: "light" | "dark" } = {}): Promise<Opened> {
  const { width = 1280, scheme = "light" } = options;
  const page = await opened.browser?.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  if (page === undefined) throw new Error("The browser is not open");
  const [said, asked]: [string[], string[]] = [[], []];
  page.on("console", message => said.push(message.text()));
  page.on("pageerror", error => said.push(error.message));
  page.on("request", request => asked.push(request.url()));
  // The site's own day: what it shows must not depend on when the test runs.
  await page.clock.setFixedTime(new Date("2026-11-22T12:00:00Z"));
  await page.goto(`${pathToFileURL(join(folder, "site")).href}/${path}`);
  return { page, said, asked };
}

const shownRows = (page: Page): Promise<string[]> =>
  page.locator("#matrix tbody tr:visible").evaluateAll(rows => rows.map(row => row.id));

beforeAll(async () => {
  const own = setting({ catalog: { targets, scenarios: [scenario, ownKata, kataKernel] } });
  const files = siteFiles(root, foldMatrix(runs, own), own, async made => cells.get(made));
  await replaceFolder(join(folder, "site"), siteMark, files);
  opened.browser = await chromium.launch({ executablePath: chromiumPath(), args: ["--no-sandbox"] });
});

afterAll(async () => {
  await opened.browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the first page", () => {
  it("shows every target with each answer in words, distros by name and releases by number", async () => {
    const { page } = await open("index.html");
    expect(await shownRows(page)).toEqual(
      ["debian-9", "debian-12", "debian-13", "fedora-44", "fedora-45"].map(id => `${id}.amd64`),
    );
    const words = await page.locator("#matrix tbody td:nth-child(2)").allTextContents();
    expect(words).toEqual(["unknown", "stale", "yes", "no", "provisional"]);
    expect(await page.locator("thead").textContent()).toContain("not for production");
  });

  it("filters by distro, VMM, Kata's version, standing and text, and counts what is left", async () => {
    const { page } = await open("index.html");
    await page.getByLabel("Distro", { exact: true }).selectOption("fedora");
    expect(await shownRows(page)).toEqual(["fedora-44.amd64", "fedora-45.amd64"]);
    expect(await page.locator("#count").textContent()).toBe("2 of 5 shown");
    await page.getByLabel("Standing").selectOption("no");
    expect(await shownRows(page)).toEqual(["fedora-44.amd64"]);
    await page.getByRole("button", { name: "Show all" }).click();
    await expect.poll(() => shownRows(page)).toHaveLength(5);
    await page.getByLabel("Kata", { exact: true }).selectOption("4.0.0");
    expect(await shownRows(page)).toHaveLength(4);
    await page.getByLabel("VMM").selectOption("qemu");
    expect(await shownRows(page)).toHaveLength(4);
    await page.getByLabel("Kata", { exact: true }).selectOption("");
    await page.getByLabel("Find").fill("BIAN 1");
    expect(await shownRows(page)).toEqual(["debian-12.amd64", "debian-13.amd64"]);
  });

  it("sorts by a column, both ways, and says so", async () => {
    const { page } = await open("index.html");
    const head = page.getByRole("button", { name: "qemu-distro-kernel" });
    await head.click();
    const best = ["debian-13", "fedora-45", "fedora-44", "debian-12", "debian-9"].map(id => `${id}.amd64`);
    expect(await shownRows(page)).toEqual(best);
    expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("ascending");
    await head.click();
    expect(await shownRows(page)).toEqual([...best].reverse());
    expect(await page.locator("th[aria-sort]").getAttribute("aria-sort")).toBe("descending");
    await page.getByLabel("Sort by").selectOption({ label: "Last seen" });
    expect((await shownRows(page))[0]).toBe("debian-9.amd64");
  });

  it("keeps what is asked for in its address, and comes up with it", async () => {
    const { page } = await open("index.html");
    await page.getByLabel("Distro", { exact: true }).selectOption("debian");
    await page.getByRole("button", { name: "qemu-distro-kernel" }).click();
    expect(new URL(page.url()).hash).toBe("#distro=debian&sort=1");
    const again = await open(`index.html${new URL(page.url()).hash}&descending=1`);
    expect(await shownRows(again.page)).toEqual(
      ["debian-9.amd64", "debian-12.amd64", "debian-13.amd64"].reverse().reverse(),
    );
    expect(await again.page.getByLabel("Distro", { exact: true }).inputValue()).toBe("debian");
    const row = await open("index.html#fedora-45.amd64");
    expect(await shownRows(row.page)).toHaveLength(5);
    expect(new URL(row.page.url()).hash).toBe("#fedora-45.amd64");
    expect(
      await open("index.html#distro=%22%3E%3Cimg&sort=99&x=y").then(({ page: odd }) => shownRows(odd)),
    ).toHaveLength(5);
  });

  it("is used with the keyboard alone", async () => {
    const { page } = await open("index.html");
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toBe("To the content");
    await page.getByLabel("Find").focus();
    await page.keyboard.type("fedora-45");
    await page.getByRole("button", { name: "Distro VMM" }).focus();
    await page.keyboard.press("Enter");
    expect(await shownRows(page)).toEqual(["fedora-45.amd64"]);
    await page.locator("#matrix tbody tr:visible th a").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/targets\/fedora-45\.html$/);
  });

  it("reads stale what has expired since it was made", async () => {
    const { page } = await open("index.html");
    await page.clock.setFixedTime(new Date("2029-11-22T12:00:00Z"));
    await page.reload();
    const words = await page.locator("#matrix tbody td:nth-child(2)").allTextContents();
    expect(words).toEqual(["unknown", "stale", "stale", "stale", "stale"]);
  });
});

const paths = ["index.html", "targets/debian-13.html", "targets/fedora-44.html", "targets/debian-9.html"];
const rest = ["codes/virtiofsd.syntax.html", "scenarios/qemu-distro-kernel.html", "scenarios/qemu-kata-kernel.html"];

describe.each([...paths, ...rest])("%s", path => {
  it.each(["light", "dark"] as const)("has nothing that axe finds wrong, %s", async scheme => {
    const { page } = await open(path, { scheme });
    for (const details of await page.locator("summary").all()) await details.click();
    await page.evaluate(axe);
    const wrong = await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(node => node.target.join(" ")).join(", ")))`);
    expect(wrong).toEqual([]);
  });

  it("says nothing on the console and asks for nothing but itself", async () => {
    const { page, said, asked } = await open(path);
    await page.mouse.wheel(0, 10_000);
    expect(said).toEqual([]);
    expect(asked).toEqual([page.url()]);
  });

  it.each([320, 390, 768])("fits a screen of %i pixels", async width => {
    const { page } = await open(path, { width });
    for (const details of await page.locator("summary").all()) await details.click();
    const wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect(wide).toBe(0);
  });

  it("links only to pages and places that there are", async () => {
    const { page } = await open(path);
    const hrefs = await page
      .locator("a")
      .evaluateAll(links => links.map(link => (link as { href?: string }).href ?? ""));
    const own = hrefs.filter(href => href.startsWith("file:")).map(href => new URL(href));
    expect(own.length).toBeGreaterThan(1);
    for (const url of own) {
      const text = readFileSync(url, "utf8");
      if (url.hash !== "") expect(text).toContain(`id="${url.hash.slice(1)}"`);
    }
  });
});

it("a policy that runs nothing else stops a script that was put in", async () => {
  const { page, said } = await open("index.html");
  await page.evaluate(
    `document.body.append(Object.assign(document.createElement("script"), { textContent: "document.title = 'taken'" }))`,
  );
  expect(await page.title()).toBe("Kata Containers on what distros ship");
  expect(said.join()).toContain("Content Security Policy");
});

it("says of Kata's own kernel that it is not for production on a phone too", async () => {
  const { page } = await open("index.html", { width: 390 });
  const labels = await page
    .locator("[id='fedora-45.amd64'] td")
    .evaluateAll(cells =>
      cells.map(cell => (globalThis as unknown as Styled).getComputedStyle(cell, "::after").content),
    );
  expect(labels).toContain('"qemu-kata-kernel, not for production"');
  expect(labels.filter(label => label.includes("not for production"))).toHaveLength(1);
});

it("hostile text is read and does nothing", async () => {
  const { page } = await open("targets/fedora-44.html");
  expect(await page.locator("img, iframe, script, object, [onerror]").count()).toBe(0);
  expect(await page.locator("h1").textContent()).toContain("<img src=x onerror=alert(1)>");
  expect(await page.locator(".verdict").first().textContent()).toContain("<script>alert(1)</script>");
});

it("is printed with all its rows, without what only narrows them down", async () => {
  const { page } = await open("index.html");
  await page.emulateMedia({ media: "print" });
  expect(await page.locator("#filters").isVisible()).toBe(false);
  expect(await shownRows(page)).toHaveLength(5);
  expect((await page.pdf()).length).toBeGreaterThan(10_000);
});
