import type { Fetch } from "./connection.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const named = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] as const;

/** fetch by way of the proxies that the variables name: the one of Node 20 goes direct whatever they say. */
export async function proxiedFetch(env: Variables): Promise<Fetch> {
  if (named.every(name => !env[name])) return fetch;
  const undici = await import("undici");
  const httpProxy = env["http_proxy"] ?? env["HTTP_PROXY"] ?? "";
  const httpsProxy = env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "";
  const noProxy = env["no_proxy"] ?? env["NO_PROXY"] ?? "";
  const dispatcher = new undici.EnvHttpProxyAgent({ httpProxy, httpsProxy, noProxy });
  return (url, init) => undici.fetch(url, { ...init, dispatcher });
}
