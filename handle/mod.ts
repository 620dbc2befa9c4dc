/**
 * The file handle: lines, printing and buffered bytes over sockets, files and
 * web streams.
 *
 * @module
 */

export { Handle, type HandleConnectOptions, type PrintItem } from "./handle.ts";
export { HandleReading, type RecordOptions } from "./reading.ts";
export { HandleBase, type HandleOptions } from "./settings.ts";
export type { HandleConn, HandleSource, HandleStreams } from "./front.ts";
export type { Separator } from "./line_reader.ts";
export type { Encoding } from "./encoding.ts";
export { type PrintfArgument, sprintf } from "./sprintf.ts";
