/** The requests that are not about one connection: contexts, caches, certificates, suffixes, process-wide settings. */
import {
  Certificate,
  defaultCa,
  PublicSuffix,
  SessionCache,
  setClientDefaults,
  setDefaultContext,
  setDefaults,
  setServerDefaults,
  SslContext,
  SslSocket,
  verifyHostname,
} from "@socket/ssl";
import * as certificates from "@socket/ssl/certificate";
import { Intercept } from "@socket/ssl/intercept";
import type { Channel, Request } from "./channel.ts";
import {
  caches,
  contexts,
  intercepts,
  optionsFrom,
  PERLS_RULES,
  revive,
  schemeOf,
  suffixes,
} from "./values.ts";

type Args = Record<string, unknown>;

function hello(channel: Channel, { fifo }: Request & { readonly fifo: string }) {
  channel.openFifos(fifo);
}

interface NewContext extends Request {
  readonly args: Args;
  readonly server: number;
}

async function context(_channel: Channel, { args, server }: NewContext) {
  const { context: options, operation } = optionsFrom(args);
  if (operation.reuseCtx instanceof SslContext) return { id: contexts.add(operation.reuseCtx) };
  if (server) options.server = true;
  else if (PERLS_RULES) options.verifycnScheme ??= "default";
  const { sessionCacheSize } = options;
  if (!server && typeof sessionCacheSize === "number" && sessionCacheSize > 0) {
    // The cache that the context would make, where the tests can look into it.
    delete options.sessionCacheSize;
    options.sessionCache = new SessionCache(sessionCacheSize);
  }
  const made = await SslContext.create(options);
  const { sessionCache } = options;
  return {
    id: contexts.add(made),
    cache: sessionCache instanceof SessionCache ? caches.add(sessionCache) : null,
  };
}

const newCache = (_channel: Channel, { size }: Request & { readonly size: number }) =>
  caches.add(new SessionCache(size));

interface UseCache extends Request {
  readonly id: number;
  readonly what: "add" | "get" | "del" | "replace" | "room" | "keys";
  readonly key?: string;
  readonly session?: unknown;
}

function cache(_channel: Channel, { id, what, key, session }: UseCache): unknown {
  const store = caches.get(id);
  const value = session ?? undefined;
  switch (what) {
    case "add":
      return store.addSession(key!, value);
    case "get": {
      const found = store.getSession(key!, value);
      // A real session is nothing for Perl but that there is one.
      return typeof found === "object" ? `session of ${key}` : found;
    }
    case "del":
      return store.delSession(key!, value);
    case "replace":
      return store.replaceSession(key!, value);
    case "room":
      return store.room;
    case "keys":
      return [...store.keys()];
  }
}

interface DefaultCa extends Request {
  readonly set?: string | { readonly caFile: string | null; readonly caPath: string | null };
}

function default_ca(_channel: Channel, { set }: DefaultCa) {
  const input = revive(set ?? null) as Parameters<typeof defaultCa>[0];
  const { caFile, caPath } = set === undefined ? defaultCa() : defaultCa(input || undefined);
  return { file: caFile ?? null, path: caPath ?? null };
}

const SET_DEFAULTS = { setDefaults, setClientDefaults, setServerDefaults };

interface SetDefaults extends Request {
  readonly function: keyof typeof SET_DEFAULTS;
  readonly args: Args;
}

function set_defaults(_channel: Channel, request: SetDefaults) {
  const { context, operation } = optionsFrom(request.args);
  SET_DEFAULTS[request.function]({ ...context, ...operation });
  return 1;
}

function set_default_context(
  _channel: Channel,
  { context }: Request & { readonly context: number | null },
) {
  setDefaultContext(context === null ? undefined : contexts.get(context));
  return 1;
}

type Capability = Extract<keyof typeof SslSocket, `can${string}`>;

const can = (_channel: Channel, { name }: Request & { readonly name: Capability }) =>
  Boolean(SslSocket[name]());

interface VerifyHostname extends Request {
  readonly pem: string;
  readonly host: string;
  readonly scheme: unknown;
  readonly suffixes: number | "" | null;
}

function verify_hostname_of_cert(_channel: Channel, request: VerifyHostname) {
  const { pem, host, suffixes: id } = request;
  const options = id === null ? {} : { publicSuffix: id === "" ? "" as const : suffixes.get(id) };
  const scheme = schemeOf(request.scheme);
  return verifyHostname(Certificate.fromPem(pem), host, scheme, options);
}

interface NewKey extends Request {
  readonly kind: "rsa" | "ec";
  readonly argument: string | number | null;
}

async function new_key(_channel: Channel, { kind, argument }: NewKey) {
  const key = kind === "ec"
    ? await certificates.keyCreateEc(argument === null ? undefined : String(argument))
    : await certificates.keyCreateRsa(argument === null ? undefined : Number(argument));
  return key.pem;
}

async function new_certificate(_channel: Channel, { args }: Request & { readonly args: Args }) {
  const options = revive(args) as Parameters<typeof certificates.certCreate>[0];
  const { cert, key } = await certificates.certCreate(options);
  return { cert: cert.pem, key: key.pem };
}

/** What Perl's functions of the same name give: PEM, one or a list. */
const PEM_FUNCTIONS = {
  pemFile2cert: async (file: string) => (await certificates.pemFile2cert(file)).pem,
  pemFile2certs: async (file: string) =>
    (await certificates.pemFile2certs(file)).map(({ pem }) => pem),
  pemString2cert: (text: string) => certificates.pemString2cert(text).pem,
  pemCert2string: (text: string) => certificates.pemCert2string(Certificate.fromPem(text)),
  pemFile2key: async (file: string, password?: string) =>
    (await certificates.pemFile2key(file, password)).pem,
  pemString2key: (text: string, password?: string) =>
    certificates.pemString2key(text, password).pem,
};

interface Pem extends Request {
  readonly function: keyof typeof PEM_FUNCTIONS;
  readonly args: readonly [string, string?];
}

const pem = (_channel: Channel, request: Pem): unknown =>
  PEM_FUNCTIONS[request.function](...request.args);

async function new_intercept(_channel: Channel, { args }: Request & { readonly args: Args }) {
  return intercepts.add(await Intercept.create(args));
}

async function intercept(
  _channel: Channel,
  { id, pem }: Request & { readonly id: number; readonly pem: string },
) {
  const { cert, key } = await intercepts.get(id).cloneCert(Certificate.fromPem(pem));
  return { cert: cert.pem, key: key.pem };
}

interface NewSuffixes extends Request {
  readonly kind: "default" | "string" | "file";
  readonly source: string | null;
  readonly least: number | null;
}

async function new_suffixes(_channel: Channel, { kind, source, least }: NewSuffixes) {
  const options = least === null ? {} : { minSuffix: least };
  return suffixes.add(
    kind === "default"
      ? PublicSuffix.default(options)
      : kind === "string"
      ? PublicSuffix.fromString(source!, options)
      : await PublicSuffix.fromFile(source!, options),
  );
}

interface Suffix extends Request {
  readonly id: number;
  readonly name: string;
  readonly add: number | null;
}

const suffix = (_channel: Channel, { id, name, add }: Suffix) =>
  suffixes.get(id).publicSuffix(name, add ?? undefined);

/** By `op`. */
export const otherRequests = {
  hello,
  context,
  new_cache: newCache,
  cache,
  default_ca,
  set_defaults,
  set_default_context,
  can,
  verify_hostname_of_cert,
  new_key,
  new_certificate,
  pem,
  new_intercept,
  intercept,
  new_suffixes,
  suffix,
};
