import "../helpers/limit.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { checkOptions } from "../../context/resolved_options.ts";
import { SslUnsupportedError } from "../../errors.ts";
import { fromPerl } from "../../perl/mod.ts";
import { OcspCache } from "../../verify/ocsp/cache.ts";

/** What fromPerl() gives, beside Perl's way at the peer's close_notify, which it always chooses. */
function converted(args: string | Record<string, unknown>): Record<string, unknown> {
  const { halfClose, ...options } = fromPerl(args);
  assertEquals(halfClose, false);
  return options;
}

Deno.test("fromPerl() turns a client's arguments into options of connect", () => {
  const options = fromPerl({ SSL_verify_mode: 1, PeerAddr: "host:443", Timeout: 5 });
  assertEquals(options, {
    ...{ hostname: "host", port: 443, verifyMode: 1, timeout: 5000 },
    halfClose: false, // Perl's way
  });
  checkOptions("connect", options);
});

Deno.test("fromPerl() reads addresses as IO::Socket does", () => {
  const cases: [Record<string, unknown>, Record<string, unknown>][] = [
    [{ PeerAddr: "host", PeerPort: 443 }, { hostname: "host", port: 443 }],
    [{ PeerHost: "host", PeerPort: "https(443)" }, { hostname: "host", port: 443 }],
    [{ PeerAddr: "host", PeerPort: "https" }, { hostname: "host", port: "https" }],
    [{ PeerAddr: "host:https" }, { hostname: "host", port: "https" }],
    [{ PeerAddr: "host:https(443)" }, { hostname: "host", port: 443 }],
    [{ PeerAddr: "[::1]:8443" }, { hostname: "::1", port: 8443 }],
    [{ PeerAddr: "::1", PeerPort: 8443 }, { hostname: "::1", port: 8443 }],
    [{ PeerAddr: "host:1", PeerPort: 2 }, { hostname: "host", port: 1 }],
    [{ LocalAddr: "127.0.0.1", LocalPort: 0, Listen: 5 }, {
      hostname: "127.0.0.1",
      port: 0,
      backlog: 5,
    }],
    [{ LocalAddr: "127.0.0.1:8443", Listen: 5 }, { hostname: "127.0.0.1", port: 8443, backlog: 5 }],
  ];
  for (const [perl, ours] of cases) assertEquals<unknown>(converted(perl), ours);
});

Deno.test("fromPerl() with Listen gives options of listen", () => {
  const options = converted({
    Listen: 5,
    LocalPort: 8443,
    SSL_server: 1,
    SSL_cert_file: { "": "a.pem", "b.example": "b.pem" },
    Proto: "tcp",
    ReuseAddr: 1,
  });
  assertEquals<unknown>(options, {
    port: 8443,
    backlog: 5,
    certFile: { "": "a.pem", "b.example": "b.pem" },
  });
  checkOptions("listen", options);
});

Deno.test("fromPerl() keeps SSL_server without Listen, for start", () => {
  assertEquals<unknown>(converted({ SSL_server: 1 }), { server: true });
  assertEquals<unknown>(converted({ SSL_server: 0 }), {});
});

Deno.test("fromPerl() knows Perl's truth", () => {
  for (const no of [0, "", "0", null]) {
    assertEquals<unknown>(converted({ SSL_startHandshake: no }), { startHandshake: false });
  }
  for (const yes of [1, "1", "yes", "0.0", true]) {
    assertEquals<unknown>(converted({ SSL_startHandshake: yes }), { startHandshake: true });
  }
});

Deno.test("fromPerl() tells undef from \\undef", () => {
  assertEquals<unknown>(converted({ SSL_ca_file: undefined }), {});
  assertEquals<unknown>(converted({ SSL_ca_file: null }), { caFile: null });
  assertEquals<unknown>(converted({ SSL_ca: [] }), { ca: [] });
  assertEquals<unknown>(converted({ SSL_hostname: undefined }), { serverName: "" });
  assertEquals<unknown>(converted({ SSL_dh: undefined }), { dh: null });
  assertEquals<unknown>(converted({ SSL_ecdh_curve: undefined }), { ecdhCurve: null });
});

Deno.test("fromPerl() converts a scheme's keys", () => {
  assertEquals<unknown>(
    converted({ SSL_verifycn_scheme: { check_cn: "when_only", wildcards_in_alt: "leftmost" } }),
    { verifycnScheme: { checkCn: "when_only", wildcardsInAlt: "full_label" } },
  );
  assertEquals<unknown>(converted({ SSL_verifycn_scheme: "http" }), { verifycnScheme: "http" });
});

Deno.test("fromPerl() converts families", () => {
  for (const value of [2, 4, "inet"]) assertEquals(fromPerl({ Domain: value }).family, 4);
  for (const value of [6, 10, 30, "inet6"]) assertEquals(fromPerl({ Family: value }).family, 6);
  assertEquals(fromPerl({ inet6: 1 }).family, 6);
  assertThrows(() => fromPerl({ Domain: 1 }), TypeError, "Cannot use Domain");
});

Deno.test("fromPerl() refuses unknown arguments and names the nearest", () => {
  const cases: [string, string][] = [
    ["SSL_verify_mod", 'unknown option "SSL_verify_mod": use "SSL_verify_mode"'],
    ["SSL_Verify_Mode", 'unknown option "SSL_Verify_Mode": use "SSL_verify_mode"'],
    ["verifyMode", 'unknown option "verifyMode": this takes Perl\'s names: use "SSL_verify_mode"'],
    ["PeerAdr", 'unknown option "PeerAdr": use "PeerAddr"'],
    [
      "frobnicate_everything",
      'unknown option "frobnicate_everything": no option has a similar name',
    ],
  ];
  for (const [name, message] of cases) {
    assertThrows(() => fromPerl({ [name]: 1 }), TypeError, message);
  }
});

