/**
 * Answers HTTP requests with the files of a folder: GET and HEAD, an index.html or a list of a
 * folder, and nothing outside the folder, by whatever path or link.
 *
 * @module
 */

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  md: "text/plain; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  ico: "image/x-icon",
  pdf: "application/pdf",
  wasm: "application/wasm",
  pem: "application/x-pem-file",
};

const SAFE: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

const textAnswer = (status: number, body: string): Response =>
  new Response(`${body}\n`, {
    status,
    headers: { ...SAFE, "content-type": "text/plain; charset=utf-8" },
  });

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** The parts of a URL's path; `undefined` if it cannot be one below a folder. */
function partsOf(path: string): readonly string[] | undefined {
  try {
    const parts = path.split("/").filter((part) => part !== "").map(decodeURIComponent);
    const bad = parts.some((part) =>
      part === "." || part === ".." || part.startsWith(".") || /[/\\\0:]/.test(part)
    );
    return bad ? undefined : parts;
  } catch {
    return undefined; // a percent sign that encodes nothing
  }
}

async function listOf(folder: string, path: string): Promise<Response> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!name.startsWith(".")) names.push(isDirectory ? `${name}/` : name);
  }
  const title = escaped(path);
  const link = (name: string) =>
    `<li><a href="${escaped(encodeURIComponent(name).replace(/%2F$/, "/"))}">${
      escaped(name)
    }</a></li>`;
  const items = names.sort().map(link).join("\n");
  const html =
    `<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>` +
    `<body><h1>${title}</h1><ul>\n${items}\n</ul></body></html>\n`;
  return new Response(html, { headers: { ...SAFE, "content-type": TYPES.html! } });
}

async function fileAnswer(file: string, head: boolean): Promise<Response> {
  const { size } = await Deno.stat(file);
  const extension = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
  const type = Object.hasOwn(TYPES, extension) ? TYPES[extension]! : "application/octet-stream";
  const headers = { ...SAFE, "content-type": type, "content-length": String(size) };
  if (head) return new Response(null, { headers });
  return new Response((await Deno.open(file)).readable, { headers });
}

/** Whether a file is there. */
async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return isFile ? "file" : isDirectory ? "folder" : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/**
 * What answers requests with the files below `root`.
 *
 * @throws The error of the system, if it is not a folder that can be read.
 */
export async function fileServer(root: string): Promise<(request: Request) => Promise<Response>> {
  const top = await Deno.realPath(root);
  if (!(await Deno.stat(top)).isDirectory) throw new Deno.errors.NotADirectory(root);
  const inside = (path: string): boolean =>
    path === top || path.startsWith(top.replace(/\/?$/, "/"));
  return async (request) => {
    const head = request.method === "HEAD";
    if (!head && request.method !== "GET") return textAnswer(405, "GET and HEAD alone");
    const { pathname, search } = new URL(request.url);
    const parts = partsOf(pathname);
    if (parts === undefined) return textAnswer(404, "not found");
    const path = [top, ...parts].join("/");
    const kind = await kindOf(path);
    // A link may lead out of the folder.
    if (kind === undefined || !inside(await Deno.realPath(path))) {
      return textAnswer(404, "not found");
    }
    if (kind === "file") {
      return pathname.endsWith("/") ? textAnswer(404, "not found") : await fileAnswer(path, head);
    }
    if (!pathname.endsWith("/")) {
      return Response.redirect(new URL(`${pathname}/${search}`, request.url), 301);
    }
    const index = `${path}/index.html`;
    const hasIndex = await kindOf(index) === "file" && inside(await Deno.realPath(index));
    return hasIndex ? await fileAnswer(index, head) : await listOf(path, pathname);
  };
}
