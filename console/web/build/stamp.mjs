// Writes dist/SOURCE.sha256: which source the built files came from, and what was built.
// console.go's test recomputes both lines without Node, so a stale dist cannot be merged.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const STAMP = 'SOURCE.sha256';

function walk(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((e) => {
    const path = join(dir, e.name);
    return e.isDirectory() ? walk(path) : [path];
  });
}

/** sha256 over "<path>\0<length>\0<bytes>" of every file, in the byte order of the slash-separated relative paths. */
function hashFiles(root, paths) {
  const names = paths.map((p) => relative(root, p).split(sep).join('/'));
  names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const hash = createHash('sha256');
  for (const name of names) {
    const bytes = readFileSync(join(root, name));
    hash.update(`${name}\0${bytes.length}\0`);
    hash.update(bytes);
  }
  return hash.digest('hex');
}

export function sourceFiles(web) {
  const top = readdirSync(web).filter((n) => n.endsWith('.html') || ['package-lock.json', 'vite.config.ts', 'tsconfig.json'].includes(n));
  return [...top.map((n) => join(web, n)), ...walk(join(web, 'src')), ...walk(join(web, 'build'))];
}

/** A Vite plugin: after the bundle is on disk, stamp it. */
export function stamp(web, dist) {
  return {
    name: 'everycall-stamp',
    apply: 'build',
    closeBundle() {
      const source = hashFiles(web, sourceFiles(web));
      const built = hashFiles(dist, walk(dist).filter((p) => !p.endsWith(sep + STAMP)));
      writeFileSync(join(dist, STAMP), `source ${source}\nbuilt ${built}\n`);
    },
  };
}
