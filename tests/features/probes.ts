/**
 * One probe per row of engine/features.ts: it does the thing, and throws if it
 * did not work. Under an engine that lacks the feature it must be refused.
 */

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { SSL_VERIFY_FAIL_IF_NO_PEER_CERT, SSL_VERIFY_PEER } from "../../constants.ts";
import { type ClientHello, ClientHelloReader } from "../../engine/client_hello.ts";
import type { Feature } from "../../engine/features.ts";
import { SslTruncatedError, SslUnsupportedError, SslVerifyError } from "../../errors.ts";
import { PublicSuffix, SslContext, SslSocket, verifyCertificate } from "../../mod.ts";
import type { ConnectOptions, ListenOptions } from "../../mod.ts";
import {
  both,
  bytes,
  engineHandshake,
  enginePair,
  exchange,
  LOOPBACK,
  type Pki,
  readAll,
  type World,
} from "./world.ts";
import { tcpPair } from "../helpers/tcp_pair.ts";

/** The error of what must be refused; that it is not supported is the answer of the probe. */
async function refused<E extends Error>(
  run: () => Promise<unknown>,
  // deno-lint-ignore no-explicit-any -- any constructor will do
  type: new (...args: any[]) => E,
): Promise<E> {
  const error = await run().then(() => undefined, (error) => error);
  if (error instanceof SslUnsupportedError) throw error;
  assertInstanceOf(error, type);
  return error;
}

/** Does what a feature promises. */
export type Probe = (world: World) => Promise<unknown>;

/** A connected pair that has exchanged bytes, with whatever both sides were given. */
async function talk(
  world: World,
  client: ConnectOptions = {},
  server: ListenOptions = {},
  look: (client: SslSocket, server: SslSocket) => unknown = () => {},
): Promise<void> {
  await using listener = await world.listen(server);
  const [a, b] = await both(SslSocket.connect(world.reach(listener, client)), listener.accept());
  await using _a = a;
  await using _b = b;
  await exchange(a, b);
  await look(a, b);
}

/** What a client says first. */
async function helloOf(world: World, options: ConnectOptions): Promise<ClientHello> {
  using listener = Deno.listen({ hostname: LOOPBACK, port: 0 });
  const heard = (async () => {
    const conn = await listener.accept();
    const [reader, p] = [new ClientHelloReader(), new Uint8Array(4096)];
    try {
      for (let n; (n = await conn.read(p)) !== null;) {
        const hello = reader.push(p.subarray(0, n));
        if (hello) return hello;
      }
      throw new Error("there was no ClientHello");
    } finally {
      conn.close();
    }
  })();
  const client = SslSocket.connect(world.reach({ addr: listener.addr }, options));
  // The client fails in any case; only what it cannot do is of interest.
  const outcome = client.then(() => {}, (error) => {
    if (error instanceof SslUnsupportedError) throw error;
  });
  heard.catch(() => {});
  await Promise.race([heard, outcome]);
  await outcome;
  return await heard;
}

const demand = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
const clientPair = ({ client }: Pki) => ({ cert: client.cert, key: client.key });

