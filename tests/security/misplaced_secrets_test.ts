/**
 * Keys, passwords, pre-shared keys, ticket keys and sessions, mangled or in the wrong place: of none
 * of them eight characters are in a message, a cause, a stack or what the console and JSON show.
 */

import "../helpers/limit.ts";
import { assert, assertEquals } from "@std/assert";
import * as certificate from "../../certificate/mod.ts";
import { Intercept } from "../../intercept/intercept.ts";
import * as root from "../../mod.ts";
import { fromPerl } from "../../perl/mod.ts";
import { perlNames } from "../../perl/mod.ts";
import { OPTIONS } from "../../context/option_table.ts";
import { SslContext } from "../../context/context.ts";
import { SslSession } from "../../context/sessions/session.ts";
import { parseTarget } from "../../socket/target.ts";
import * as verify from "../../verify/mod.ts";
import { sprintf } from "../../handle/mod.ts";
import { leaf } from "../context/harness.ts";
import { leaksOf, type SecretInput, secretInputs } from "./secret_inputs.ts";

const inputs = await secretInputs();
const MODULES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "mod.ts": root,
  certificate,
  verify,
};
const ENCRYPTED = certificate.pemKey2string(certificate.pemString2key(leaf.key), "right");

/** Where to connect to, which contexts do not take: these have a test of their own. */
const DIALLED = new Set(["hostname", "path", "transport", "socketClass"]);
const NAMES = Object.keys(OPTIONS).filter((name) => !DIALLED.has(name));

async function create(options: object): Promise<void> {
  (await SslContext.create(options as never)).close?.();
}

type Use = readonly [what: string, use: () => unknown];

/**
 * Every third of the list, beginning with another one for each input: inputs come in rows of a
 * kind (a mangled text, the same as bytes), so every use meets every kind.
 */
const share = <T>(list: readonly T[], input: SecretInput): T[] =>
  list.filter((_, i) => (i + inputs.indexOf(input)) % 3 === 0);

/** Tries a share of the uses with each input, and fails with all that is shown. There must be errors at all. */
async function keepsSecrets(uses: (input: SecretInput) => readonly Use[]): Promise<void> {
  const shown: string[] = [];
  let errors = 0;
  for (const input of inputs) {
    const all = uses(input);
    for (const [what, use] of all.length > 3 ? share(all, input) : all) {
      const leaks = await leaksOf(what, input, use);
      if (leaks !== undefined) errors++;
      shown.push(...leaks ?? []);
    }
  }
  assertEquals(shown.slice(0, 20), [], `${shown.length} leaks`);
  assert(errors > 0, "nothing was refused");
}

const OWN = { cert: leaf.cert, key: leaf.key };

for (const name of NAMES) {
  Deno.test(`no secret given as ${name} is shown`, async () => {
    await keepsSecrets(({ value }) => {
      const text = String(value);
      const one: Use[] = [
        ["a client", () => create({ engine: "openssl", [name]: value })],
        ["a server", () => create({ engine: "openssl", server: true, ...OWN, [name]: value })],
        ["a bare server", () => create({ engine: "openssl", server: true, [name]: value })],
        ["the Deno engine", () => create({ engine: "deno", [name]: value })],
      ];
      const forms = [[value], { "": value }, { [text]: value }, { key: value }];
      return [
        ...one,
        ...forms.map((form): Use => [
          "a list or record",
          () => create({ engine: "openssl", server: true, ...OWN, [name]: form }),
        ]),
      ];
    });
  });
}

Deno.test("no secret given to fromPerl() is shown", async () => {
  const options = perlNames.filter(({ kind }) => kind === "option");
  await keepsSecrets(({ value }) => [
    ...options.map(({ perl }): Use => [
      perl,
      async () => await create(fromPerl({ PeerAddr: "127.0.0.1:1", [perl]: value } as never)),
    ]),
    ["a name", () => fromPerl({ [String(value)]: 1 } as never)],
    ["the arguments", () => fromPerl(value as never)],
  ]);
});

