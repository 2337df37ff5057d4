// A program for the HN212: prints each thing that it hears as a line of JSON, and says what its standard input tells it to.
//
// node program.mjs URL VERSION OPTIONS

import { createInterface } from "node:readline";

const [url, version, options] = process.argv.slice(2);
const { io } = version === "2" ? await legacy() : await import("socket.io-client");

async function legacy() {
  const client = await import("socket.io-client-2");
  return { io: client.default };
}

const say = (what, payload) => process.stdout.write(JSON.stringify({ what, payload }) + "\n");
const socket = io(url, { reconnection: false, forceNew: true, timeout: 5000, ...JSON.parse(options ?? "{}") });

socket.on("connect", () => say("connect", null));
socket.on("disconnect", (reason) => say("disconnect", String(reason)));
socket.on("connect_error", (error) => say("connect_error", String(error?.description ?? error?.message ?? error)));
socket.on("/info", (payload) => say("/info", payload));
socket.on("/event", (payload) => say("/event", payload));

createInterface({ input: process.stdin }).on("line", (line) => {
  const { emit, payload, times } = JSON.parse(line);
  for (let time = 0; time < (times ?? 1); time++) {
    socket.emit(emit, payload);
  }
}).on("close", () => process.exit(0));
