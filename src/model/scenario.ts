import * as z from "zod";
import { ContainerWorkloadId, gatingContainers, VmmId, WorkloadId } from "./words.ts";

/** What is put together and exercised, with no distro in it. */
export const Scenario = z
  .strictObject({
    $schema: z.string().optional(),
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words joined by dashes"),
    title: z.string(),
    vmm: VmmId,
    /** With Kata's own kernel nothing is proven of the distro's, and nothing of it is for production. */
    guestKernel: z.enum(["distro", "kata"]),
    /** Kata's own release, or the distro's package of it. */
    kata: z.enum(["release", "distro"]).default("release"),
    /** What the guest tier exercises. */
    workloads: z.array(WorkloadId).default([]),
    /** What the kata tier runs in containers. */
    containers: z
      .array(ContainerWorkloadId)
      .min(1)
      .default([...gatingContainers]),
  })
  .describe("What is put together and exercised on each target");
export type Scenario = z.infer<typeof Scenario>;
