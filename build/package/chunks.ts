/**
 * Which modules lie together in one file of the compiled package.
 *
 * A start pays for every file that it reaches and for every KB, and much more for what it links. So
 * a chunk holds what is needed together: an entry point links whole chunks.
 *
 * @module
 */

/** A chunk: what its roots reach by static imports and no earlier chunk holds. */
export interface Chunk {
  readonly name: string;
  readonly roots: readonly string[];
  /**
   * Whether `import()` of one of its modules gives the chunk: what is imported that way has names of
   * its own within a chunk.
   */
  readonly later?: true;
}

/**
 * From the ground up: a chunk uses only those above it, so that there are no circles. A module that
 * no chunk holds lies where esbuild's splitting puts it, which is right for what is rare.
 */
export const CHUNKS: readonly Chunk[] = [
  { name: "error_classes", roots: ["errors.ts", "constants.ts"] },
  {
    name: "base", // internal/caller.ts knows this name
    roots: [
      "internal/caller.ts",
      "certificate/crl_reason.ts",
      "certificate/keys/native_kdf.ts",
      "verify/ocsp/mode.ts",
      "internal/file_error.ts",
      "internal/own_options.ts",
      "internal/show.ts",
      "internal/unsupported.ts",
      "internal/waiting.ts",
      "certificate/name.ts",
      "certificate/extensions/read.ts",
      "context/context_record.ts",
      "engine/openssl/library.ts",
      "engine/features.ts",
    ],
  },
  { name: "certificates", roots: ["certificate/certificate.ts"] },
  {
    name: "writing",
    roots: [
      "certificate/extensions/write.ts",
      "certificate/signature.ts", // verify/ocsp/ needs these two, but no keys
      "certificate/ocsp_build.ts",
    ],
  },
  { name: "keys", roots: ["certificate/mod.ts"], later: true },
  { name: "judging", roots: ["verify/mod.ts", "verify/ocsp/cache.ts"] },
  { name: "ocsp_responses", roots: ["verify/ocsp/mod.ts"] },
  { name: "sockets", roots: ["socket/mod.ts", "context/mod.ts"] },
  { name: "handles", roots: ["mod.ts"] },
  {
    name: "connection",
    roots: [
      "socket/open.ts",
      "handle/connect_options.ts",
      "handle/tls.ts",
      "server/handlers.ts",
      "context/engine_config.ts",
      "context/peer_rules.ts",
      "context/operation_context.ts",
      "context/sessions/resumption.ts",
      "engine/alerts.ts",
      "engine/deno/error_map.ts", // the command line explains with it
      "engine/last_words.ts",
      "engine/wire_errors.ts",
      "internal/loop_clock.ts",
    ],
    later: true,
  },
  { name: "deno_engine", roots: ["engine/deno/engine.ts"], later: true },
  { name: "memory", roots: ["engine/openssl/trampolines.ts", "engine/openssl/memory.ts"] },
  {
    name: "wasm_memory",
    roots: ["engine/wasm/instances.ts", "engine/wasm/functions.ts"],
    later: true,
  },
  { name: "listening", roots: ["socket/bind.ts", "context/server_names.ts"], later: true },
  {
    name: "openssl_engine",
    roots: [
      "engine/openssl/engine.ts",
      "engine/openssl/verify_chain.ts",
      "engine/openssl/pkcs12_key.ts",
    ],
    later: true,
  },
  { name: "wasm_engine", roots: ["engine/wasm/engine.ts"], later: true },
  { name: "credentials", roots: ["context/credentials/credentials.ts"], later: true },
  {
    name: "rare",
    roots: [
      "context/stapling.ts",
      "context/trace.ts",
      "context/sessions/export.ts",
      "context/chain_judgement.ts",
      "verify/ocsp/resolver.ts",
    ],
    later: true,
  },
  { name: "low_level", roots: ["ssleay/low/mod.ts"] },
  { name: "start_dialogues", roots: ["starttls/mod.ts"] },
  {
    name: "dialogues",
    roots: ["starttls/protocols.ts", "starttls/converse.ts"],
    later: true,
  },
];
