import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { proxiedFetch } from "../../../src/images/release/proxy.ts";
import { fileServer } from "./file-server.ts";

/** A proxy on loopback that knows every name, and leads them all to one server. */
async function proxy(target: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on("connect", (request, socket, head) => {
    asked.push(`CONNECT ${request.url}`);
    const { hostname, port } = new URL(target);
    const through = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      through.write(head);
      through.pipe(socket).pipe(through);
    });
    through.on("error", () => socket.destroy());
    socket.on("error", () => through.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const never = new AbortController().signal;

test("goes by way of the proxy that the variables name, and past it where they say so", async () => {
  const { origin } = await fileServer((_, response) => response.end("what is there"));
  const { url, asked } = await proxy(origin);
  const fetch = await proxiedFetch({ http_proxy: url, NO_PROXY: "127.0.0.1" });
  const answer = await fetch("http://kata.invalid/file", { headers: {}, signal: never });
  expect([answer.status, await answer.text()]).toEqual([200, "what is there"]);
  expect(asked).toEqual(["CONNECT kata.invalid:80"]);
  expect(await (await fetch(origin, { headers: {}, signal: never })).text()).toBe("what is there");
  expect(asked).toHaveLength(1);
});

test("goes direct where they name none", async () => {
  expect(await proxiedFetch({ HTTPS_PROXY: "", PATH: "/bin" })).toBe(fetch);
});
