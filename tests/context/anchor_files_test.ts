/**
 * What files of anchors hold is kept while they stay as they are: the same lists come back, by
 * which the engine knows its stores again, and never what was there before.
 */

import "../helpers/limit.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { TestCa } from "../../testing/ca.ts";
import { loadCrlFile } from "../../context/trust/files.ts";
import { DefaultCa } from "../../context/trust/default_ca.ts";
import type { SslOptions } from "../../context/options.ts";
import { loadTrust } from "../../context/trust/trust.ts";
import { SslError } from "../../errors.ts";

const [one, two] = [await TestCa.create(), await TestCa.create()];
const DER = { one: one.certificate.der, two: two.certificate.der };

const load = async (options: SslOptions) =>
  (await loadTrust("client", options, 1, false)).config.anchors!;

const { now } = Date;

/** Makes a file old, so that another change would show: nobody can set its ctime, so that the clock goes ahead. */
async function age(file: string, hours = 1): Promise<void> {
  Date.now = now;
  const then = new Date(Date.now() - hours * 3_600_000);
  await Deno.utime(file, then, then);
  Date.now = () => now() + 60_000;
}

interface Place {
  readonly directory: string;
  readonly file: string;
}

/** A file in a directory that can stand for all anchors. */
async function inPlace(fn: (place: Place) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await fn({ directory, file: `${directory}/0123abcd.0` });
  } finally {
    Date.now = now;
    await Deno.remove(directory, { recursive: true });
  }
}

const WAYS: readonly [string, (place: Place) => SslOptions][] = [
  ["caFile", ({ file }) => ({ caFile: file })],
  ["caFile as a URL", ({ file }) => ({ caFile: new URL(`file://${file}`) })],
  ["caPath", ({ directory }) => ({ caPath: directory })],
  ["caPath and caFile", ({ directory, file }) => ({ caPath: directory, caFile: file })],
  ["a default file", ({ file }) => ({ caFile: new DefaultCa("user", "", { caFile: file }) })],
  [
    "a default directory",
    ({ directory }) => ({ caFile: new DefaultCa("user", "", { caPath: directory }) }),
  ],
  [
    "both defaults",
    ({ directory, file }) => ({
      caFile: new DefaultCa("user", "", { caFile: file, caPath: directory }),
    }),
  ],
];

for (const [name, options] of WAYS) {
  Deno.test(`${name}: the same list while nothing changes, and another one after`, async () => {
    await inPlace(async (place) => {
      await Deno.writeTextFile(place.file, one.pem);
      await age(place.file);
      const first = await load(options(place));
      assertEquals(first, [DER.one]);
      assertStrictEquals(await load(options(place)), first);
      await Deno.writeTextFile(place.file, one.pem + two.pem);
      assertEquals(await load(options(place)), [DER.one, DER.two]);
      await age(place.file);
      await age(place.file, 2); // another time of change, what is in it is the same
      assertEquals(await load(options(place)), [DER.one, DER.two]);
      await Deno.remove(place.file);
      // An empty directory holds no anchor; a file that is named must be there.
      if (options(place).caFile === undefined || name === "a default directory") {
        assertEquals(await load(options(place)), []);
      } else {
        const error = await assertRejects(() => load(options(place)), SslError, "No such file");
        assertEquals(error.code, "ENOENT");
      }
    });
  });

  Deno.test(`${name}: a file that was just written is read again, though it looks the same`, async () => {
    await inPlace(async (place) => {
      for (
        const [text, ders] of [
          [one.pem + two.pem, [DER.one, DER.two]],
          [two.pem + one.pem, [DER.two, DER.one]],
          [one.pem + two.pem, [DER.one, DER.two]],
        ] as const
      ) {
        await Deno.writeTextFile(place.file, text); // of one size, within one tick of the clock
        assertEquals(await load(options(place)), ders);
      }
    });
  });
}

Deno.test("a file whose time of change was set back is read again, though it looks the same", async () => {
  await inPlace(async ({ file }) => {
    const long = new Date(0);
    for (
      const [text, ders] of [[one.pem + two.pem, [DER.one, DER.two]], [two.pem + one.pem, [
        DER.two,
        DER.one,
      ]]] as const
    ) {
      await Deno.writeTextFile(file, text);
      await Deno.utime(file, long, long);
      assertEquals(await load({ caFile: file }), ders);
    }
  });
});

Deno.test("caPath: what is added to a directory or taken from it shows", async () => {
  await inPlace(async ({ directory, file }) => {
    await Deno.writeTextFile(file, one.pem);
    await Deno.writeTextFile(`${directory}/89abcdef.0`, two.pem);
    await age(file);
    await age(`${directory}/89abcdef.0`);
    const both = await load({ caPath: directory });
    assertEquals(both, [DER.one, DER.two]);
    assertStrictEquals(await load({ caPath: directory }), both);
    await Deno.remove(file);
    assertEquals(await load({ caPath: directory }), [DER.two]);
    await Deno.writeTextFile(file, one.pem);
    assertEquals(await load({ caPath: directory }), [DER.one, DER.two]);
  });
});

Deno.test("a file is kept for how it is read: what is skipped in the system's is an error in ours", async () => {
  await inPlace(async ({ file }) => {
    const damaged = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    await Deno.writeTextFile(file, one.pem + damaged + one.crl());
    await age(file);
    const system = { caFile: new DefaultCa("user", "", { caFile: file }) };
    for (let i = 0; i < 2; i++) {
      assertEquals(await load(system), [DER.one]);
      await assertRejects(() => load({ caFile: file }), SslError, "(certificate 2)");
      assertEquals((await loadCrlFile("crlFile", file)).length, 1);
    }
  });
});

Deno.test("crlFile: a new list of revocations takes effect at once", async () => {
  await inPlace(async ({ file }) => {
    await Deno.writeTextFile(file, one.crl());
    await age(file);
    const crls = async () =>
      (await loadTrust("client", { ca: one.pem, crlFile: file }, 1, false)).config.crls;
    const [first] = await crls();
    assertStrictEquals((await crls())[0], first);
    await Deno.writeTextFile(file, two.crl());
    assert((await crls())[0] !== first);
  });
});
