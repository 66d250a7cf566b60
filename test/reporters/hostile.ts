import { type Code, codes, reason } from "../../src/model/reason.ts";
import type { Verdict } from "../../src/model/verdict.ts";
import { cellVerdict, checkVerdict, qemu, verdict } from "./verdicts.ts";

/** Numbers from 0 up to below 1, the same for the same seed (mulberry32). */
export function dice(seed: number): () => number {
  const state = { a: seed };
  return () => {
    state.a = (state.a + 0x6d2b79f5) | 0;
    const t = Math.imul(state.a ^ (state.a >>> 15), 1 | state.a);
    const u = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((u ^ (u >>> 14)) >>> 0) / 4294967296;
  };
}

/** Things that a guest's console can print. */
export const nasty: readonly string[] = [
  "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\ \u009b2J",
  "\ufffd\ufffd invalid UTF-8, decoded",
  "]]> <![CDATA[ ]]]]>> </failure><script>alert(1)</script> &amp; &#0; &#x1b;",
  "::error::injected\n::set-output name=a::b\n  ::add-mask::x\r::stop-commands::y\r\n::endgroup::",
  "##[error]injected ##[add-mask]x ##vso[task.complete]y ##teamcity[z]",
  "\u0000\u0001\u0002nul\u0000 \b\b\b \u007f \u0085",
  "\ud800 lone \udc00 \udfff\ud800",
  "\ufffe \uffff \ufeff \u2028 \u2029 \u202egnp.exe\u2066",
  "%0A%0D%25 %3A%2C 100% a,b:c=d",
  "| a | b |\n|---|---|\n# head\n- list\n1. one\n> quote\n```\n~~~~\n`````` ticks ``",
  "<img src=x onerror=alert(1)> [link](javascript:alert(1)) ![](http://evil) @someone #1 www.evil.org https://evil.org",
  "__proto__ constructor toString $& $1 $`",
  "\t\n \u00a0 \u200b",
  "",
  "wide 漢字 🙂 e\u0301",
];

/** Random text of hostile pieces, sometimes long. */
export function hostileText(random: () => number): string {
  const count = Math.floor(random() * 6);
  const pieces = Array.from({ length: count }, () => nasty[Math.floor(random() * nasty.length)] ?? "");
  const noise = Array.from({ length: Math.floor(random() * 40) }, () =>
    String.fromCharCode(Math.floor(random() * 65536)),
  );
  return [...pieces, noise.join("")].join(random() < 0.5 ? "\n" : "");
}

/** A verdict with the text wherever a verdict has text that came from a testbed or a catalog. */
export function hostileVerdict(text: () => string, random: () => number = () => 0.3): Verdict {
  const all = Object.keys(codes) as Code[];
  const check = (id: string) => {
    const outcome = (["pass", "fail", "error", "skip"] as const)[Math.floor(random() * 4)] ?? "fail";
    const code = all[Math.floor(random() * all.length)] ?? "guest.panic";
    return checkVerdict(id, {
      title: text(),
      gating: random() < 0.8,
      outcome,
      proof: outcome === "pass" ? text() : null,
      reason: outcome === "pass" ? null : reason(code, text(), text()),
      durationMs: random() < 0.2 ? Number.NaN : random() * 1e6,
      knownIssue: random() < 0.2 ? `https://bugs.example.org/${text()}` : null,
    });
  };
  const standing = (["provisional", "unsupported", "inconclusive", "not-applicable"] as const)[
    Math.floor(random() * 4)
  ];
  const component = {
    ...qemu,
    version: text(),
    path: text(),
    package: { name: text(), version: text(), arch: text(), repository: { name: text(), own: random() < 0.5 } },
  };
  return verdict({
    tool: { name: "kata-verify", version: text(), commit: text() },
    cells: [
      cellVerdict({
        standing: standing ?? "unsupported",
        because: text(),
        components: { vmm: component },
        checks: ["guest.a", "guest.b", "contract.c"].map(check),
        notes: [text(), text()],
      }),
    ],
  });
}