Deno.test("fromPerl() refuses what is impossible, and accepts what happens anyway", () => {
  assertThrows(() => fromPerl({ Blocking: 0 }), TypeError, "Cannot use Blocking: nothing blocks");
  assertThrows(() => fromPerl({ Proto: "udp" }), TypeError, "Cannot use Proto");
  assertThrows(() => fromPerl({ SSL_ctx_free: 1 }), TypeError, 'unknown option "SSL_ctx_free"');
  assertThrows(() => fromPerl({ Timeout: "soon" }), TypeError, "Cannot use Timeout");
  assertThrows(() => fromPerl({ PeerAddr: 5 }), TypeError, "Cannot use PeerAddr");
  assertEquals<unknown>(converted({ Blocking: 1, Proto: "tcp", MultiHomed: 1, Type: 1 }), {});
});

Deno.test("fromPerl() gives a client's local end a name that connect refuses with the reason", () => {
  const options = fromPerl({ PeerAddr: "host:1", LocalAddr: "10.0.0.1" });
  assertThrows(
    () => checkOptions("connect", options),
    SslUnsupportedError,
    'Cannot use option "localAddress"',
  );
});

Deno.test("fromPerl() passes callbacks and flags on under our names, and connections accept them", () => {
  const callback = () => true;
  const shutdown = () => null;
  const cache = new OcspCache();
  const taken = converted({
    SSL_ocsp_mode: 16,
    SSL_ocsp_cache: cache,
    SSL_create_ctx_callback: callback,
    SSL_error_trap: callback,
    SSL_on_peer_shutdown: shutdown,
  });
  assertEquals(taken, {
    ocspMode: 16,
    ocspCache: cache,
    createCtxCallback: callback,
    errorTrap: callback,
    onPeerShutdown: shutdown,
  });
  assertEquals({ ...checkOptions("connect", taken) }, taken);
});

Deno.test("fromPerl() chooses Perl's way at the peer's close_notify for what is a connection or a context", () => {
  for (const kind of ["connect", "start", "listen", "context"] as const) {
    const options = checkOptions(kind, fromPerl({ SSL_verify_mode: 1, Timeout: undefined }));
    assertEquals({ ...options }, { verifyMode: 1, halfClose: false }, kind);
  }
  assertEquals(fromPerl({}), { halfClose: false });
  for (
    const args of [{ Timeout: 5 }, { SSL_no_shutdown: 1 }, { SSL_fast_shutdown: 0, Timeout: 1 }]
  ) {
    assertEquals("halfClose" in fromPerl(args), false);
    checkOptions("close", fromPerl(args));
  }
});

Deno.test("fromPerl() takes one text for PeerAddr", () => {
  assertEquals<unknown>(converted("host:443"), { hostname: "host", port: 443 });
  assertEquals<unknown>(converted("host:https"), { hostname: "host", port: "https" });
  assertEquals<unknown>(converted("[::1]:8443"), { hostname: "::1", port: 8443 });
  assertThrows(() => fromPerl(5 as never), TypeError, '"host:port"');
});

Deno.test("fromPerl() takes the arguments of IO::Socket::IP, or says what Deno cannot do", () => {
  assertEquals<unknown>(converted({ PeerHost: "h", PeerService: "https" }), {
    hostname: "h",
    port: "https",
  });
  assertEquals<unknown>(converted({ Listen: 5, LocalHost: "::", LocalService: 8443 }), {
    hostname: "::",
    port: 8443,
    backlog: 5,
  });
  assertEquals<unknown>(converted({ PeerAddr: "h", PeerPort: 1, PeerService: 2 }), {
    hostname: "h",
    port: 1,
  });
  const fine = { V6Only: 0, Broadcast: undefined, Sockopts: [], GetAddrInfoFlags: 0x20 };
  assertEquals<unknown>(converted({ PeerAddr: "h:1", ...fine }), { hostname: "h", port: 1 });
  const impossible = {
    V6Only: 1,
    Broadcast: 1,
    Sockopts: [[1, 2, 3]],
    GetAddrInfoFlags: 4,
    PeerAddrInfo: [{}],
    LocalAddrInfo: [{}],
  };
  for (const [name, value] of Object.entries(impossible)) {
    const error = assertThrows(
      () => fromPerl({ [name]: value }),
      SslUnsupportedError,
      `Cannot use ${name}: Deno`.slice(0, 12),
    );
    assertEquals(error.code, "ERR_UNSUPPORTED");
    assertEquals(error.message.includes(": use "), true, error.message);
  }
});

Deno.test("fromPerl() ignores a client's key without a certificate, as Perl does", () => {
  assertEquals<unknown>(converted({ SSL_key_file: "k.pem", SSL_key: "K" }), {});
  assertEquals<unknown>(converted({ SSL_key_file: "k.pem", SSL_cert_file: "" }), {});
  assertEquals<unknown>(converted({ SSL_key_file: "k.pem", SSL_cert_file: "c.pem" }), {
    keyFile: "k.pem",
    certFile: "c.pem",
  });
  assertEquals<unknown>(converted({ SSL_key_file: "k.pem", SSL_server: 1 }), {
    keyFile: "k.pem",
    server: true,
  });
  assertEquals<unknown>(converted({ SSL_key_file: "k.pem", Listen: 1 }), {
    keyFile: "k.pem",
    backlog: 1,
  });
  assertEquals<unknown>(converted({ SSL_key_file: "k.pem", SSL_use_cert: 1 }), {
    keyFile: "k.pem",
    useCert: true,
  });
});
