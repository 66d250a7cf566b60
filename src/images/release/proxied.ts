import { EnvHttpProxyAgent, fetch } from "undici";
import type { Fetch } from "./connection.ts";

export interface Proxies {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** A fetch by way of proxies. */
export function through(proxies: Proxies): Fetch {
  const dispatcher = new EnvHttpProxyAgent(proxies);
  return (url, init) => fetch(url, { ...init, dispatcher });
}
