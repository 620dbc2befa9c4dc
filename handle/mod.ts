/**
 * The file handle: lines, printing and buffered bytes over sockets, files and
 * web streams.
 *
 * @module
 */

export { Handle, type HandleConnectOptions } from "./handle.ts";
export { HandleBase } from "./base.ts";
export { HandleReading } from "./reading.ts";
export { HandleWriting, type PrintItem } from "./writing.ts";
export type { HandleOptions } from "./options.ts";
export type { RecordOptions } from "./records.ts";
export type { HandleConn, HandleSource, HandleStreams } from "./streams.ts";
export type { Separator } from "./line_reader.ts";
export type { Encoding } from "./text.ts";
export { type PrintfArgument, sprintf } from "./printf.ts";
