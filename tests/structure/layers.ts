/**
 * The floors of the house, from the ground up. A file uses what stands above its own line in this
 * list, and its own floor; never what stands below.
 *
 * @module
 */

/** Each floor with what is on it: a file, or a folder with all that no other floor names. */
export const FLOORS: readonly (readonly string[])[] = [
  ["errors.ts", "constants.ts"],
  ["internal/"],
  ["certificate/"],
  ["verify/"],
  ["engine/"],
  ["context/"],
  ["socket/"],
  ["handle/"],
  ["ssleay/"],
  ["starttls/"],
  ["server/"],
  ["http/"],
  ["node/"],
  ["testing/"],
  ["intercept/"],
  ["perl/"],
  ["cli/"],
  ["mod.ts"],
];

/** The floor of a file, counted from the ground; -1 for a file that the plan does not name. */
export function floorOf(path: string): number {
  return FLOORS.findIndex((rooms) =>
    rooms.some((room) => room.endsWith("/") ? path.startsWith(room) : path === room)
  );
}

/** The circles among files: each list is a set of files that reach each other. */
export function circles(graph: ReadonlyMap<string, readonly string[]>): readonly string[][] {
  const index = new Map<string, number>(), low = new Map<string, number>();
  const stack: string[] = [], found: string[][] = [];
  const onStack = new Set<string>();
  const connect = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file)!);
    stack.push(file);
    onStack.add(file);
    for (const next of graph.get(file) ?? []) {
      if (!index.has(next)) connect(next);
      if (onStack.has(next)) low.set(file, Math.min(low.get(file)!, low.get(next)!));
    }
    if (low.get(file) !== index.get(file)) return;
    const circle: string[] = [];
    let member: string;
    do {
      member = stack.pop()!;
      onStack.delete(member);
      circle.push(member);
    } while (member !== file);
    if (circle.length > 1 || graph.get(file)!.includes(file)) found.push(circle.sort());
  };
  for (const file of graph.keys()) if (!index.has(file)) connect(file);
  return found;
}
