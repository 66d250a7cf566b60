import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: the form that vitest asks for
export default defineConfig({
  test: {
    include: ["test/real/**/*.test.ts"],
    fileParallelism: false,
    // Tests that say that they may run at once mostly wait, and limit for themselves what takes a processor.
    maxConcurrency: 32,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
