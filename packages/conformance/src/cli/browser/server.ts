/** Serves a page, its files and the recorded results, on this machine alone. */
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'
import type { BundleFiles } from './bundle.ts'

/** Where the recorded results are served. */
export const GOLDEN_PATH = '/golden/'

const page = '<!doctype html><meta charset="utf-8"><script type="module" src="/main.js"></script>'

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
}

/** Without these a page gets no shared memory, and a backend no threads. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

function send(response: ServerResponse, name: string, body: string | Uint8Array): void {
  const type = types[extname(name)] ?? 'application/octet-stream'
  response.writeHead(200, { ...isolation, 'Content-Type': type })
  response.end(body)
}

/** A file of a folder, or the names in a folder below it. */
async function sendGolden(response: ServerResponse, root: string, path: string): Promise<void> {
  const file = normalize(join(root, path))
  if (!file.startsWith(normalize(root + sep)) && file !== normalize(root))
    throw new Error(`${path} is outside`)
  if (!path.endsWith('/') && path !== '') return send(response, path, await readFile(file))
  send(response, 'list.json', JSON.stringify(await readdir(file).catch(() => [])))
}

export interface RunningServer {
  readonly url: string
  close(): Promise<void>
}

/** Starts the server on a free port. */
export async function serve(files: BundleFiles, golden: string): Promise<RunningServer> {
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname)
    const file = files.get(path.slice(1))
    const missing = () => response.writeHead(404).end()
    if (path === '/') send(response, 'index.html', page)
    else if (file !== undefined) send(response, path, file)
    else if (path.startsWith(GOLDEN_PATH))
      sendGolden(response, golden, path.slice(GOLDEN_PATH.length)).catch(missing)
    else missing()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no address')
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
