import { createReadStream } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import type { PageRequest, PageSuiteName } from '../page/page.ts'
import type { Findings, Request } from '../suites/suite.ts'
import { bundleForBrowser, bundles, home } from './bundle.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

/** What makes a page cross-origin isolated, which is what shared memory takes. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

/** Serves folders, each under its prefix. */
function serve(folders: Readonly<Record<string, string>>, isolated: boolean): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const prefix = Object.keys(folders).find((p) => path.startsWith(p)) ?? '/'
    const file = join(folders[prefix], path.slice(prefix.length) || 'index.html')
    const found = await stat(file).catch(() => undefined)
    if (!found?.isFile()) {
      response.writeHead(404).end()
      return
    }
    const type = types[extname(file)] ?? 'application/octet-stream'
    response.writeHead(200, { 'Content-Type': type, ...(isolated ? isolation : {}) })
    createReadStream(file).pipe(response)
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

const flags = [
  '--no-sandbox',
  '--ignore-gpu-blocklist',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
]

/** Where a page in Chromium times a suite; the GPU is software, so that figures are of one processor. */
export async function runInChromium(name: PageSuiteName, request: Request): Promise<Findings> {
  const { progress, isolated, ...rest } = request
  const site = join(bundles, 'page')
  await mkdir(site, { recursive: true })
  await bundleForBrowser(join(home, 'src/page/page.ts'), site)
  await writeFile(
    join(site, 'index.html'),
    '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="page.js"></script>',
  )
  const tfjsWasm = dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))
  const server = await serve({ '/tfjs-wasm/': tfjsWasm, '/': site }, isolated)
  const { port } = server.address() as AddressInfo
  const browser = await chromium.launch({
    executablePath: process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium',
    args: flags,
  })
  try {
    const tab = await browser.newPage()
    tab.on('console', (message) => {
      if (message.type() === 'info') progress(message.text())
    })
    tab.on('pageerror', (error) => progress(`page: ${error.message}`))
    await tab.goto(`http://127.0.0.1:${port}/`)
    await tab.waitForFunction(() => 'bench' in window)
    const asked: PageRequest = { ...rest, isolated }
    const findings = await tab.evaluate(([suite, what]) => window.bench(suite, what), [
      name,
      asked,
    ] as const)
    return { ...findings, runtime: `Chromium ${browser.version()}` }
  } finally {
    await browser.close()
    server.close()
  }
}
