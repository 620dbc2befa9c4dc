/**
 * The engine's own objects, for what the options do not offer: the type.
 *
 * @module
 */

/** An object of OpenSSL. It belongs to its context or socket: do not free it, nor keep it longer. */
export interface NativeObject {
  /** What it is. */
  readonly kind: "SSL_CTX" | "SSL";
  /** Its address. */
  readonly pointer: Deno.PointerObject;
}
