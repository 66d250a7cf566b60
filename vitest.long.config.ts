import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: the form that vitest asks for
export default defineConfig({
  test: {
    include: ["test/long/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
  },
});
