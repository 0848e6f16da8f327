import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build as esbuild } from 'esbuild'
import type { Browser } from 'playwright'
import { build as vite } from 'vite'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { launch, outcomeOf } from '../src/browse.ts'
import { publicPackages, root } from '../src/packages.ts'
import { run } from '../src/run.ts'

interface Outcome {
  readonly device: string
  readonly first: number
  readonly last: number
  readonly bytes: number
}

const folder = inject('consumer')
const within = (...parts: string[]): string => join(folder, ...parts)

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

/** All devices learn, and come to the same numbers. */
function expectTrained(outcomes: readonly Outcome[], devices: readonly string[]): void {
  expect(outcomes.map(({ device }) => device)).toEqual(devices)
  for (const { first, last } of outcomes) {
    expect(first).toBeCloseTo(outcomes[0].first, 4)
    expect(last).toBeLessThan(first / 2)
    expect(last).toBeCloseTo(outcomes[0].last, 3)
  }
}

const forNode = { bundle: true, format: 'esm', platform: 'node', minify: true } as const

const inNode = async (file: string): Promise<Outcome[]> =>
  JSON.parse(await run(process.execPath, [file], folder))

describe('the installed packages', () => {
  it('import each by each, in Node', async () => {
    // The adapter of vitest is for use inside vitest.
    const entries = publicPackages
      .flatMap((p) => p.entries)
      .filter((entry) => !entry.endsWith('/vitest'))
    const code = `for (const name of ${JSON.stringify(entries)}) {
      const names = Object.keys(await import(name))
      if (names.length === 0) throw new Error(name + ' exports nothing')
    }
    console.log('done')`
    writeFileSync(within('entries.mjs'), code)
    expect(await run(process.execPath, ['entries.mjs'], folder)).toBe('done\n')
  })

  const resolutions = { bundler: 'esnext', nodenext: 'nodenext' }

  it.each(Object.entries(resolutions))(
    'have types that a strict compiler takes, by %s',
    async (moduleResolution, module) => {
      const options = {
        ...{ target: 'es2023', lib: ['ES2023', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'] },
        ...{ strict: true, noEmit: true, allowImportingTsExtensions: true },
        ...{ skipLibCheck: false, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
      }
      const compilerOptions = { ...options, module, moduleResolution }
      const files = ['node.ts', 'worker.ts', 'page.ts', 'policy.ts', 'thread.ts']
      writeFileSync(within('tsconfig.json'), JSON.stringify({ compilerOptions, files }))
      await run(join(root, 'node_modules/.bin/tsc'), ['-p', '.'], folder)
    },
  )
})

describe('a training program on the installed packages', () => {
  it('runs in Node as it is', async () => {
    await esbuild({
      ...forNode,
      entryPoints: [within('node.ts')],
      outfile: within('plain.mjs'),
      packages: 'external',
    })
    expectTrained(await inNode('plain.mjs'), ['cpu', 'wasm'])
  })

  it('runs in Node, bundled by esbuild into one file', async () => {
    await esbuild({ ...forNode, entryPoints: [within('node.ts')], outfile: within('one.mjs') })
    expectTrained(await inNode('one.mjs'), ['cpu', 'wasm'])
  })

  it('runs in a thread of Node', async () => {
    await esbuild({
      ...forNode,
      entryPoints: [within('thread.ts')],
      outfile: within('thread.mjs'),
    })
    const code = `import { Worker } from 'node:worker_threads'
    const outcome = (workerData) => new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData })
      worker.once('message', resolve).once('error', reject)
    })
    console.log(JSON.stringify([await outcome('cpu'), await outcome('wasm')]))`
    writeFileSync(within('threads.mjs'), code)
    expectTrained(await inNode('threads.mjs'), ['cpu', 'wasm'])
  })

  const devices = ['cpu', 'wasm', 'webgl', 'cpu', 'wasm']

  it('runs in a page and its workers, bundled by vite', async () => {
    await vite({
      ...{ root: folder, configFile: false, logLevel: 'error' },
      build: { outDir: 'vite', target: 'es2022', minify: true },
      worker: { format: 'es' },
    })
    expectTrained(await outcomeOf<Outcome[]>(browser, within('vite')), devices)
  })

  it('runs in a page and its workers, bundled by esbuild', async () => {
    // esbuild leaves the addresses of workers alone: the worker is an entry, and named as it will be.
    await esbuild({
      ...{ bundle: true, format: 'esm', platform: 'browser', minify: true, splitting: true },
      ...{ entryPoints: [within('page.ts'), within('worker.ts')], outdir: within('esbuild') },
    })
    const page = within('esbuild/page.js')
    writeFileSync(page, readFileSync(page, 'utf8').replace('./worker.ts', './worker.js'))
    const html = '<!doctype html><title>page</title><script type="module" src="page.js"></script>'
    writeFileSync(within('esbuild/index.html'), html)
    expectTrained(await outcomeOf<Outcome[]>(browser, within('esbuild')), devices)
  })
})