/** Every exported function and static method, which is called with the secret in every place. */
function functionsOf(
  module: Readonly<Record<string, unknown>>,
): [string, (...args: unknown[]) => unknown][] {
  const found: [string, (...args: unknown[]) => unknown][] = [];
  for (const [name, value] of Object.entries(module)) {
    if (typeof value !== "function") continue;
    if (!/^class\b/.test(String(value))) {
      found.push([name, value as () => unknown]);
      continue;
    }
    const made = value as unknown as new (...args: unknown[]) => unknown;
    found.push([`new ${name}`, (...args) => new made(...args)]);
    for (const key of Object.getOwnPropertyNames(value)) {
      const member: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
      if (typeof member === "function" && key !== "prototype") {
        found.push([`${name}.${key}`, (...args) => Reflect.apply(member, value, args)]);
      }
    }
  }
  return found;
}

/** They would dial, listen, wait or write a file of the name. */
const NOT_CALLED =
  /^(?:new (?:Ssl\w*Error|SslListener)|SslSocket\.|SslListener|Handle(?:\.|Base|Reading)|serve$|takeTransport|pemCerts?2file|pemKey2file)|set(?:Defaults|\w+Defaults|DefaultSession|ArgsFilter|DefaultContext)|^defaultCa$/;

for (const [module, members] of Object.entries({ ...MODULES })) {
  for (const [name, call] of functionsOf(members)) {
    if (NOT_CALLED.test(name)) continue;
    Deno.test(`no secret given to ${name}() of ${module} is shown`, async () => {
      const cert = certificate.pemString2cert(leaf.cert);
      const shown: string[] = [];
      for (const input of inputs) {
        const { value } = input;
        const argumentLists = [
          [value],
          [value, value],
          [cert, value],
          [cert, value, value],
          [leaf.key, value],
          [new Uint8Array(32), value],
          [{ [String(value)]: value }],
          [[value, value]],
        ];
        // The second argument of these is what the program calls the input in messages.
        if (/pemBlocks|fromPem|allFromPem|parse$/i.test(name)) argumentLists.length = 1;
        for (const list of argumentLists.length > 1 ? share(argumentLists, input) : argumentLists) {
          shown.push(...await leaksOf(name, input, () => call(...list)) ?? []);
        }
      }
      assertEquals(shown.slice(0, 20), [], `${shown.length} leaks`);
    });
  }
}

Deno.test("no secret given to the functions that set defaults is shown", async () => {
  try {
    await keepsSecrets(({ value }) => [
      ...NAMES.map((name): Use => [name, () => root.setDefaults({ [name]: value } as never)]),
      ["args filter", () => root.setArgsFilterHack(value as never)],
      ["defaultCa", () => root.defaultCa(value as never)],
      ["defaultCa", () => root.defaultCa({ caFile: value } as never)],
      ["defaultCa", () => root.defaultCa({ caFile: [value] } as never)],
      ["defaultCa", () => root.defaultCa({ [String(value)]: value } as never)],
    ]);
  } finally {
    for (const name of NAMES) root.setDefaults({ [name]: undefined } as never);
    root.setArgsFilterHack(undefined);
    root.defaultCa(undefined);
  }
});

Deno.test("no secret in place of options is shown", async () => {
  await keepsSecrets(({ value }) => [
    ["connect", () => root.SslSocket.connect("127.0.0.1:1", value as never)],
    ["connect", () => root.SslSocket.connect("127.0.0.1:1", { [String(value)]: 1 } as never)],
    ["connect", () => root.SslSocket.connect([value] as never)],
    ["listen", () => root.SslSocket.listen(value as never)],
    ["start", () => root.SslSocket.start(value as never)],
    ["start", () => root.SslSocket.start({} as never, value as never)],
    ["Handle", () => root.Handle.connect("127.0.0.1:1", { [String(value)]: 1 } as never)],
    ["Handle", () => new root.Handle(value as never)],
    ["Handle", () => new root.Handle({ [String(value)]: 1 } as never)],
    ["serve", async () => {
      const server = root.serve(value as never, () => {});
      await Promise.all([server.addr, server.finished]);
    }],
    ["a target", () => parseTarget(`${value}`.replace(/^/, "a b "))],
    ["a port", () => parseTarget({ hostname: "127.0.0.1", port: value as never })],
    ["sprintf", () => sprintf("%d%k", value as never)],
    ["sprintf", () => sprintf("%d", value as never)],
  ]);
});

