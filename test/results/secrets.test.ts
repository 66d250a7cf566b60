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
    ["AWS_SECRET_ACCESS_KEY=x1", "AWS_SECRET_ACCESS_KEY=SECRET"],
    ["PASSWORD='a b c' run", "PASSWORD='SECRET' run"],
    ['SECRET="x y" run', 'SECRET="SECRET" run'],
    ["password=x", "password=SECRET"],
    ["run --token=x1 y", "run --token=SECRET y"],
    ["run --token x1 y", "run --token SECRET y"],
    ['{"auth": "Zm9vOmJhcg=="}', '{"auth": "SECRET"}'],
    ["GITHUB_TOKEN: x1", "GITHUB_TOKEN: SECRET"],
    ["X-Api-Key: x1", "X-Api-Key: SECRET"],
    ['"Authorization": "Basic Zm9v"', '"Authorization": "SECRET"'],
    ["REGISTRY_PASS=x", "REGISTRY_PASS=SECRET"],
    ["SSH_PRIVATE_KEY=x", "SSH_PRIVATE_KEY=SECRET"],
    ["https://x1@example.org/", "https://SECRET@example.org/"],
    ["http://:pw@proxy:3128", "http://SECRET@proxy:3128"],
    ["http://user:p@ss@proxy", "http://SECRET@proxy"],
    ["PASSWORD=SECRET-hunter2", "PASSWORD=SECRET"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n", "SECRET\n"],
    ["systemd[1]: Hostname set to <alices-laptop>.", "systemd[1]: Hostname set to <HOSTNAME>."],
    ["Linux build-7 6.12 #1", "Linux HOSTNAME 6.12 #1"],
  ])("%j becomes %j", (text, expected) => {
    expect(withoutSecrets(text, ["build-7"])).toBe(expected);
    expect(secretsIn(text, ["build-7"])).toHaveLength(1);
    expect(secretsIn(JSON.stringify(text), ["build-7"])).toHaveLength(1);
    expect(secretsIn(expected, ["build-7"])).toEqual([]);
    expect(secretsIn(JSON.stringify(expected), ["build-7"])).toEqual([]);
    expect(withoutSecrets(expected, ["build-7"])).toBe(expected);
    expect(valueWithoutSecrets({ a: [text, 1, null] }, ["build-7"])).toEqual({ a: [expected, 1, null] });
  });

  it.each([
    "linux: kv.token=kv-9e4423f3 quiet",
    "Speculative Store Bypass: Vulnerable",
    'jaeger_password: "", proxy { password: None }',
    "-object secret,id=s0,file=/x -object secret_keyring",
    "-blockdev luks,key-secret=s0 -spice password-secret=s1",
    "memory-encryption=sev0,confidential-guest-support=sev0",
    "unexpected token: fi",
    "base-passwd:\n  Installed: 3.6.1",
    "unix://@/run/x https://example.org/a@b",
    "Key type encrypted registered; PASS=3 FAIL=0",
    "  --token TOKEN  what to say",
  ])("%j stays, being no secret", text => {
    expect(withoutSecrets(text, [])).toBe(text);
  });

  it.each([
    "A_",
    "a-",
    "PASSWORD='",
    'SECRET="',
    "x://",
    "x://a@",
    "--token-",
    "CONFIG_",
    "TOKEN: ",
    '"auth": ',
    "PASSWORD ",
  ])("takes no long time for many %j", piece => {
    const start = performance.now();
    secretsIn(piece.repeat(300_000 / piece.length), []);
    expect(performance.now() - start).toBeLessThan(1500);
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
