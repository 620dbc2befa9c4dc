/**
 * Sets an SSL_CTX up as a {@linkcode ContextConfig} says.
 *
 * @module
 */

import { SslUnsupportedError } from "../../errors.ts";
import { quote } from "../../internal/quote.ts";
import { unsupported } from "../../internal/unsupported.ts";
import type { ContextConfig, Credential, TlsVersion } from "../engine.ts";
import { TLS1_2, VERSIONS } from "../tls_versions.ts";
import { defaultCiphers, defaultSuites } from "./default_ciphers.ts";
import { drainErrors, localError } from "./error_queue.ts";
import { restrictGroups } from "./groups.ts";
import { requireLegacyLevel } from "./legacy.ts";
import { cString, withBio } from "./memory.ts";
import type { Runtime } from "./session_context.ts";
import { CTRL } from "./header_numbers.ts";
import { alpnWire, type CallbackKind } from "./trampolines.ts";
import { loadKey, SECURITY_LEVEL, trustFlags, withStore } from "./trust_store.ts";

const OP = {
  NO_COMPRESSION: 0x20000n,
  NO_RENEGOTIATION: 0x40000000n,
  CIPHER_SERVER_PREFERENCE: 0x400000n,
  /** SSL_OP_NO_* by version. */
  NO_VERSION: {
    [VERSIONS.SSLv3]: 0x02000000n,
    [VERSIONS.TLSv1]: 0x04000000n,
    [VERSIONS.TLSv1_1]: 0x10000000n,
    [VERSIONS.TLSv1_2]: 0x08000000n,
    [VERSIONS.TLSv1_3]: 0x20000000n,
  } satisfies Record<TlsVersion, bigint>,
} as const;

const MODE_ACCEPT_MOVING_WRITE_BUFFER = 2n;
const MODE_RELEASE_BUFFERS = 0x10n;
const SESS_CACHE_OFF = 0n;
const SESS_CACHE_SERVER = 2n;
/** CLIENT | NO_INTERNAL: sessions go to the new-session callback only. */
const SESS_CACHE_CLIENT_EXTERNAL = 0x301n;

/** The versions down from the highest, as far as there is no gap. */
function topRange(versions: readonly TlsVersion[]): readonly TlsVersion[] {
  const start = versions.findLastIndex((v, i) => versions[i - 1] !== v - 1);
  return versions.slice(start);
}

/** The settings of one SSL_CTX; each throws with the option and its input if OpenSSL refuses it. */
export class ContextSettings {
  /** What is wanted. */
  readonly config: ContextConfig;
  /** The SSL_CTX. */
  readonly ptr: Deno.PointerObject;
  readonly #runtime: Runtime;

  constructor(runtime: Runtime, ptr: Deno.PointerObject, config: ContextConfig) {
    this.#runtime = runtime;
    this.ptr = ptr;
    this.config = config;
  }

  /** Sets everything, in the order in which OpenSSL wants it. */
  configure(): void {
    this.#setVersions();
    this.#setModes();
    this.#setAlgorithms();
    requireLegacyLevel(this.#runtime.library.c, this.ptr, this.config.versions);
    this.#setTrust();
    for (const credential of this.config.credentials) this.#addCredential(credential);
    this.#setVerification();
    this.#setExtensions();
  }

  #check(ok: boolean, what: string, received?: string): void {
    if (ok) return;
    const tail = received === undefined ? "" : `: received ${quote(received)}`;
    throw localError(what + tail, drainErrors(this.#runtime.library.c));
  }

  #ctrl(command: number, argument: bigint, data: Uint8Array<ArrayBuffer> | null = null): number {
    return this.#runtime.library.c.SSL_CTX_ctrl(this.ptr, command, argument, data);
  }

  #setVersions(): void {
    const { versions, role } = this.config;
    const given = Object.values(VERSIONS).filter((v) => versions.has(v));
    // A client can offer one range only, and OpenSSL would take what is below a gap.
    const allowed = role === "client" ? topRange(given) : given;
    const lowest = allowed.at(0), highest = allowed.at(-1);
    if (lowest === undefined || highest === undefined) {
      throw new TypeError("Cannot create a context: version: no TLS version is left");
    }
    const supported = this.#ctrl(CTRL.SET_MIN_PROTO, BigInt(lowest)) === 1 &&
      this.#ctrl(CTRL.SET_MAX_PROTO, BigInt(highest)) === 1;
    if (!supported) {
      throw new SslUnsupportedError(
        `Cannot create a context: version: this OpenSSL does not support one of ${
          allowed.map((v) => "0x0" + v.toString(16)).join(", ")
        }: leave the version out`,
        { code: "ERR_SSL_UNSUPPORTED_VERSION" },
      );
    }
    let options = 0n;
    for (const v of Object.values(VERSIONS)) {
      if (v > lowest && v < highest && !versions.has(v)) options |= OP.NO_VERSION[v];
    }
    this.#runtime.library.c.SSL_CTX_set_options(this.ptr, options);
  }

