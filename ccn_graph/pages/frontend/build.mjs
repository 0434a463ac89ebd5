// Builds what the pages load: bundles, the land of the maps, licences, and manifest.json (logical name -> file).
//   node build.mjs OUTPUT_DIRECTORY
// Every file but the manifest has a hash of its content in its name and lies beside its compressed forms (.gz, .br).
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join, parse } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { borders, coarse, fine, fineBorders, outline } from "./land.mjs";

const [output] = process.argv.slice(2);
const manifest = {};

async function emit(name, content) {
  const body = Buffer.from(content);
  const { name: stem, ext } = parse(name);
  const file = `${stem}-${createHash("sha256").update(body).digest("hex").slice(0, 12)}${ext}`;
  await writeFile(join(output, file), body);
  await writeFile(join(output, `${file}.gz`), gzipSync(body, { level: 9 }));
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length } };
  await writeFile(join(output, `${file}.br`), brotliCompressSync(body, options));
  manifest[name] = file;
}

async function bundles() {
  const result = await build({
    entryPoints: ["src/site.css", "src/site.js", "src/map.css", "src/map.js", "src/editor.css", "src/editor.js"],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: ["es2022", "chrome111", "firefox121", "safari17"],
    outdir: "out",
    // Leaflet's own pictures: we draw ours.
    external: ["images/*"],
    loader: { ".png": "empty" },
    legalComments: "none",
    charset: "utf8",
    logLevel: "warning",
  });
  for (const { path, contents } of result.outputFiles) await emit(parse(path).base, contents);
}

// All that is bundled comes from packages that the lock file does not mark as needed for development only.
async function licences() {
  const lock = JSON.parse(await readFile("package-lock.json", "utf8"));
  const texts = [];
  for (const [path, { version, license, dev }] of Object.entries(lock.packages)) {
    if (!path || dev) continue;
    const file = (await readdir(path)).find((name) => /^(licen[cs]e|copying)/i.test(name));
    const { author } = JSON.parse(await readFile(join(path, "package.json"), "utf8"));
    const text = file ? await readFile(join(path, file), "utf8") : `Licence: ${license}\nAuthor: ${author?.name ?? author}`;
    texts.push(`${path.replace(/^.*node_modules\//, "")} ${version}\n\n${text.trim()}\n`);
  }
  texts.push("Natural Earth (the land of the maps)\n\nMade with Natural Earth. Public domain. https://www.naturalearthdata.com/\n");
  return texts.join(`\n${"-".repeat(78)}\n\n`);
}

await mkdir(output, { recursive: true });
await bundles();
await emit("icon.svg", await readFile("src/icon.svg"));
await emit("land.svg", await outline());
await emit("land.json", await coarse());
await emit("land-fine.json", await fine());
await emit("borders.json", await borders());
await emit("borders-fine.json", await fineBorders());
await emit("licenses.txt", await licences());
await writeFile(join(output, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
