/** The same arguments for Perl's IO::Socket::SSL and, through fromPerl(), for us: each with the other. */

import "../helpers/limit.ts";
import { assertEquals, assertMatch } from "@std/assert";
import type { ConnectOptions, ListenOptions } from "../../socket/options.ts";
import { SslPeerError, SslVerifyError } from "../../errors.ts";
import { fromPerl } from "../../perl/mod.ts";
import { SslSocket } from "../../socket/socket.ts";
import { Lab, OUR_NAME, VERSIONS } from "./lab.ts";
import { refuses } from "../helpers/refuses.ts";
import { within } from "./peers.ts";

type Perl = Record<string, unknown>;

/** Arguments of a server and of a client that get along, for Perl's rules and ours. */
const SERVER: Perl = { SSL_cert_file: "cert.pem", SSL_key_file: "key.pem" };
const CLIENT: Perl = {
  ...{ SSL_ca_file: "ca.pem", SSL_hostname: "localhost", SSL_verifycn_name: "localhost" },
  ...{ SSL_verifycn_scheme: "default", SSL_verify_mode: "1", SSL_ocsp_mode: 0, Timeout: 5 },
};

/** File names are below the folder of the lab, where Perl runs. */
function absolute(lab: Lab, args: Perl): Perl {
  const entries = Object.entries(args).map(([name, value]) => [
    name,
    /_(?:file|path)$/.test(name) && typeof value === "string" ? lab.path(value) : value,
  ]);
  return Object.fromEntries(entries);
}

/** A failure as our client sees it, and as our server sees it: its class and its code. */
interface Failure {
  readonly client: readonly [typeof SslPeerError | typeof SslVerifyError, code: string];
  readonly server: readonly [typeof SslPeerError | typeof SslVerifyError, code: string];
}

const HANDSHAKE_FAILURE = [SslPeerError, "ERR_SSL_ALERT_HANDSHAKE_FAILURE"] as const;

interface Pair {
  readonly name: string;
  readonly server: Perl;
  readonly client: Perl;
  /** What both sides must say: getSslversion, getCipher, ALPN; or that it fails. */
  readonly expect: { version?: string; cipher?: RegExp; alpn?: string; fails?: Failure };
}

