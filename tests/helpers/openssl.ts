/**
 * What tests have to know of the OpenSSL that the engine "openssl" has: the system's, another version,
 * or the WebAssembly file (`deno task test:openssl`).
 */

import { openLibrary } from "../../engine/openssl/binder.ts";
import { engineInfo } from "../../engine/select.ts";

/** Whether it is reached through FFI: its objects can be handed out, and it runs on other threads. */
export const nativeObjects: boolean = engineInfo("openssl").features.has("nativeObjects");

/** For tests that need this. They are the only ones that the WebAssembly file is spared, and counted. */
export const NATIVE = { ignore: !nativeObjects };

/** Whether it is of a version, `0x30500000` for 3.5, or later. */
export const isFrom = (version: number): boolean =>
  Number(openLibrary().c.OpenSSL_version_num()) >= version;

/** What it calls bytes that are not a record, by version. */
export const NO_RECORD: readonly string[] = [
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_BAD_RECORD_TYPE",
];
