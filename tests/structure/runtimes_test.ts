/**
 * TLS over streams runs on Node 20, too, in bundles. What that one lacks is not used where it can get
 * to; where sockets listen, it cannot.
 */

import "../helpers/limit.ts";
import { assertEquals } from "@std/assert";
import { sources, withoutComments } from "./tree.ts";

const FOLDERS = /^(?:certificate|context|engine|handle|internal|socket|verify)\//;
const LISTENING = /^socket\/(?:accept_queue|arrivals|listener)\.ts$/;
const LACKING =
  /\bPromise\.(?:withResolvers|try)\b|\.from(?:Hex|Base64)\(|\.to(?:Hex|Base64)\(\)|\b(?:Object|Map)\.groupBy\b|\bArray\.fromAsync\b|\bRegExp\.escape\b/;

Deno.test("runtimes: nothing is used over streams that Node 20 lacks", () => {
  const using = sources().filter((file) =>
    FOLDERS.test(file.path) && !LISTENING.test(file.path) && LACKING.test(withoutComments(file))
  );
  assertEquals(using.map(({ path }) => path), []);
});
