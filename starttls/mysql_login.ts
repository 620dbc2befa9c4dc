/**
 * The packets of a MySQL login whose sender does not know of SSLRequest: it took a number, and all
 * that follow it are one higher. Pure.
 *
 * @module
 */

import { concat } from "../internal/bytes.ts";
import { PACKET_HEADER, packetLength } from "./mysql_packet.ts";

/** The first byte of the server's last packet of a login: OK and ERR. */
const LAST: readonly number[] = [0x00, 0xff];

/** Gives the packets of one direction other numbers, as long as the login lasts. */
class Direction {
  readonly #shift: number;
  readonly #last: readonly number[];
  #held: Uint8Array = new Uint8Array();
  #over = false;

  constructor(shift: number, last: readonly number[]) {
    this.#shift = shift;
    this.#last = last;
  }

  /** What was said about the login's end by the other direction. */
  end(): void {
    this.#over = true;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Takes bytes as they come and gives whole packets; after the login, all bytes as they are. */
  take(bytes: Uint8Array): Uint8Array {
    if (this.#over && this.#held.length === 0) return bytes;
    const all = concat([this.#held, bytes]);
    let at = 0;
    while (!this.#over && all.length - at >= PACKET_HEADER) {
      const end = at + packetLength(all, at), payload = at + PACKET_HEADER;
      if (all.length < end) break;
      all[at + 3]! += this.#shift;
      // A packet may be empty: so a client answers for a user without a password.
      this.#over = payload < end && this.#last.includes(all[payload]!);
      at = end;
    }
    if (this.#over) at = all.length;
    this.#held = all.slice(at);
    return all.subarray(0, at);
  }
}

/** A login in TLS, of a package that counts its packets without SSLRequest. */
export class MysqlLogin {
  readonly #fromClient = new Direction(1, []);
  readonly #fromServer = new Direction(-1, LAST);

  /** What the package sends, as the server counts. */
  toServer(bytes: Uint8Array): Uint8Array {
    return this.#fromClient.take(bytes);
  }

  /** What the server sends, as the package counts. The login ends with its OK or ERR. */
  toClient(bytes: Uint8Array): Uint8Array {
    const packets = this.#fromServer.take(bytes);
    if (this.#fromServer.over) this.#fromClient.end();
    return packets;
  }
}
