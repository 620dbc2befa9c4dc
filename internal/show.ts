/**
 * The one line by which an object of the library prints itself in the console.
 *
 * @module
 */

/** The name under which Deno's console looks for it. */
export const INSPECT: unique symbol = Symbol.for("Deno.customInspect") as typeof INSPECT;

/** An address as one writes it. */
function address(addr: Deno.Addr): string {
  if (!("hostname" in addr)) return "path" in addr ? String(addr.path) : addr.transport;
  const host = addr.hostname.includes(":") ? `[${addr.hostname}]` : addr.hostname;
  return `${host}:${addr.port}`;
}

/** A value that is shown: text is quoted, an address is `host:port`, anything else is as it prints itself. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null && "transport" in value) {
    return JSON.stringify(address(value as Deno.Addr));
  }
  const own = (value as { [INSPECT]?: unknown } | null)?.[INSPECT];
  return typeof own === "function" ? own.call(value) : String(value);
}

/** `SslListener { addr: "127.0.0.1:443", engine: "openssl" }`; members without a value are left out. */
export function oneLine(object: object, members: Readonly<Record<string, unknown>>): string {
  const name = object.constructor?.name ?? "Object";
  const parts = Object.entries(members).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${shown(value)}`);
  return `${name} { ${parts.join(", ")} }`;
}
