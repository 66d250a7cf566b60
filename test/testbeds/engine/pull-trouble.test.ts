import { expect, test } from "vitest";
import { pullTrouble } from "../../../src/testbeds/engine/pull-trouble.ts";
import { splitReference } from "../../../src/testbeds/engine/reference.ts";

test.each([
  ["manifest unknown: manifest unknown", "image.not-found"],
  ["(HTTP code 404) unexpected - manifest for 127.0.0.1:5000/x:1 not found: manifest unknown", "image.not-found"],
  ["no matching manifest for linux/arm64/v8 in the manifest list entries", "image.not-found"],
  ['Head "http://127.0.0.1:5000/v2/x/manifests/1": no basic auth credentials', "image.unauthorized"],
  ["unauthorized: authentication required", "image.unauthorized"],
  [
    "pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    "image.unauthorized",
  ],
  ["manifest verification failed for digest sha256:00", "image.digest-mismatch"],
  ["image config verification failed for digest sha256:00", "image.digest-mismatch"],
  ["filesystem layer verification failed for digest sha256:00", "image.digest-mismatch"],
  ["Digest did not match, expected sha256:00, got sha256:11", "image.digest-mismatch"],
  ["write /var/lib/docker/tmp/GetImageBlob1: no space left on device", "infra.disk-full"],
  [
    'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
    "infra.registry-down",
  ],
  ['Get "http://127.0.0.1:5000/v2/": EOF', "infra.registry-down"],
  ['Get "https://r.example/v2/": net/http: TLS handshake timeout', "infra.registry-down"],
  ["toomanyrequests: You have reached your pull rate limit", "infra.registry-down"],
  ["received unexpected HTTP status: 503 Service Unavailable", "infra.registry-down"],
])("%s is %s", (message, code) => {
  expect(pullTrouble(message)).toBe(code);
});

test.each([
  ["docker.io/library/debian:13", "docker.io/library/debian", "13"],
  ["127.0.0.1:5000/debian", "127.0.0.1:5000/debian", "latest"],
  ["127.0.0.1:5000/debian:13-slim", "127.0.0.1:5000/debian", "13-slim"],
])("%s is %s and %s", (reference, repository, tag) => {
  expect(splitReference(reference)).toEqual({ repository, tag });
});
