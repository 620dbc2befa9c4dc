// node.mjs FOLDER: the protocol of bench/side.ts with Node's tls.
import tls from "node:tls";
import fs from "node:fs";
import readline from "node:readline";
const folder = process.argv[2];
const f = (n) => fs.readFileSync(`${folder}/${n}`);
const ca = f("ca.pem"), cert = f("server.pem"), key = f("server.key");
const clientCtx = tls.createSecureContext({ ca });
let lastSession;
function connect(c) {
  return new Promise((res, rej) => {
    const s = tls.connect({
      host: "127.0.0.1",
      port: c.port,
      servername: "localhost",
      secureContext: clientCtx,
      ...(c.resume && lastSession ? { session: lastSession } : {}),
    }, () => res(s));
    s.setNoDelay(true);
    s.once("error", rej);
    if (c.resume) s.on("session", (x) => lastSession = x);
  });
}
function collect(s, count) {
  return new Promise((res, rej) => {
    let left = count;
    const on = (d) => {
      left -= d.length;
      if (left <= 0) {
        s.off("data", on);
        res();
      }
    };
    s.on("data", on);
    s.once("error", rej);
    s.once("end", () => left > 0 && rej(new Error("end")));
  });
}
async function timed(run, s) {
  const c0 = process.cpuUsage(), t0 = performance.now();
  await run();
  const { user, system } = process.cpuUsage(c0);
  const wall = (performance.now() - t0) / 1000;
  s?.end();
  return { wall, cpu: (user + system) / 1e6 };
}
const shared = Buffer.alloc(262144);
const CMD = {
  cpu: () => ({}),
  rss: () => {
    globalThis.gc?.();
    const m = process.memoryUsage();
    return { rss: m.rss / 1024 };
  },
  async serve() {
    const srv = tls.createServer({ cert, key }, handle);
    srv.on("tlsClientError", () => {});
    await new Promise((r) => srv.listen({ port: 0, host: "127.0.0.1", backlog: 1024 }, r));
    return { port: srv.address().port };
  },
  async D(c) {
    const s = await connect(c);
    return timed(async () => {
      const p = collect(s, c.total);
      s.write(`D ${c.total} ${c.chunk}\n`);
      await p;
    }, s);
  },
  async U(c) {
    const s = await connect(c);
    const chunk = Buffer.alloc(c.chunk);
    return timed(async () => {
      const p = collect(s, 1);
      s.write(`U ${c.total} ${c.chunk}\n`);
      for (let left = c.total; left > 0; left -= chunk.length) {
        if (!s.write(left < chunk.length ? chunk.subarray(0, left) : chunk)) {
          await new Promise((r) => s.once("drain", r));
        }
      }
      await p;
    }, s);
  },
  async P(c) {
    const s = await connect(c);
    s.write("E\n");
    const out = Buffer.alloc(c.size, 121);
    let left = 0, done;
    s.on("data", (d) => {
      left -= d.length;
      if (left <= 0) done();
    });
    const round = (n) =>
      new Promise((r) => {
        let i = 0;
        done = () => {
          if (i++ === n) return r();
          left = c.size;
          s.write(out);
        };
        done();
      });
    await round(200);
    return timed(() => round(c.total), s);
  },
  async H(c) {
    let left = c.total, reused = 0;
    return {
      ...await timed(() =>
        Promise.all(Array.from({ length: c.concurrency }, async () => {
          while (left-- > 0) {
            const s = await connect(c);
            const p = new Promise((r) =>
              s.once("data", (d) => {
                if (d[0] === 82) reused++;
                r();
              })
            );
            s.write("B\n");
            await p;
            s.end();
          }
        }))
      ),
      reused,
    };
  },
  async L(c) {
    const s = await connect(c);
    s.write(`L ${c.total}\n`);
    return timed(async () => {
      let n = 0;
      const rl = readline.createInterface({ input: s, crlfDelay: Infinity });
      for await (const l of rl) if (l.length > 0 && ++n === c.total) break;
    }, s);
  },
};
function handle(s) {
  s.setNoDelay(true);
  s.on("error", () => {});
  let mode = "line", buf = Buffer.alloc(0), left = 0;
  s.on("data", async (d) => {
    if (mode === "echo") {
      s.write(d);
      return;
    }
    if (mode === "up") {
      left -= d.length;
      if (left <= 0) {
        mode = "line";
        s.write("K");
      }
      return;
    }
    buf = buf.length ? Buffer.concat([buf, d]) : d;
    const e = buf.indexOf(10);
    if (e < 0) return;
    const [cmd, a, b] = buf.subarray(0, e).toString().split(" ");
    const rest = buf.subarray(e + 1);
    buf = Buffer.alloc(0);
    if (cmd === "D") {
      const chunk = shared.subarray(0, Math.min(+b, shared.length));
      for (let l = +a; l > 0; l -= chunk.length) {
        if (!s.write(l < chunk.length ? chunk.subarray(0, l) : chunk)) {
          await new Promise((r) => s.once("drain", r));
        }
      }
    } else if (cmd === "U") {
      mode = "up";
      left = +a - rest.length;
      if (left <= 0) {
        mode = "line";
        s.write("K");
      }
    } else if (cmd === "E") {
      mode = "echo";
      if (rest.length) s.write(rest);
    } else if (cmd === "P") {
      mode = "idle";
      s.write("P");
    } else s.end(s.isSessionReused() ? "R" : "B");
  });
}
const say = (x) => process.stdout.write(JSON.stringify(x) + "\n");
say({ ready: true });
const rl = readline.createInterface({ input: process.stdin });
for await (const line of rl) {
  const c = JSON.parse(line);
  try {
    const { user, system } = process.cpuUsage();
    say({ cpu: (user + system) / 1e6, ...await CMD[c.do](c) });
  } catch (e) {
    say({ error: String(e.stack) });
  }
}
process.exit(0);
