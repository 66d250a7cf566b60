import { expect, test } from "vitest";
import { withoutAddresses } from "../../src/images/mask.ts";

test.each([
  ["Get:1 http://deb.example.org/debian trixie InRelease [140 kB]", "Get:1 MIRROR trixie InRelease [140 kB]"],
  ["Err:1 https://u:p@h:8/a/b/dists/sid/InRelease", "Err:1 MIRROR/dists/sid/InRelease"],
  ["  Could not connect to proxy.local:3128 (10.0.0.1). - connect", "  Could not connect to MIRROR. - connect"],
  ["  Temporary failure resolving 'deb.example.org'", "  Temporary failure resolving MIRROR"],
  ["  404  Not Found [IP: 10.0.0.1 3128]", "  404  Not Found [IP: MIRROR]"],
  ["Curl error (6): Could not resolve host: a.example [x]", "Curl error (6): Could not resolve host: MIRROR [x]"],
  ["Setting up libc6:amd64 (2.41-12) ...", "Setting up libc6:amd64 (2.41-12) ..."],
])("%s", (text, masked) => {
  expect(withoutAddresses(text)).toBe(masked);
  expect(withoutAddresses(masked)).toBe(masked);
});
