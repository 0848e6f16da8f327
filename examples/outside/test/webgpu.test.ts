import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright'
import { type PreviewServer, preview } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { must, Outside } from './tarballs.ts'

/** How the system's Chromium gets a WebGPU device where there is no GPU. */
const executablePath = process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium'
const flags = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
]

/** The functions that the application puts on its window. */
interface Application {
  pick(): Promise<{ priority: number; probe: Record<string, unknown>; picked: string }>
  train(device: string): Promise<{ device: string; losses: number[] }>
  readAtOnce(): Promise<{ told: [string, string][]; printed: string; awaited: number[][] }>
}

const outside = new Outside()
const app = join(outside.folder, 'app')
let server: PreviewServer
let browser: Browser
let page: Page
const complaints: string[] = []

const call = <K extends keyof Application>(name: K, ...args: Parameters<Application[K]>) =>
  page.evaluate(
    ([member, given]) =>
      (
        globalThis as unknown as { application: Record<string, (...a: unknown[]) => unknown> }
      ).application[member](...given),
    [name, args] as const,
  ) as ReturnType<Application[K]>

beforeAll(async () => {
  await outside.pack()
  const backend = await outside.copyExample('backend-webgpu')
  await must(backend, join(backend, 'node_modules/.bin/tsup'))
  await outside.packOwn(backend)
  cpSync(join(import.meta.dirname, 'fixtures/app'), app, { recursive: true })
  await outside.install(app)
  await must(app, join(app, 'node_modules/.bin/vite'), 'build', '--logLevel', 'warn')
  server = await preview({ root: app, configFile: false, preview: { port: 0, host: '127.0.0.1' } })
  browser = await chromium.launch({ executablePath, args: flags })
  page = await browser.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  const address = server.httpServer.address()
  if (typeof address !== 'object' || !address) throw new Error('the server has no address')
  await page.goto(`http://127.0.0.1:${address.port}/`)
  await page.waitForFunction(() => 'application' in window)
}, 600_000)

afterAll(async () => {
  await browser?.close()
  await server?.close()
  outside.remove()
})

describe('a backend from outside, installed from its tarball', () => {
  it('depends on nothing of Sconce but the contract', () => {
    const manifest = JSON.parse(
      readFileSync(join(app, 'node_modules/sconce-backend-webgpu/package.json'), 'utf8'),
    )
    expect(Object.keys(manifest.dependencies)).toEqual(['@sconce/backend'])
    const built = readFileSync(
      join(app, 'node_modules/sconce-backend-webgpu/dist/index.js'),
      'utf8',
    )
    expect([...built.matchAll(/from ["']([^."'][^"']*)["']/g)].map(([, name]) => name)).toEqual(
      expect.arrayContaining(['@sconce/backend']),
    )
    expect(built).not.toMatch(/from ["']@sconce\/(?!backend["'])/)
  })

  it('is registered by importing it, and is not picked unasked where it is software', async () => {
    const { priority, probe, picked } = await call('pick')
    expect(priority).toBe(30)
    expect(probe).toMatchObject({ available: true, software: true })
    expect(probe.description).toMatch(/^WebGPU, .*swiftshader/i)
    expect(picked).toBe('wasm')
  })

  it('trains a network to the losses of the cpu', async () => {
    const [cpu, webgpu] = [await call('train', 'cpu'), await call('train', 'webgpu')]
    expect(webgpu.device).toBe('webgpu')
    expect(webgpu.losses).toHaveLength(50)
    expect(webgpu.losses[49]).toBeLessThan(webgpu.losses[0])
    webgpu.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(cpu.losses[i], 4)
    })
  })

  it('says how to read what can not be read at once', async () => {
    const { told, printed, awaited } = await call('readAtOnce')
    for (const [name, message] of told) {
      expect(message, name).toMatch(/^true: device 'webgpu' can't be read synchronously: use /)
      expect(message, name).toContain('await')
    }
    expect(printed).toMatch(/^tensor\(\.\.\., size=\(2, 3\)/)
    expect(awaited).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
  })

  it('passes a part of the conformance kit', async () => {
    const parts = ['storage/*', 'layout/*', 'scatter/*', 'ops/matmul/*', 'ops/softmax/*']
    const only = parts.flatMap((glob) => ['--only', glob])
    const script = join(app, 'conformance.js')
    const output = await must(
      app,
      process.execPath,
      script,
      executablePath,
      flags.join(' '),
      ...only,
    )
    const [, passed, failed] = /conformance webgpu: (\d+) passed, (\d+) failed/.exec(output) ?? []
    expect(Number(passed)).toBeGreaterThan(60)
    expect(Number(failed)).toBe(0)
  }, 300_000)

  it('made no complaint on the way', () => {
    expect(complaints).toEqual([])
  })
})
