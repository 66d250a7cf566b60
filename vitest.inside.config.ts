import { defineConfig } from "vitest/config";

/** Tests that a real test runs in a container, which is then the machine that they are about. */
// biome-ignore lint/style/noDefaultExport: the form that vitest asks for
export default defineConfig({
  cacheDir: "/tmp/vitest",
  test: {
    include: ["test/inside/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
