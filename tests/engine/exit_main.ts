/** Ends the process while workers are busy in OpenSSL. */

await Promise.all(Array.from({ length: 4 }, () =>
  new Promise((resolve) => {
    const worker = new Worker(new URL("exit_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = resolve;
  })));
Deno.exit(0);
