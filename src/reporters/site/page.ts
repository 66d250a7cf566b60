import { type Html, html, trusted } from "../text/html.ts";

/** What stands in each page as it is: the project's own files, and a policy that allows these and nothing else. */
export interface Assets {
  readonly style: string;
  readonly script: string;
  /** A Content-Security-Policy with the hashes of both. */
  readonly policy: string;
}

export interface Page {
  readonly title: string;
  /** From the page to the site's folder: `` or `../`. */
  readonly up: "" | "../";
  readonly body: Html;
  /** Whether the page has something to filter and sort. */
  readonly lively: boolean;
  /** When the matrix was folded. */
  readonly at: string;
  /** The tool and its version. */
  readonly by: string;
}

/** A whole document: nothing of it is loaded from anywhere. */
export function page({ title, up, body, lively, at, by }: Page, { style, script, policy }: Assets): string {
  const home = up === "" ? html`` : html`<nav aria-label="Site"><a href="../index.html">All distros</a></nav>`;
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>${home}</header>
<main id="main">
${body}
</main>
<footer>
<p>Made ${at.slice(0, 16).replace("T", " ")} UTC by ${by} from recorded evidence.
<a href="${up}matrix.json">matrix.json</a> · <a href="${up}SUPPORT.md">SUPPORT.md</a></p>
</footer>
${lively ? html`<script>${trusted(script)}</script>` : html``}
</body>
</html>
`;
  return document.html;
}
