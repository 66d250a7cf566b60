import type { Builder, TestCase } from "junit-report-builder";
import * as jrb from "junit-report-builder";
import type { Element } from "../../src/reporters/text/xml.ts";

// Its types promise named exports, its code is a CommonJS module whose exports are one shared builder.
const shared = jrb.default as unknown as Builder;

const children = ({ content }: Element): readonly Element[] => (typeof content === "object" ? content : []);
const text = ({ attributes }: Element, name: string): string => String(attributes?.[name]);
const counters = { failure: "getFailureCount", error: "getErrorCount", skipped: "getSkippedCount" } as const;

/** Adds an element with text: junit-report-builder 5.1.2 has no text in `skipped()`. */
function addElement(testCase: TestCase, { name, attributes = {}, content }: Element): void {
  const build = testCase.build.bind(testCase);
  testCase.build = parent => {
    const built = build(parent);
    built.ele(name, attributes).txt(typeof content === "string" ? content : "");
    return built;
  };
  if (name in counters) testCase[counters[name as keyof typeof counters]] = () => 1;
}

/** The report as junit-report-builder writes it, which also counts for itself. */
export function libraryJunit(report: Element): string {
  const builder = shared.newBuilder().name(text(report, "name"));
  for (const suite of children(report)) {
    const added = builder.testSuite().name(text(suite, "name")).timestamp(text(suite, "timestamp"));
    added.time(Number(suite.attributes?.["time"]));
    for (const one of children(suite)) {
      if (one.name === "properties")
        for (const property of children(one)) added.property(text(property, "name"), text(property, "value"));
      else {
        const testCase = added.testCase().name(text(one, "name")).className(text(one, "classname"));
        testCase.file(text(one, "file")).time(Number(one.attributes?.["time"]));
        for (const element of children(one)) addElement(testCase, element);
      }
    }
  }
  return `${builder.build()}\n`;
}
