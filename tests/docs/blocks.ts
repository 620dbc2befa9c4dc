/**
 * The blocks of code in the pages and in the comments of the source.
 *
 * @module
 */

import { ROOT } from "../structure/tree.ts";

/** One block of TypeScript. */
export interface Block {
  /** Where it is: the page and the heading above it, or the file; `(2)` for the second one there. */
  readonly name: string;
  /** The page or file, from the root. */
  readonly page: string;
  /** The line of its first fence. */
  readonly line: number;
  /** Whether `deno test --doc` runs it; otherwise `run_main.ts` does, where other servers stand in. */
  readonly own: boolean;
  readonly code: string;
  /** The file that its first line names: `// client.ts`. Commands of the page run it. */
  readonly file: string | undefined;
  /** What it prints, where a block of text behind it says so; `...` stands for anything. */
  readonly prints: string | undefined;
}

/** Fences of TypeScript: the two that there may be. */
const FENCES = new Map([["ts", true], ["ts ignore", false]]);
const FENCE = /^( *)```([^`]*)$/;

interface Fenced {
  readonly info: string;
  readonly line: number;
  readonly heading: string;
  readonly text: string;
}

/** Every fenced block of a text in Markdown. */
function fenced(text: string): readonly Fenced[] {
  const found: Fenced[] = [];
  let heading = "";
  let open: { info: string; line: number; indent: number; lines: string[] } | undefined;
  for (const [at, line] of text.split("\n").entries()) {
    const fence = FENCE.exec(line);
    if (open !== undefined && fence === null) open.lines.push(line.slice(open.indent));
    else if (open !== undefined) {
      found.push({ ...open, heading, text: open.lines.join("\n") });
      open = undefined;
    } else if (fence !== null) {
      open = { info: fence[2]!.trim(), line: at + 1, indent: fence[1]!.length, lines: [] };
    } else heading = /^#+ (.*)/.exec(line)?.[1] ?? heading;
  }
  if (open !== undefined) throw new SyntaxError(`line ${open.line}: the fence is not closed`);
  return found;
}

/** The comments of a source file, each line where it was, and nothing else. */
function comments(source: string): string {
  let inside = false;
  return source.split("\n").map((line) => {
    if (/^ *\/\*\*/.test(line)) inside = !line.includes("*/");
    else if (/\*\/ *$/.test(line)) inside = false;
    else if (inside) return line.replace(/^ *\* ?/, "");
    return "";
  }).join("\n");
}

const TYPESCRIPT = /^(?:ts|tsx|js|typescript|javascript)\b/;

/**
 * The blocks of TypeScript of a page or of a source file.
 *
 * @throws {SyntaxError} For another fence of TypeScript: nothing would run its block.
 */
export function blocksOf(page: string): readonly Block[] {
  const text = Deno.readTextFileSync(new URL(page, ROOT));
  const all = fenced(page.endsWith(".ts") ? comments(text) : text);
  const seen = new Map<string, number>();
  return all.flatMap(({ info, line, heading, text }, i): Block[] => {
    if (!TYPESCRIPT.test(info)) return [];
    const own = FENCES.get(info);
    if (own === undefined) throw new SyntaxError(`${page}:${line}: a fence "${info}"`);
    const place = page.endsWith(".ts") ? page : `${page}: ${heading}`;
    const count = (seen.get(place) ?? 0) + 1;
    seen.set(place, count);
    const next = all[i + 1];
    return [{
      name: count === 1 ? place : `${place} (${count})`,
      page,
      line,
      own,
      code: text,
      file: /^\/\/ (\w+\.ts)\n/.exec(text)?.[1],
      prints: next?.info === "text" ? next.text : undefined,
    }];
  });
}

/** A command of a page that runs Deno. */
export interface Command {
  readonly name: string;
  readonly flags: readonly string[];
  readonly file: string;
  readonly args: readonly string[];
  readonly prints: string | undefined;
}

/** The commands of a page, `deno run FLAGS FILE`, in their order. */
export function commandsOf(page: string): readonly Command[] {
  const all = fenced(Deno.readTextFileSync(new URL(page, ROOT)));
  return all.flatMap(({ info, heading, text }, i) => {
    if (info !== "sh") return [];
    const lines = text.split("\n").filter((line) => line.startsWith("deno run "));
    return lines.map((line): Command => {
      const words = line.split(" ").slice(2);
      const at = words.findIndex((word) => !word.startsWith("-"));
      const next = all[i + 1];
      return {
        name: `${page}: ${heading}: ${line}`,
        flags: words.slice(0, at),
        file: words[at]!,
        args: words.slice(at + 1),
        prints: next?.info === "text" ? next.text : undefined,
      };
    });
  });
}

/** Whether what was printed is what the page shows; `...` stands for anything. */
export function looksLike(printed: string, shown: string): boolean {
  const pattern = shown.trim().split("...")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[^]*");
  return new RegExp(`^${pattern}$`).test(printed.trim());
}
