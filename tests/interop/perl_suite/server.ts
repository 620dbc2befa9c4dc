/**
 * The Deno side of the bridge: answers the requests of the Perl processes of one test file.
 *
 * Usage: deno run --allow-all server.ts SOCKET. With BRIDGE_RULES=perl Perl's rules are chosen, by
 * options, where the project's defaults are stricter. It ends when its standard input does.
 */
import { Channel, type Request } from "./channel.ts";
import { connectionRequests } from "./connection_requests.ts";
import { otherRequests } from "./other_requests.ts";

type Handler = (channel: Channel, request: never) => unknown;

const HANDLERS: Readonly<Record<string, Handler>> = { ...connectionRequests, ...otherRequests };

/** An error as Perl's side takes it. */
function told(error: unknown): object {
  const { name, code, errno, message } = error as Error & { code?: string; errno?: number };
  return { t: "e", err: { name, code, errno, message: String(message ?? error) } };
}

async function answer(channel: Channel, request: Request): Promise<object> {
  try {
    const handler = HANDLERS[request.op];
    if (handler === undefined) throw new Error(`there is no request ${request.op}`);
    const value = await channel.run(async () => await handler(channel, request as never));
    return { t: "r", v: value ?? null };
  } catch (error) {
    return told(error);
  }
}

async function serve(conn: Deno.Conn): Promise<void> {
  const channel = new Channel(conn);
  while (true) {
    const request = await channel.receive();
    if (request === undefined) return conn.close();
    await channel.send(await answer(channel, request as Request));
  }
}

const listener = Deno.listen({ transport: "unix", path: Deno.args[0]! });
console.log("listening");
// The one who has started it holds its standard input.
Deno.stdin.readable.pipeTo(new WritableStream()).finally(() => Deno.exit());
for await (const conn of listener) {
  // A process that was killed in the middle of a message is gone, and nobody waits for an answer.
  serve(conn).catch(() => {});
}
