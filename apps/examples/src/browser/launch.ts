/** Examples in a page of headless Chromium, whose output comes to the terminal. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { createServer, type Plugin, type ViteDevServer } from 'vite'
import type { ExampleOptions } from '../options.ts'
import { packageFile, writeResult } from '../platform/node.ts'

/** The GPU is software where there is no other. */
const flags = [
  '--no-sandbox',
  '--ignore-gpu-blocklist',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
]

/** Without these a page gets no shared memory, and a backend no threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

type Answer = (request: IncomingMessage, query: URLSearchParams) => Promise<string | Uint8Array>

/** What the page's platform asks for. */
const answers: Readonly<Record<string, Answer>> = {
  '/package-file': async (_, query) =>
    packageFile(query.get('name') ?? '', query.get('path') ?? ''),
  '/result': async (request, query) =>
    writeResult(query.get('name')?.replace(/[^\w.-]/g, '_') ?? 'result', await bodyOf(request)),
}

async function answer(request: IncomingMessage, response: ServerResponse, next: () => void) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  if (!Object.hasOwn(answers, pathname)) return next()
  try {
    response.end(await answers[pathname](request, searchParams))
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}

const platform: Plugin = {
  name: 'examples-platform',
  configureServer: (server) => void server.middlewares.use(answer),
}

/** Serves the sources, compiled as they are asked for. */
async function serve(): Promise<ViteDevServer> {
  const root = fileURLToPath(new URL('.', import.meta.url))
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    cacheDir: fileURLToPath(new URL('../../node_modules/.cache/vite', import.meta.url)),
    plugins: [platform],
    resolve: { conditions: ['@sconce/source', 'browser', 'module', 'import', 'default'] },
    server: { host: '127.0.0.1', port: 0, headers: isolation, hmr: false, watch: null },
  })
  return server.listen()
}

/**
 * Runs examples in Chromium: the one that SCONCE_CHROMIUM names, or else the system's.
 *
 * @throws Error that the examples threw.
 */
export async function runInChromium(
  names: readonly string[],
  options: ExampleOptions,
): Promise<void> {
  const server = await serve()
  const [url] = server.resolvedUrls?.local ?? []
  const browser = await chromium.launch({
    executablePath: process.env.SCONCE_CHROMIUM ?? '/usr/bin/chromium',
    args: flags,
  })
  try {
    const page = await browser.newPage()
    page.on('console', (message) => {
      // What is meant for developers of the page only is not relayed.
      if (message.type() === 'debug') return
      const write = message.type() === 'error' ? console.error : console.log
      write(message.text())
    })
    await page.goto(url)
    await page.waitForFunction(() => 'runExamples' in window, undefined, { timeout: 120_000 })
    const failure = await page.evaluate(
      ([given, asked]) =>
        window.runExamples(given, asked).then(
          () => undefined,
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        ),
      [names, options] as const,
    )
    if (failure !== undefined) throw new Error(failure)
  } finally {
    await browser.close()
    await server.close()
  }
}
