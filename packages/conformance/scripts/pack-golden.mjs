/**
 * Packs a folder of recorded results into the form that the package ships:
 *
 *     pnpm pack-golden FOLDER [TARGET]
 *
 * TARGET is ../data unless told. Every group is read back and compared with its source.
 */
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { fromBase64 } from '../src/golden/bytes.ts'
import { decodeGroup } from '../src/golden/container.ts'
import { encodeGroup } from '../src/golden/encode.ts'

/** One file each; a browser that needs a few ops fetches only their group. First match wins. */
const groups = [
  ['ops-linalg', 'ops', /^linalg\./],
  ['ops-nn', 'ops', /^nn\./],
  ['ops-a-m', 'ops', /^[_a-m]/i],
  ['ops-n-z', 'ops', /./],
  ['programs-nn', 'programs', /^(module_|losses$|init$)/],
  ['programs-optim', 'programs', /^(optim|schedulers|training)$/],
  ['programs', 'programs', /./],
]

const [folder, target = fileURLToPath(new URL('../data', import.meta.url))] = process.argv.slice(2)
if (!folder) throw new Error('usage: pack-golden FOLDER [TARGET]')

const readJson = async (path) => JSON.parse(await readFile(path, 'utf8'))
const names = async (kind) =>
  (await readdir(join(folder, kind))).map((file) => file.replace(/\.json$/, '')).sort()

/** What a reader sees: bytes for base64, no contiguous copy beside a storage. */
function unpacked(node) {
  if (typeof node !== 'object' || node === null) return node
  if (Array.isArray(node)) return node.map(unpacked)
  const tensor = typeof node.dtype === 'string' && typeof node.data === 'string'
  const fields = Object.entries(node).filter(([key]) => !(tensor && key === 'data' && node.storage))
  return Object.fromEntries(
    fields.map(([key, value]) => [
      key,
      tensor && (key === 'data' || key === 'storage') ? [...fromBase64(value)] : unpacked(value),
    ]),
  )
}
const readBack = (bytes) =>
  JSON.parse(JSON.stringify(decodeGroup(bytes), (_, v) => (v instanceof Uint8Array ? [...v] : v)))

await rm(target, { recursive: true, force: true })
await mkdir(target, { recursive: true })
const manifest = { format: 'sconce-golden-1', torch: '', groups: [] }

async function pack(name, kind, members, files) {
  const bytes = encodeGroup(files)
  assert.deepEqual(readBack(bytes), JSON.parse(JSON.stringify(unpacked(files))))
  const file = `${name}.gz`
  const zipped = gzipSync(bytes, { level: 9 })
  await writeFile(join(target, file), zipped)
  manifest.groups.push({ file, kind, names: members })
  manifest.torch ||= files[0].torch
  console.log(
    `${file.padEnd(20)} ${String(members.length).padStart(4)} files ${zipped.length} bytes`,
  )
}

const left = { ops: await names('ops'), programs: await names('programs') }
for (const [name, kind, pattern] of groups) {
  const members = left[kind].filter((member) => pattern.test(member))
  left[kind] = left[kind].filter((member) => !pattern.test(member))
  const files = await Promise.all(members.map((m) => readJson(join(folder, kind, `${m}.json`))))
  await pack(name, kind, members, files)
}
await pack('rng', 'rng', ['rng'], [await readJson(join(folder, 'rng.json'))])
await writeFile(join(target, 'manifest.json'), `${JSON.stringify(manifest)}\n`)
