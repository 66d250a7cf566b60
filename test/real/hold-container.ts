import { connectEngine } from "../../src/testbeds/engine/connect.ts";

// A harness to be killed: starts a container of the run and the image in its arguments, says so, and stays.
const [image = "", run = ""] = process.argv.slice(2);
const { DOCKER_HOST, XDG_RUNTIME_DIR } = process.env;
const engine = await connectEngine({ DOCKER_HOST, XDG_RUNTIME_DIR });
const container = await engine.start({ image, run, capabilities: [], devices: [], mounts: [], network: "none" });
void container.exec(["sleep", "1000"]).catch(() => {});
console.log(container.id);
setInterval(() => {}, 1000);
