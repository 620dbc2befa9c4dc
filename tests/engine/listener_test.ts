import "../helpers/limit.ts";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { TcpListener } from "../../engine/dial.ts";

Deno.test("TcpListener.acceptPlain() gives a connection whose client is gone already: reading it says so", async () => {
  // Some systems refuse to set options of a socket whose peer is gone; Linux cannot be made to.
  const conn = {
    calls: 0,
    setNoDelay() {
      this.calls++;
      throw new Deno.errors.BadResource("Invalid argument (os error 22)");
    },
  };
  const { listen } = Deno;
  Deno.listen = (() => ({ accept: () => Promise.resolve(conn) })) as unknown as typeof listen;
  try {
    const listener = new TcpListener({ hostname: "127.0.0.1", port: 0 } as never);
    assertStrictEquals(await listener.acceptPlain() as unknown, conn);
    assertEquals(conn.calls, 1);
  } finally {
    Deno.listen = listen;
  }
});
