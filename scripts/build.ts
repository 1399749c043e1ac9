import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
rmSync('dist', { recursive: true, force: true })
mkdirSync('dist/lib', { recursive: true })

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
}

// What a command may need but most do not, each a file of its own that is loaded when it is used.
const apart = new Map<string, string>()
const loadApart: Plugin = {
  name: 'load-apart',
  setup({ onResolve }) {
    onResolve({ filter: /\/(fake-host|formats|controller)\/|\/code-table\.ts$/ }, ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined
      const source = relative('.', fileURLToPath(new URL(path, `file://${resolveDir}/`)))
      if (!/^src\/(fake-host|cli\/formats|cli\/errors|controller)\//.test(source)) return undefined
      const name = basename(source, '.ts') === 'index' ? basename(dirname(source)) : basename(source, '.ts')
      if (['client', 'fake-host'].includes(name))
        throw new Error(`${source} would take the place of the library's ${name}`)
      apart.set(name, source)
      return { path: `./lib/${name}.js`, external: true }
    })
  },
}

// One CommonJS file: every further file, and the loader of ES modules, would cost each command some milliseconds. xmlrpc is in
// it, which on its own opens a hundred files. What starts it is a file beside it.
const program = await build({
  ...common,
  entryPoints: ['bin/xe-tunnel.ts'],
  outfile: 'dist/program.js',
  format: 'cjs',
  minify: true,
  keepNames: true,
  external: ['commander'],
  // The datamodel lies with the library; the text is cheaper than to load Node's functions for it.
  define: { 'import.meta.url': 'libraryUrl' },
  banner: {
    js: "const libraryUrl = 'file://' + encodeURI(__dirname).replace(/[?#]/g, encodeURIComponent) + '/lib/';\nvar loader = loader || (path => import(path));",
  },
  plugins: [loadApart],
})
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string } // as every package has it
writeFileSync('dist/package.json', `${JSON.stringify({ type: 'commonjs', version })}\n`)
// What is made of kept code may not import (Node calls that experimental), but whoever starts it may. The two words have one length,
// since the source map counts columns.
writeFileSync('dist/program.js', readFileSync('dist/program.js', 'utf8').replace(/\bimport\((?=")/g, 'loader('))
await build({
  ...common,
  entryPoints: ['bin/start.ts'],
  outfile: 'dist/xe-tunnel.js',
  format: 'cjs',
  minify: true,
  sourcemap: false,
})
chmodSync('dist/xe-tunnel.js', 0o755)

const library = await build({
  ...common,
  entryPoints: { client: 'src/xapi/index.ts', 'fake-host': 'bin/fake-host.ts', ...Object.fromEntries(apart) },
  outdir: 'dist/lib',
  splitting: true,
  format: 'esm',
  chunkNames: 'chunk-[hash]',
  external: ['saxes', 'prom-client'],
  // The code of xmlrpc is CommonJS and asks for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
})
writeFileSync('dist/lib/package.json', '{ "type": "module" }\n')
writeFileSync(
  'dist/lib/datamodel.json',
  JSON.stringify(JSON.parse(readFileSync('src/datamodel/datamodel.json', 'utf8'))),
)
writeFileSync(
  'dist/THIRD-PARTY-NOTICES.txt',
  notices([program, library].flatMap(({ metafile }) => Object.keys(metafile?.inputs ?? {}))),
)
execFileSync('npx', ['tsc', '--project', 'tsconfig.build.json'], { stdio: 'inherit' })
keepCode()

/** Keeps the code of the program for the Node that builds it, as it is after a command that talked to a host. */
function keepCode(): void {
  const node = (...words: string[]) => [process.execPath, ...words]
  const command = node('--import', 'tsx', 'scripts/keep-code.ts', resolve('dist/program.js'), 'tunnel-list')
  const [program = '', ...words] = node('dist/xe-tunnel.js', 'fake-host-exec', '--', ...command)
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** The licences of the packages that went into the bundle. */
function notices(inputs: readonly string[]): string {
  const packages = new Set(inputs.flatMap(input => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []))
  return [...packages]
    .sort()
    .map(folder => {
      const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Record<
        string,
        string
      >
      const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry))
      const text = file ? readFileSync(`${folder}/${file}`, 'utf8').trim() : license
      return `${name} ${version}\n\n${text}\n`
    })
    .join(`\n${'-'.repeat(78)}\n\n`)
}
