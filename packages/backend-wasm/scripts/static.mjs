/**
 * Compiles the static kernels in assembly/ to src/generated/library.ts: one binary with plain SIMD and
 * one with relaxed SIMD. Both import a shared memory; `library.ts` clears one bit of the import where an
 * unshared one is wanted, as the code is the same. They are written in hexadecimal: longer than base64, but bytes stay
 * bytes, so that a server's compression makes two thirds of it.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = join(root, 'assembly')
const target = join(root, 'src/generated/library.ts')

const variants = { plain: 'simd,threads', relaxed: 'simd,threads,relaxed-simd' }

/** Identifies what the output is made from. */
function fingerprint() {
  const hash = createHash('sha256')
    .update(asc.version)
    .update(readFileSync(fileURLToPath(import.meta.url)))
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort()) {
    hash.update(entry.slice(source.length)).update(readFileSync(entry))
  }
  return hash.digest('hex').slice(0, 16)
}

async function compile(features) {
  let binary
  const flags = [
    ...['index.ts', '--baseDir', source, '--outFile', 'library.wasm', '--enable', features],
    ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
    '--noExportMemory',
  ]
  const { error, stderr } = await asc.main(flags, {
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = contents
    },
  })
  if (error) throw new Error(`${error.message}\n${stderr}`)
  return binary
}

/** Offset of the flags of the memory import: the names, its kind, then flags. */
function memoryFlags(binary) {
  const at = Buffer.from(binary).indexOf('\x03env\x06memory\x02\x03', 0, 'latin1')
  if (at < 0) throw new Error('the binary imports no shared memory env.memory')
  return at + 12
}

async function build() {
  const print = fingerprint()
  if (existsSync(target) && readFileSync(target, 'utf8').includes(print)) return
  const lines = [`// Made from assembly/ by scripts/static.mjs (${print}).`]
  let entries
  for (const [name, features] of Object.entries(variants)) {
    const binary = await compile(features)
    if (name === 'plain') {
      entries = WebAssembly.Module.exports(new WebAssembly.Module(binary)).map((e) => e.name)
    }
    lines.push(
      `export const ${name} = {`,
      `  memoryFlags: ${memoryFlags(binary)},`,
      `  hex: '${Buffer.from(binary).toString('hex')}',`,
      '}',
    )
  }
  lines.push(`export const entryNames = ${JSON.stringify(entries)} as const`)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, `${lines.join('\n')}\n`)
}

await build()
