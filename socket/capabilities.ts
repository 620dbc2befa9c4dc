/**
 * What can be done here, asked before it is tried: the class functions
 * `can...()` of `SslSocket`. They answer for the engine that `"auto"` chooses:
 * exactly, once it is in use; before that, by the ffi permission alone.
 *
 * @module
 */

import type { Feature } from "../engine/features.ts";
import { autoFeatures } from "../engine/select.ts";

function can(feature: Feature): boolean {
  return autoFeatures().has(feature);
}

/** The class functions of `SslSocket` that tell what can be done. */
export class SocketCapabilities {
  /**
   * Whether a client sends the server name.
   *
   * Perl: `can_client_sni`
   */
  static canClientSni(): boolean {
    return can("sniClient");
  }

  /**
   * Whether a server can choose its certificate by server name.
   *
   * Perl: `can_server_sni`
   */
  static canServerSni(): boolean {
    return can("sniServer");
  }

  /**
   * Whether NPN, the predecessor of ALPN, is there.
   *
   * Perl: `can_npn`
   */
  static canNpn(): boolean {
    return can("npn");
  }

  /**
   * Whether ALPN is there, as client and as server.
   *
   * Perl: `can_alpn`
   */
  static canAlpn(): boolean {
    return can("alpnClient") && can("alpnServer");
  }

  /**
   * Whether the groups for ECDH can be chosen.
   *
   * Perl: `can_ecdh`
   */
  static canEcdh(): boolean {
    return can("ciphers");
  }

  /**
   * Whether a server can have certificates of several key types for one name.
   *
   * Perl: `can_multi_cert`
   */
  static canMultiCert(): boolean {
    return can("multiCert");
  }

  /**
   * Whether IPv6 is there: always.
   *
   * Perl: `can_ipv6`
   */
  static canIpv6(): boolean {
    return true;
  }

  /**
   * Whether an intermediate or leaf certificate can be a trust anchor.
   *
   * Perl: `can_partial_chain`
   */
  static canPartialChain(): boolean {
    return can("ownAnchors");
  }

  /**
   * Whether the TLS 1.3 cipher suites can be chosen.
   *
   * Perl: `can_ciphersuites`
   */
  static canCiphersuites(): boolean {
    return can("ciphers");
  }

  /**
   * Whether stapled OCSP responses are asked for and checked.
   *
   * Perl: `can_ocsp`
   */
  static canOcsp(): boolean {
    return can("ocsp");
  }

  /**
   * Whether a server can give the keys of its session tickets (`ticketKeycb`).
   *
   * Perl: `can_ticket_keycb`
   */
  static canTicketKeycb(): boolean {
    return can("ticketKeys");
  }

  /**
   * For which side there are pre-shared keys; `undefined` if for none.
   *
   * Perl: `can_psk`
   */
  static canPsk(): { readonly client: boolean; readonly server: boolean } | undefined {
    return can("psk") ? { client: true, server: true } : undefined;
  }

  /**
   * Whether a client answers a TLS 1.3 server that asks for its certificate after the handshake
   * (RFC 8446 4.6.2): OpenSSL does, once it has one; Deno's TLS never offers it.
   *
   * Perl: `can_pha`
   */
  static canPha(): boolean {
    return can("nativeObjects");
  }

  /**
   * Whether TLS can be started on a TLS socket.
   *
   * Perl: `can_nested_ssl`
   */
  static canNestedSsl(): boolean {
    return can("anyTransport");
  }
}
