/**
 * The file handle: lines, printing and buffered bytes over sockets, files and
 * web streams, as Perl's `print` and `<$fh>` have them.
 *
 * @module
 */

export { Handle } from "./handle.ts";
export type { HandleConnectOptions, HandleOptions, RecordOptions } from "./options.ts";
export type { HandleConn, HandleSource, HandleStreams } from "./source.ts";
export type { PrintItem } from "./writer.ts";
export type { Separator } from "./separator.ts";
export type { Encoding } from "./encoding.ts";
export { type PrintfArgument, sprintf } from "./sprintf.ts";
