import type { Fetch } from "./connection.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** The first that is set: programs agree on the lower-case names, and most on the others. */
const said = (env: Variables, name: string) => env[name.toLowerCase()] ?? env[name] ?? "";

/** fetch by way of the proxies that the variables name: the one of Node 20 goes direct whatever they say. */
export async function proxiedFetch(env: Variables): Promise<Fetch> {
  const [httpProxy, httpsProxy] = [said(env, "HTTP_PROXY"), said(env, "HTTPS_PROXY")];
  if (httpProxy === "" && httpsProxy === "") return fetch;
  // Loaded where it is needed, by a module of ours: a bundle has no names of a package that is loaded late itself.
  const { through } = await import("./proxied.ts");
  return through({ httpProxy, httpsProxy, noProxy: said(env, "NO_PROXY") });
}
