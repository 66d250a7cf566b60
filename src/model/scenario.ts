import * as z from "zod";
import { VmmId, WorkloadId } from "./words.ts";

/** What is put together and exercised, with no distro in it. */
export const Scenario = z
  .strictObject({
    $schema: z.string().optional(),
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by dashes"),
    title: z.string(),
    vmm: VmmId,
    guestKernel: z.enum(["distro"]),
    workloads: z.array(WorkloadId).min(1),
  })
  .describe("What is put together and exercised on each target");
export type Scenario = z.infer<typeof Scenario>;