const PAIRS: readonly Pair[] = [
  { name: "the defaults", server: {}, client: {}, expect: { version: "TLSv1_3" } },
  ...([
    "TLSv1_2",
    "TLSv1_3",
    "tlsV12",
    "SSLv23:!TLSv1:!TLSv1_1:!TLSv1_2",
    "SSLv23:!TLSv1_3",
  ] as const).map(
    (SSL_version): Pair => ({
      name: `SSL_version ${SSL_version}`,
      server: {},
      client: { SSL_version },
      expect: { version: /^tlsV12$|^TLSv1_2$|!TLSv1_3/.test(SSL_version) ? "TLSv1_2" : "TLSv1_3" },
    }),
  ),
  {
    name: "SSL_cipher_list, the server's order",
    server: { SSL_cipher_list: "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256" },
    client: {
      SSL_version: "TLSv1_2",
      SSL_cipher_list: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384",
    },
    expect: { cipher: /AES256/ },
  },
  {
    name: "SSL_cipher_list, the client's order",
    server: {
      SSL_honor_cipher_order: 0,
      SSL_cipher_list: "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256",
    },
    client: {
      SSL_version: "TLSv1_2",
      SSL_cipher_list: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384",
    },
    expect: { cipher: /AES128/ },
  },
  {
    name: "SSL_ciphersuites",
    server: { SSL_ciphersuites: "TLS_CHACHA20_POLY1305_SHA256" },
    client: {},
    expect: { cipher: /CHACHA20/ },
  },
  {
    name: "SSL_ecdh_curve in common",
    server: { SSL_ecdh_curve: "P-521:P-384" },
    client: { SSL_ecdh_curve: "P-256:P-384" },
    expect: { version: "TLSv1_3" },
  },
  {
    name: "SSL_ecdh_curve not in common",
    server: { SSL_ecdh_curve: "P-521:P-384" },
    client: { SSL_ecdh_curve: "P-256" },
    expect: {
      fails: { client: HANDSHAKE_FAILURE, server: [SslPeerError, "ERR_SSL_INCOMPATIBLE"] },
    },
  },
  {
    name: "SSL_alpn_protocols",
    server: { SSL_alpn_protocols: ["one", "two"] },
    client: { SSL_alpn_protocols: ["two", "three"] },
    expect: { alpn: "two" },
  },
  {
    name: "SSL_verify_mode with a client certificate",
    server: { SSL_verify_mode: 3, SSL_ca_file: "ca.pem" },
    client: { SSL_cert_file: "client.pem", SSL_key_file: "client.key" },
    expect: { version: "TLSv1_3" },
  },
  {
    name: "SSL_verify_mode without one",
    server: { SSL_verify_mode: 3, SSL_ca_file: "ca.pem" },
    client: { SSL_version: "TLSv1_2" }, // which tells the client in its handshake
    expect: {
      fails: { client: HANDSHAKE_FAILURE, server: [SslPeerError, "ERR_SSL_NO_CERTIFICATE"] },
    },
  },
  {
    name: "another CA",
    server: {},
    client: { SSL_ca_file: "other.pem" },
    expect: {
      fails: {
        client: [SslVerifyError, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
        server: [SslPeerError, "ERR_SSL_ALERT_UNKNOWN_CA"],
      },
    },
  },
  {
    name: "another name",
    server: {},
    client: { SSL_verifycn_name: "elsewhere.test" },
    expect: {
      fails: {
        client: [SslVerifyError, "HOSTNAME_MISMATCH"],
        server: [SslPeerError, "ERR_SSL_ALERT_INTERNAL_ERROR"],
      },
    },
  },
  {
    name: "another name that nobody looks at",
    server: {},
    client: { SSL_verifycn_name: "elsewhere.test", SSL_verifycn_scheme: "none" },
    expect: { version: "TLSv1_3" },
  },
  {
    name: "SSL_verify_mode 0",
    server: {},
    client: { SSL_verify_mode: 0, SSL_ca_file: "other.pem" },
    expect: { version: "TLSv1_3" },
  },
];

function check(
  expect: Pair["expect"],
  version: string,
  cipher: string,
  alpn: string | undefined,
): void {
  if (expect.version !== undefined) assertEquals(version, expect.version);
  if (expect.cipher !== undefined) assertMatch(cipher, expect.cipher);
  if (expect.alpn !== undefined) assertEquals(alpn, expect.alpn);
}

for (const { name, server, client, expect } of PAIRS) {
  Deno.test(`fromPerl(): ${name}: a Perl server with us, and a Perl client with us`, async () => {
    await using lab = await Lab.open();
    const [s, c] = [{ ...SERVER, ...server }, { ...CLIENT, ...client }];
    { // Perl serves.
      const perl = lab.perl();
      const port = await perl.call("listen_ssl", s);
      const options = fromPerl({ PeerAddr: `127.0.0.1:${port}`, ...absolute(lab, c) });
      const accepting = perl.ask("accept");
      const connecting = SslSocket.connect({ engine: "openssl", ...options as ConnectOptions });
      if (expect.fails) {
        await refuses(() => within("connecting", connecting), ...expect.fails.client);
        assertMatch((await accepting).error ?? "", /SSL|alert|failed/);
      } else {
        const socket = await within("connecting", connecting);
        await accepting;
        const { version, cipher, alpn } = await perl.call("info");
        assertEquals([socket.getSslversion(), socket.getCipher()], [version, cipher]);
        check(expect, version, cipher, alpn ?? undefined);
        assertEquals(socket.alpnSelected(), alpn ?? undefined);
        await socket.close();
      }
    }
    // We serve.
    const options = fromPerl({
      ...{ Listen: 5, LocalAddr: "127.0.0.1", LocalPort: 0, ReuseAddr: 1 },
      ...absolute(lab, s),
    });
    const listener = await SslSocket.listen({ engine: "openssl", ...options as ListenOptions });
    const accepting = listener.accept();
    accepting.catch(() => {});
    const perl = lab.perl();
    const answer = await perl.ask("connect_ssl", listener.addr.port, c);
    if (expect.fails) {
      assertMatch(answer.error ?? "", /SSL|verif/);
      // In TLS 1.3 a server is done before it hears that the client is not content.
      await refuses(async () => {
        const socket = await accepting;
        await socket.read(new Uint8Array(1)).finally(() => socket.close());
      }, ...expect.fails.server);
    } else {
      assertEquals(answer.error, undefined);
      const socket = await within("accepting", accepting);
      const { version, cipher, alpn } = await perl.call("info");
      assertEquals([socket.getSslversion(), socket.getCipher()], [version, cipher]);
      check(expect, version, cipher, alpn ?? undefined);
      await socket.close();
    }
    listener.close();
  });
}

for (const version of VERSIONS) {
  Deno.test(`our server takes no ALPN protocol that a Perl client does not offer, ${version}`, async () => {
    await using lab = await Lab.open();
    const { port, accept } = await lab.listen("openssl", { alpnProtocols: ["one"] });
    const refused = refuses(accept, SslPeerError, "ERR_SSL_NO_APPLICATION_PROTOCOL");
    const { error } = await lab.perl().ask("connect_ssl", port, {
      ...CLIENT,
      SSL_version: OUR_NAME[version],
      SSL_alpn_protocols: ["two"],
    });
    assertMatch(error!, /no application protocol/);
    await refused;
  });
}