/** What is a host name is looked up, so it is not a secret any more. */
const isHostName = (value: unknown): boolean => /^[\w.-]+$/.test(String(value));

for (const engine of ["openssl", "deno"] as const) {
  Deno.test(`no secret in place of an address is shown (${engine})`, async () => {
    const connect = (options: object) =>
      root.SslSocket.connect({ serverName: "a.example", engine, timeout: 5000, ...options });
    const listen = async (options: object) =>
      (await root.SslSocket.listen({ selfSigned: true, engine, ...options } as never)).close();
    await keepsSecrets(({ value }) => [
      ["path", () => connect({ transport: "unix", path: value })],
      ["port", () => connect({ hostname: "127.0.0.1", port: value })],
      ["transport", () => connect({ transport: value, path: "/nowhere" })],
      ["socketClass", () => connect({ hostname: "127.0.0.1", port: 1, socketClass: value })],
      ["listen port", () => listen({ hostname: "127.0.0.1", port: value })],
      ...isHostName(value) ? [] : [
        ["hostname", () => connect({ hostname: value, port: 1 })] as const,
        ["listen hostname", () => listen({ hostname: value, port: 0 })] as const,
        ["target", () => root.SslSocket.connect(value as never)] as const,
      ],
    ]);
  });
}

Deno.test("no secret in an Intercept that does not fit is shown", async () => {
  const text = await serialized();
  await keepsSecrets(({ value }) => {
    const data = JSON.parse(text) as Record<string, unknown>;
    const changed = (name: string) => JSON.stringify({ ...data, [name]: String(value) });
    return [
      ["the text", () => Intercept.unserialize(value as never)],
      ["cut", () => Intercept.unserialize(text.slice(0, 40) + value)],
      ...["proxyCert", "proxyKey", "certKey", "serial", "version", "cache", "format"].map((
        name,
      ): Use => [name, () => Intercept.unserialize(changed(name))]),
    ];
  });
});

async function serialized(): Promise<string> {
  const proxy = await certificate.certCreate({ CA: true, subject: { commonName: "proxy" } });
  const intercept = await Intercept.create({ proxyCert: proxy.cert, proxyKey: proxy.key });
  return await intercept.serialize();
}

Deno.test("no secret in files of the options is shown, nor their name where it is one", async () => {
  const file = await Deno.makeTempFile();
  try {
    const names = [
      "certFile",
      "keyFile",
      "caFile",
      "extraCaFile",
      "clientCaFile",
      "crlFile",
      "dhFile",
    ];
    await keepsSecrets(({ value }) => {
      Deno.writeFileSync(file, typeof value === "string" ? new TextEncoder().encode(value) : value);
      return names.flatMap((name): Use[] => {
        const rest = name === "keyFile" ? { cert: leaf.cert } : OWN;
        const options = { engine: "openssl", server: true, ...rest, [name]: file };
        if (name === "certFile") Object.assign(options, { cert: undefined });
        return [[name, () => create(options)], [
          "pemFile2cert",
          () => certificate.pemFile2cert(file),
        ]];
      });
    });
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("no secret that a callback gives is shown", async () => {
  await keepsSecrets(({ value }) => [
    [
      "passwdCb",
      () =>
        create({
          server: true,
          engine: "openssl",
          cert: leaf.cert,
          key: ENCRYPTED,
          passwdCb: () => value,
        }),
    ],
    [
      "passwdCb",
      () =>
        create({
          server: true,
          engine: "openssl",
          cert: leaf.cert,
          key: ENCRYPTED,
          passwdCb: () => [value],
        }),
    ],
    ["session", () => SslSession.import(new TextEncoder().encode(String(value)), value as never)],
    ["session", () => SslSession.import(value as never, value as never)],
  ]);
});