  #setModes(): void {
    const { config } = this;
    const { c } = this.#runtime.library;
    let options = OP.NO_COMPRESSION | OP.NO_RENEGOTIATION;
    if (config.honorCipherOrder) options |= OP.CIPHER_SERVER_PREFERENCE;
    c.SSL_CTX_set_options(this.ptr, options);
    const released = config.releaseBuffers ?? config.role === "server";
    this.#ctrl(CTRL.MODE, MODE_ACCEPT_MOVING_WRITE_BUFFER | (released ? MODE_RELEASE_BUFFERS : 0n));
    // While a verifier decides, a second connection must not resume the session of the first one.
    // A cached session could be resumed at once; a ticket is held back with the rest of the flight.
    const cached = config.role === "server" && config.hooks.verifyEach === undefined;
    this.#ctrl(CTRL.SET_SESS_CACHE_MODE, cached ? SESS_CACHE_SERVER : SESS_CACHE_OFF);
    if (config.noTickets && config.role === "server") {
      this.#check(c.SSL_CTX_set_num_tickets(this.ptr, 0n) === 1, "Cannot turn tickets off");
    }
    if (config.sessionIdContext) {
      this.#check(
        c.SSL_CTX_set_session_id_context(
          this.ptr,
          config.sessionIdContext as Uint8Array<ArrayBuffer>,
          config.sessionIdContext.length,
        ) === 1,
        "Cannot set sessionIdContext: it must have at most 32 bytes",
      );
    }
  }

  #cipherList(): string {
    const { cipherList, hooks, noEcdh } = this.config;
    const list = cipherList === undefined
      ? defaultCiphers(hooks.psk !== undefined, this.#runtime.library.aesByTables)
      : cipherList || "DEFAULT";
    return noEcdh ? `${list}:!kECDHE:!kECDHEPSK` : list;
  }

  #setAlgorithms(): void {
    const { config } = this;
    const { c, engine, aesByTables } = this.#runtime.library;
    const list = this.#cipherList();
    this.#check(
      c.SSL_CTX_set_cipher_list(this.ptr, cString(list)) === 1,
      'Cannot set cipherList, as in "HIGH:!aNULL"',
      list,
    );
    if (!list.includes("@SECLEVEL=") && c.SSL_CTX_get_security_level(this.ptr) < SECURITY_LEVEL) {
      c.SSL_CTX_set_security_level(this.ptr, SECURITY_LEVEL);
    }
    const suites = config.ciphersuites ??
      defaultSuites(config.hooks.psk !== undefined, aesByTables);
    if (suites !== undefined) {
      this.#check(
        c.SSL_CTX_set_ciphersuites(this.ptr, cString(suites)) === 1,
        'Cannot set ciphersuites, as in "TLS_AES_128_GCM_SHA256"',
        suites,
      );
    }
    if (config.groups !== undefined) {
      this.#check(
        this.#ctrl(CTRL.SET_GROUPS_LIST, 0n, cString(config.groups)) === 1,
        'Cannot set ecdhCurve, as in "X25519:P-256"',
        config.groups,
      );
    }
    restrictGroups(config, {
      engine,
      set: (groups) => {
        const ok = this.#ctrl(CTRL.SET_GROUPS_LIST, 0n, cString(groups)) === 1;
        if (!ok) drainErrors(c); // the next list is tried
        return ok;
      },
      withoutTls13: () => void this.#ctrl(CTRL.SET_MAX_PROTO, BigInt(TLS1_2)),
    });
    if (config.sigalgs !== undefined) {
      const text = cString(config.sigalgs);
      this.#check(
        this.#ctrl(CTRL.SET_SIGALGS_LIST, 0n, text) === 1 &&
          this.#ctrl(CTRL.SET_CLIENT_SIGALGS_LIST, 0n, text) === 1,
        'Cannot set sigalgs, as in "ecdsa_secp256r1_sha256:RSA-PSS+SHA256"',
        config.sigalgs,
      );
    }
    if (config.dh === "auto") this.#ctrl(CTRL.SET_DH_AUTO, 1n);
    else if (config.dh !== null) this.#setDh(config.dh);
  }

  #setDh(params: Uint8Array): void {
    const { c } = this.#runtime.library;
    if (!c.PEM_read_bio_DHparams || !c.DH_free) {
      throw new SslUnsupportedError(
        "Cannot set dh: this OpenSSL has no DH parameters: leave dh out",
      );
    }
    const dh = withBio(c, params, (bio) => c.PEM_read_bio_DHparams!(bio, null, null, null));
    this.#check(dh !== null, "Cannot set dh: not DH parameters in PEM");
    const ok = c.SSL_CTX_ctrlPtr(this.ptr, CTRL.SET_TMP_DH, 0n, dh) === 1;
    c.DH_free(dh);
    this.#check(ok, "Cannot set dh: OpenSSL refuses the parameters");
  }

  #setTrust(): void {
    const { c } = this.#runtime.library;
    const { trust } = this.config;
    withStore(c, trust, (store) => c.SSL_CTX_set1_cert_store(this.ptr, store));
    c.X509_VERIFY_PARAM_set_flags(c.SSL_CTX_get0_param(this.ptr), trustFlags(trust));
  }

  #addCredential(credential: Credential): void {
    const { c } = this.#runtime.library;
    const [leaf, ...chain] = credential.chain;
    if (leaf === undefined) {
      throw new TypeError(`Cannot use ${credential.source}: it has no certificate`);
    }
    this.#withX509(leaf, credential.source, (x509) => {
      this.#check(
        c.SSL_CTX_use_certificate(this.ptr, x509) === 1,
        `Cannot use the certificate from ${credential.source}`,
      );
    });
    const key = loadKey(c, credential.key);
    try {
      this.#check(
        c.SSL_CTX_use_PrivateKey(this.ptr, key) === 1 &&
          c.SSL_CTX_check_private_key(this.ptr) === 1,
        `Cannot use the key from ${credential.key.source}: it does not belong to the certificate from ${credential.source}`,
      );
    } finally {
      c.EVP_PKEY_free(key);
    }
    for (const der of chain) {
      this.#withX509(der, credential.source, (x509) => {
        this.#check(
          c.SSL_CTX_ctrlPtr(this.ptr, CTRL.CHAIN_CERT, 1n, x509) === 1,
          `Cannot use a chain certificate from ${credential.source}`,
        );
      });
    }
  }

  #withX509(der: Uint8Array, source: string, use: (x509: Deno.PointerValue) => void): void {
    const { c } = this.#runtime.library;
    const x509 = withBio(c, der, (bio) => c.d2i_X509_bio(bio, null));
    this.#check(x509 !== null, `Cannot read a certificate from ${source}`);
    try {
      use(x509);
    } finally {
      c.X509_free(x509);
    }
  }

  #setVerification(): void {
    const { config } = this;
    const { c } = this.#runtime.library;
    const { callbacks } = this.#runtime;
    // Without callbacks a client verifies with mode NONE: OpenSSL still builds the chain and keeps
    // its result, and the session judges it before the next flight leaves.
    const mode = callbacks === undefined && config.role === "client" ? 0 : config.verifyMode;
    const each = config.hooks.verifyEach && config.verifyMode !== 0
      ? this.#callback("verifyEach", "verifyCallback")
      : null;
    c.SSL_CTX_set_verify(this.ptr, mode, each);
    if (callbacks !== undefined && config.verifyMode !== 0) {
      c.SSL_CTX_set_cert_verify_callback(this.ptr, callbacks.pointer("verify"), null);
    }
    for (const der of config.clientCa) {
      this.#withX509(der, "clientCa", (x509) => {
        this.#check(
          c.SSL_CTX_add_client_CA(this.ptr, x509) === 1,
          "Cannot use a certificate of clientCa",
        );
      });
    }
    if (config.role === "client" && config.credentials.length > 0) {
      c.SSL_CTX_set_post_handshake_auth?.(this.ptr, 1);
    }
  }

  /** A C function for a kind of callback; `option` is what needs it. */
  #callback(kind: CallbackKind, option: string): Deno.PointerObject {
    const { callbacks } = this.#runtime;
    if (callbacks !== undefined) return callbacks.pointer(kind);
    const lacks = "OpenSSL would have to call back, which Deno rules out under --allow-ffi=<path>";
    throw unsupported({ name: this.#runtime.library.engine }, option, lacks);
  }

  #setExtensions(): void {
    const { config } = this;
    const { hooks } = config;
    const { c } = this.#runtime.library;
    const server = config.role === "server";
    if (config.alpn.length > 0) {
      const wire = alpnWire(config.alpn);
      if (server) {
        const select = this.#callback("alpnSelect", "alpnProtocols on a server");
        c.SSL_CTX_set_alpn_select_cb(this.ptr, select, null);
      } else {
        // The one function of OpenSSL whose success is 0.
        this.#check(
          c.SSL_CTX_set_alpn_protos(this.ptr, wire, wire.length) === 0,
          "Cannot set alpnProtocols",
        );
      }
    }
    if (config.npn.length > 0) this.#setNpn(server);
    if (hooks.keylog) {
      c.SSL_CTX_set_keylog_callback(this.ptr, this.#callback("keylog", "keylog"));
    }
    if (hooks.message) {
      c.SSL_CTX_set_msg_callback(this.ptr, this.#callback("message", "msgCallback and debug"));
    }
    if (hooks.psk) this.#setPsk(server);
    if (server) this.#setServerExtensions();
    else this.#setClientExtensions();
  }

  #setServerExtensions(): void {
    const { hooks } = this.config;
    const { c } = this.#runtime.library;
    if (hooks.ticketKey) {
      if (!c.HMAC_Init_ex) {
        throw new SslUnsupportedError("Cannot use ticketKeycb: this OpenSSL lacks it");
      }
      const ticketKey = this.#callback("ticketKey", "ticketKeycb");
      c.SSL_CTX_callback_ctrl(this.ptr, CTRL.TICKET_KEY_CB, ticketKey);
    }
    if (hooks.mayResume) {
      const use = this.#callback("ticketUse", "verifyCallback");
      this.#check(
        c.SSL_CTX_set_session_ticket_cb(this.ptr, null, use, null) === 1,
        "Cannot judge tickets",
      );
    }
    if (hooks.ocspStaple) {
      const status = this.#callback("serverStatus", "ocspStaple");
      c.SSL_CTX_callback_ctrl(this.ptr, CTRL.STATUS_CB, status);
    }
  }

  #setClientExtensions(): void {
    const { config } = this;
    const { c } = this.#runtime.library;
    if (config.requestOcsp && config.hooks.ocsp) {
      c.SSL_CTX_callback_ctrl(this.ptr, CTRL.STATUS_CB, this.#callback("clientStatus", "ocspMode"));
    }
    if (config.sessions && config.hooks.newSession) {
      this.#ctrl(CTRL.SET_SESS_CACHE_MODE, SESS_CACHE_CLIENT_EXTERNAL);
      c.SSL_CTX_sess_set_new_cb(this.ptr, this.#callback("newSession", "the session cache"));
    }
  }

  #setNpn(server: boolean): void {
    const { c } = this.#runtime.library;
    if (!c.SSL_CTX_set_next_protos_advertised_cb || !c.SSL_CTX_set_next_proto_select_cb) {
      throw new SslUnsupportedError(
        "Cannot use npnProtocols: this OpenSSL lacks NPN: use alpnProtocols",
      );
    }
    if (server) {
      const advertise = this.#callback("npnAdvertise", "npnProtocols");
      c.SSL_CTX_set_next_protos_advertised_cb(this.ptr, advertise, null);
    } else {
      const select = this.#callback("npnSelect", "npnProtocols");
      c.SSL_CTX_set_next_proto_select_cb(this.ptr, select, null);
    }
  }

  #setPsk(server: boolean): void {
    const { c } = this.#runtime.library;
    const set = server ? c.SSL_CTX_set_psk_server_callback : c.SSL_CTX_set_psk_client_callback;
    if (!set) throw new SslUnsupportedError("Cannot use psk: this OpenSSL lacks pre-shared keys");
    set(this.ptr, this.#callback(server ? "pskServer" : "pskClient", "psk"));
  }
}
