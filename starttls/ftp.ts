/**
 * AUTH TLS of FTP (RFC 4217), as client. Pure.
 *
 * @module
 */

import type { Protocol } from "./dialogue.ts";
import { notThis } from "./smtp.ts";
import { Replies, type Reply } from "./units.ts";

/** Whether a line of FEAT has AUTH with TLS; servers write the mechanisms in one line or several. */
function offersTls(feature: string): boolean {
  const [, mechanisms] = /^AUTH +(.*)$/i.exec(feature) ?? [];
  return mechanisms?.split(/[; ]+/).some((name) => /^TLS(?:-C)?$/i.test(name)) ?? false;
}

/** The client: greeting, FEAT, AUTH TLS. */
export function ftpClient(): Protocol<"greeting" | "capabilities" | "starttls", Reply> {
  return {
    name: "FTP",
    role: "client",
    first: "greeting",
    split: (talk) => new Replies(talk, true),
    states: {
      greeting: (reply, talk) => {
        if (reply.code === 120) return { next: "greeting" }; // ready in some minutes
        if (reply.code !== 220) throw notThis(talk, 220, "the connection", reply);
        talk.greeting = reply.lines.join("\n");
        return { next: "capabilities", send: "FEAT\r\n" };
      },
      capabilities: (reply, talk) => {
        // Without FEAT only the answer to AUTH can tell.
        const unknown = reply.code >= 500;
        if (!unknown && reply.code !== 211) throw notThis(talk, 211, "FEAT", reply);
        talk.capabilities = unknown ? [] : reply.lines.slice(1, -1).map((line) => line.trim());
        if (!unknown && !talk.capabilities.some(offersTls)) throw talk.notOffered("AUTH TLS");
        return { next: "starttls", send: "AUTH TLS\r\n" };
      },
      starttls: (reply, talk) => {
        if (reply.code !== 234) throw notThis(talk, 234, "AUTH TLS", reply);
        return { next: "tls" };
      },
    },
  };
}