/** The probes. A row without one does not compile. */
export const PROBES: Readonly<Record<Feature, Probe>> = {
  client: (w) => talk(w),
  server: (w) => talk(w),

  startClient: async (w) => {
    await using listener = await w.listen();
    const conn = await Deno.connect({ hostname: LOOPBACK, port: listener.addr.port });
    const [a, b] = await both(
      SslSocket.start(conn, { ...w.trust, hostname: "localhost" }),
      listener.accept(),
    );
    await using _a = a;
    await using _b = b;
    await exchange(a, b);
  },

  startServer: async (w) => {
    const [near, far] = await tcpPair();
    try {
      const [b, a] = await both(
        SslSocket.start(far, { ...w.engineOnly, server: true, ...w.pki.serverPair }),
        SslSocket.start(near, { ...w.trust, hostname: "localhost" }),
      );
      await using _a = a;
      await using _b = b;
      await exchange(a, b);
    } finally {
      w.drop(near, far);
    }
  },

  stopTls: (w) =>
    talk(w, {}, {}, async (a, b) => {
      const [x, y] = await both(a.stopSsl(), b.stopSsl());
      await exchange(x, y);
    }),

  noShutdown: (w) =>
    talk(w, {}, {}, async (a, b) => {
      await a.close({ noShutdown: true });
      await refused(() => b.read(new Uint8Array(1)), SslTruncatedError);
    }),

  keepSocket: async (w) => {
    await using listener = await w.listen({}, w.pki.foreignPair);
    const accepting = listener.accept().catch((error) => error);
    try {
      const error = await refused(
        () => SslSocket.connect(w.reach(listener, { keepSocketOnError: true })),
        SslVerifyError,
      );
      assert(error.transport !== undefined);
      (error.transport as Deno.Conn).close();
    } finally {
      listener.close();
      await accepting;
    }
  },

  anyTransport: async (w) => {
    const pipe = () => new TransformStream<Uint8Array>({}, {}, { highWaterMark: 16 });
    const [up, down] = [pipe(), pipe()];
    const near = { readable: down.readable, writable: up.writable };
    const far = { readable: up.readable, writable: down.writable };
    const client = SslSocket.start(near, { ...w.trust, hostname: "localhost" });
    const [a, b] = await both(
      client,
      w.features.has("startServer")
        ? SslSocket.start(far, { ...w.engineOnly, server: true, ...w.pki.serverPair })
        : client,
    );
    await exchange(a, b);
    await both(a.close(), b.close());
  },

  ownAnchors: async (w) => {
    await talk(w, { ca: w.pki.ca.pem });
    await refused(() => talk(w, { ca: [] }), SslVerifyError);
  },

  // On top of the default anchors, which must be there.
  extraAnchors: (w) => talk(w, { extraCa: w.pki.ca.pem }),

  verifyNone: (w) => talk(w, { verifyMode: 0 }),

  clientCertificate: async (w) => {
    const asks = w.features.has("requestClientCertificate");
    const server = asks ? { verifyMode: demand, clientCa: w.pki.ca.pem } : {};
    // By address: the Deno engine verifies what it connects to.
    const client = { ...clientPair(w.pki), hostname: LOOPBACK };
    await talk(w, client, server, (a, b) => {
      assertEquals(a.sockCertificate()?.commonName, "a client");
      if (asks) assertEquals(b.peerCertificate()?.commonName, "a client");
    });
  },

  clientCertificateOnStart: async (w) => {
    await using listener = await w.listen({ verifyMode: demand, clientCa: w.pki.ca.pem }, {
      unless: "requestClientCertificate",
    });
    const conn = await Deno.connect({ hostname: LOOPBACK, port: listener.addr.port });
    try {
      const own = { ...w.trust, ...clientPair(w.pki), hostname: "localhost" };
      const [a, b] = await both(SslSocket.start(conn, own), listener.accept());
      await using _a = a;
      await using _b = b;
      assertEquals(b.peerCertificate()?.commonName, "a client");
    } finally {
      w.drop(conn);
    }
  },

  requestClientCertificate: async (w) => {
    const server = { verifyMode: demand, clientCa: w.pki.ca.pem };
    await talk(w, clientPair(w.pki), server, (_, b) => {
      assertEquals(b.peerCertificate()?.commonName, "a client");
    });
    // Neither without a certificate nor with one of another CA.
    for (const own of [{}, { cert: w.pki.foreign.cert, key: w.pki.foreign.key }]) {
      await using listener = await w.listen(server);
      const refused = listener.accept().then(() => undefined, (error) => error);
      const client = SslSocket.connect(w.reach(listener, own)).then((s) => s.close(), () => {});
      assertInstanceOf(await refused, Error);
      await client;
    }
  },

  multiCert: async (w) => {
    const cert = { "localhost%ec": w.pki.server.cert, "localhost%ed": w.pki.ed25519.cert };
    const key = { "localhost%ec": w.pki.server.key, "localhost%ed": w.pki.ed25519.key };
    for (const [sigalgs, algorithm] of [["ECDSA+SHA256", "ec"], ["ed25519", "ed25519"]] as const) {
      const client = w.features.has("ciphers") ? { sigalgs } : {};
      await talk(w, client, { cert, key }, (a) => {
        assertEquals(a.peerCertificate()?.publicKey.asymmetricKeyType, algorithm);
      });
    }
  },

  peerCertificate: (w) =>
    talk(w, {}, {}, (a) => {
      assertEquals(a.peerCertificate()?.commonName, "localhost");
      assertEquals(a.getFingerprint(), w.pki.server.certificate.fingerprint());
    }),

  hostnameSchemes: async (w) => {
    await talk(w, { verifycnScheme: "http" });
    const { cert, key } = await w.pki.ca.server("*.wild.example");
    const wild = (options: ConnectOptions) =>
      talk(w, { serverName: "a.wild.example", ...options }, { cert, key });
    await wild({ verifycnScheme: "http" });
    await refused(() => wild({ verifycnScheme: "sip" }), SslVerifyError); // which has no wildcards
    const verifycnPublicsuffix = PublicSuffix.fromString("wild.example");
    await refused(() => wild({ verifycnPublicsuffix }), SslVerifyError);
  },

  fingerprint: async (w) => {
    const pin = w.pki.server.certificate.fingerprint();
    const nobody = w.features.has("ownAnchors") ? { ca: [] } : {};
    await talk(w, { ...nobody, fingerprint: pin });
    const other = w.pki.foreign.certificate.fingerprint();
    await refused(() => talk(w, { ...nobody, fingerprint: other }), SslVerifyError);
  },

  versions: (w) =>
    talk(w, { version: "TLSv1_2" }, {}, (a) => {
      assertEquals(a.getSslversion(), "TLSv1_2");
    }),

  ciphers: (w) =>
    talk(w, { ciphersuites: "TLS_AES_128_GCM_SHA256" }, {}, (a) => {
      assertEquals(a.getCipher(), "TLS_AES_128_GCM_SHA256");
    }),

  negotiated: (w) =>
    talk(w, {}, {}, (a, b) => {
      assertEquals([a.getSslversion(), b.getSslversion()], ["TLSv1_3", "TLSv1_3"]);
      assertEquals(a.getCipher(), b.getCipher());
      assertEquals(a.getGroup(), b.getGroup());
      assertEquals(a.getPeerSignatureAlgorithm(), "ecdsa_secp256r1_sha256");
      assertEquals(a.getSessionReused(), false);
    }),

  exporter: (w) =>
    talk(w, {}, {}, (a, b) => {
      const [x, y] = [a, b].map((s) => s.exportKeyingMaterial("EXPORTER-probe", 32));
      assertEquals(x, y);
    }),

  finished: (w) =>
    talk(w, {}, {}, (a, b) => {
      assertEquals(a.getFinished(), b.getPeerFinished());
      assertEquals(b.getFinished(), a.getPeerFinished());
    }),

  alpnClient: async (w) => {
    const hello = await helloOf(w, { alpnProtocols: ["probe/1", "probe/2"] });
    assertEquals(hello.alpnProtocols, ["probe/1", "probe/2"]);
  },

  alpnServer: (w) =>
    talk(
      w,
      { alpnProtocols: ["probe/2", "probe/1"] },
      { alpnProtocols: ["probe/1"] },
      (a, b) => assertEquals([a.alpnSelected(), b.alpnSelected()], ["probe/1", "probe/1"]),
    ),

  sniClient: async (w) => assertEquals((await helloOf(w, {})).serverName, "localhost"),

  noSni: async (w) => {
    const none = await helloOf(w, { serverName: "", verifycnName: "localhost" });
    assertEquals(none.serverName, "");
    const other = { serverName: "other.example", verifycnName: "localhost" };
    assertEquals((await helloOf(w, other)).serverName, "other.example");
  },

  sniServer: async (w) => {
    const { server, other } = w.pki;
    const cert = { "": server.cert, "other.example": other.cert };
    const key = { "": server.key, "other.example": other.key };
    for (const serverName of ["localhost", "other.example"]) {
      await talk(w, { serverName }, { cert, key }, (a) => {
        assertEquals(a.peerCertificate()?.commonName, serverName);
      });
    }
  },

  sniCallback: async (w) => {
    const { cert, key } = w.pki.other;
    const sniCallback = (name: string) => name === "other.example" ? { cert, key } : undefined;
    await talk(w, { serverName: "other.example" }, { sniCallback }, (a, b) => {
      assertEquals(a.peerCertificate()?.commonName, "other.example");
      assertEquals(b.getServername(), "other.example");
    });
  },

  hotSwap: async (w) => {
    const { cert, key } = w.pki.other;
    using context = await SslContext.create({ ...w.engineOnly, server: true, cert, key });
    await using listener = await w.listen();
    listener.setContext(context);
    const client = w.reach(listener, { serverName: "other.example" });
    const [a, b] = await both(SslSocket.connect(client), listener.accept());
    await both(a.close(), b.close());
  },

  halfClose: (w) =>
    talk(w, {}, {}, async (a, b) => {
      await a.write(bytes("up"));
      await a.closeWrite();
      assertEquals(await readAll(b), "up");
      await b.write(bytes("down"));
      await b.closeWrite();
      assertEquals(await readAll(a), "down");
    }),

  crl: async (w) => {
    const { ca, revokedPair } = w.pki;
    const client = { checkCrl: true, crl: ca.crl() };
    await talk(w, client);
    const error = await refused(() => talk(w, client, revokedPair), SslVerifyError);
    assertEquals(error.code, "CERT_REVOKED");
  },

  verifyChain: async (w) => {
    const { ca, server } = w.pki;
    const options = { ca: ca.pem, host: "localhost", ...w.engineOnly };
    assert((await verifyCertificate(server.cert, options)).ok);
    assert(!(await verifyCertificate(w.pki.foreign.cert, options)).ok);
  },

  ocsp: async (w) => {
    const staple = crypto.getRandomValues(new Uint8Array(200));
    const seen: (Uint8Array | undefined)[] = [];
    await using pair = await enginePair(w, {
      requestOcsp: true,
      hooks: { ocsp: (response) => void seen.push(response) },
    }, { hooks: { ocspStaple: () => staple } });
    await engineHandshake(pair);
    assertEquals(seen, [staple]);
  },

  sessions: async (w) => {
    const sessions: Uint8Array[] = [];
    const config = {
      versions: new Set([0x0303] as const),
      sessions: true,
      hooks: { newSession: (session: Uint8Array) => void sessions.push(session) },
    };
    await using pair = await enginePair(w, config, {});
    await engineHandshake(pair);
    const [session] = sessions;
    assert(session !== undefined);
    await using again = await pair.again({ session });
    await engineHandshake(again);
    assertEquals(again.client.negotiated().reused, true);
  },

  sessionIdContext: (w) => talk(w, {}, { sessionIdContext: "probe" }),

  ticketKeys: async (w) => {
    let asked = 0;
    const ticketKey = () => {
      asked++;
      return { name: new Uint8Array(16), key: new Uint8Array(32) };
    };
    await using pair = await enginePair(w, {}, { hooks: { ticketKey } });
    await engineHandshake(pair);
    assert(asked > 0);
  },

  psk: async (w) => {
    const psk = () => ({ identity: bytes("me"), key: bytes("0123456789abcdef") });
    const side = { psk: true, hooks: { psk } };
    await using pair = await enginePair(w, side, { ...side, credentials: [] });
    await engineHandshake(pair);
    assertEquals(pair.client.peerChain(), []);
  },

  npn: (w) =>
    talk(
      w,
      { npnProtocols: ["probe"], version: "TLSv1_2" },
      { npnProtocols: ["probe"] },
      (a, b) =>
        assertEquals([a.nextProtoNegotiated(), b.nextProtoNegotiated()], ["probe", "probe"]),
    ),

  keylog: async (w) => {
    const lines: string[] = [];
    await talk(w, { keylog: (line) => void lines.push(line) });
    assert(lines.some((line) => line.startsWith("CLIENT_TRAFFIC_SECRET_0 ")));
  },

  verifyCallback: async (w) => {
    const depths: number[] = [];
    const verifyEach = ({ ok, depth }: { ok: boolean; depth: number }) => {
      depths.push(depth);
      return ok;
    };
    await using pair = await enginePair(w, { hooks: { verifyEach } }, {});
    await engineHandshake(pair);
    assert(depths.includes(0) && depths.includes(1), String(depths));
  },

  msgCallback: async (w) => {
    const types = new Set<number>();
    const message = (event: { contentType: number }) => void types.add(event.contentType);
    await using pair = await enginePair(w, { hooks: { message } }, {});
    await engineHandshake(pair);
    assert(types.has(22));
  },

  nativeObjects: (w) =>
    talk(w, {}, {}, (a) => {
      assertEquals(a.sslObject().kind, "SSL");
      assertEquals(a.context.ctxObject().kind, "SSL_CTX");
    }),

  ocspResolver: (w) =>
    talk(w, {}, {}, (a) => {
      // The certificate names no responder, so that there is nobody to be asked.
      assertEquals(a.ocspResolver().hardError(), "");
    }),

  releaseBuffers: (w) => talk(w, { modeReleaseBuffers: true }, { modeReleaseBuffers: true }),

  acceptPlain: async (w) => {
    await using listener = await w.listen();
    const dialling = Deno.connect({ hostname: LOOPBACK, port: listener.addr.port });
    try {
      const conn = await listener.acceptPlain();
      await exchange(await dialling, conn);
      conn.close();
    } finally {
      (await dialling).close();
    }
  },
};
