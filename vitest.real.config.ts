import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: the form that vitest asks for
export default defineConfig({
  test: {
    include: ["test/real/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
