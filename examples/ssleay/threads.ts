/**
 * Net::SSLeay in many threads. Perl's share the process's OpenSSL objects; here a thread is a Worker,
 * which shares nothing: each has a context of its own, and its callbacks stay where they were set.
 * This program is both, the master and the worker. Deno reads the modules of a Worker with the
 * program's permissions: `--allow-read` has the folder that they are in.
 *
 * ```sh
 * deno run --allow-net=localhost:1235 --allow-read=ca.pem,. --allow-ffi examples/ssleay/threads.ts --ca ca.pem --threads 10 localhost 1235
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { SSLeay } from "../../ssleay/low/mod.ts";
import { dieNow } from "../../ssleay/mod.ts";

/** What a worker does. */
interface Job {
  readonly ca: string;
  readonly hostname: string;
  readonly port: number;
  readonly number: number;
}

async function doWorkerJob({ ca, hostname, port, number }: Job): Promise<string> {
  const ctx = SSLeay.CTX_new() ?? dieNow("CTX_new");
  SSLeay.CTX_load_verify_locations(ctx, ca) === 1 || dieNow("load verify locations");
  SSLeay.CTX_set_verify(ctx, SSLeay.VERIFY_PEER, (ok) => ok);
  using conn = await Deno.connect({ hostname, port });
  const ssl = SSLeay.new(ctx) ?? dieNow("new");
  SSLeay.set_fd(ssl, conn);
  await SSLeay.connect(ssl) === 1 || dieNow("ssl connect");
  await SSLeay.write(ssl, `thread ${number}`);
  const got = await SSLeay.read(ssl) ?? dieNow("ssl read");
  SSLeay.free(ssl);
  SSLeay.CTX_free(ctx);
  return new TextDecoder().decode(got);
}

/** Starts a thread; what it answered. */
function startThread(job: Job): Promise<string> {
  const worker = new Worker(import.meta.url, { type: "module" });
  return new Promise<string>((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`thread ${job.number}: ${event.message}`));
    };
    worker.postMessage(job);
  }).finally(() => worker.terminate());
}

async function doMasterJob(): Promise<void> {
  const { ca, threads, _: args } = parseArgs(Deno.args, {
    string: ["ca", "threads", "_"],
    default: { threads: "10" },
  });
  const [hostname, port] = args.map(String);
  if (ca === undefined || hostname === undefined || port === undefined) {
    console.error("usage: threads.ts --ca ca.pem [--threads number] host port");
    Deno.exit(2);
  }
  const started = Array.from(
    { length: Number(threads) },
    (_, number) => startThread({ ca, hostname, port: Number(port), number }),
  );
  for (const answer of await Promise.all(started)) console.log(answer); // join()
}

/** The other end of a worker, of which TypeScript knows only with its own library. */
interface Thread extends EventTarget {
  onmessage: (event: MessageEvent<Job>) => void;
  postMessage(answer: string): void;
}

if ("WorkerGlobalScope" in globalThis) {
  const thread = globalThis as unknown as Thread;
  thread.onmessage = async ({ data }) => thread.postMessage(await doWorkerJob(data));
} else await doMasterJob();
