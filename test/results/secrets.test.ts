import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { secretsIn, tellingNames, valueWithoutSecrets, withoutSecrets } from "../../src/results/secrets.ts";

const replay = new URL("../replay/", import.meta.url);
const journals = readdirSync(replay, { recursive: true, encoding: "utf8" })
  .filter(path => path.endsWith("/journal.ndjson"))
  .map(path => readFileSync(new URL(path, replay), "utf8"));

describe("what is written down", () => {
  it.each([
    ["fetching https://me:hunter2@example.org/x", "fetching https://SECRET@example.org/x"],
    ["Authorization: Bearer abc.def-1", "Authorization: SECRET"],
    ["proxy-authorization: basic Zm9v", "proxy-authorization: SECRET"],
    [`token ghp_${"a".repeat(36)} used`, "token SECRET used"],
    ["MIRROR_PASSWORD=hunter2 apt-get", "MIRROR_PASSWORD=SECRET apt-get"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n", "SECRET\n"],
    ["systemd[1]: Hostname set to <alices-laptop>.", "systemd[1]: Hostname set to <HOSTNAME>."],
    ["Linux build-7 6.12 #1", "Linux HOSTNAME 6.12 #1"],
  ])("%j becomes %j", (text, expected) => {
    expect(withoutSecrets(text, ["build-7"])).toBe(expected);
    expect(secretsIn(text, ["build-7"])).toHaveLength(1);
    expect(secretsIn(expected, ["build-7"])).toEqual([]);
    expect(valueWithoutSecrets({ a: [text, 1, null] }, ["build-7"])).toEqual({ a: [expected, 1, null] });
  });

  it.each(["CONFIG_SECRETMEM=y", "CONFIG_CRYPTO_TOKEN=y", "my-build-7", "build-7b", "https://example.org:8080/a@b"])(
    "%j stays",
    text => {
      expect(withoutSecrets(text, ["build-7"])).toBe(text);
    },
  );

  it("is what was seen, of every run that was recorded", () => {
    expect(journals.length).toBeGreaterThan(5);
    for (const journal of journals) expect(secretsIn(journal, ["build-7"])).toEqual([]);
  });
});

it("names a machine by what is no word of the evidence's", () => {
  expect(tellingNames("build-7.example.org", "")).toEqual(["build-7.example.org", "build-7"]);
  expect(tellingNames("debian", "")).toEqual([]);
  expect(tellingNames("debian-13", '["debian-13"]')).toEqual([]);
});
