import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Channel } from '../../src/cli/browser/channel.ts'
import { type RunningServer, serve } from '../../src/cli/browser/server.ts'

let folder = ''
let server: RunningServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'golden-'))
  await writeFile(join(folder, 'rng.json'), '{}')
  server = await serve(new Map([['main.js', 'run()']]), folder)
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const get = async (path: string) => {
  const response = await fetch(new URL(path, server.url))
  return { status: response.status, text: await response.text(), headers: response.headers }
}

test('the page is isolated, so that it may have threads, and loads the bundle', async () => {
  const { text, headers } = await get('/')
  expect(text).toContain('<script type="module" src="/main.js">')
  expect(headers.get('content-type')).toBe('text/html')
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
  expect(await get('/main.js')).toMatchObject({ status: 200, text: 'run()' })
})

test('recorded results are listed and read, and nothing beside them', async () => {
  expect(JSON.parse((await get('/golden/')).text)).toEqual(['rng.json'])
  expect(JSON.parse((await get('/golden/ops/')).text)).toEqual([])
  expect((await get('/golden/rng.json')).text).toBe('{}')
  expect((await get('/golden/..%2f..%2fetc/passwd')).status).toBe(404)
  expect((await get('/golden/none.json')).status).toBe(404)
  expect((await get('/elsewhere')).status).toBe(404)
})

test('a channel waits for what comes, in order, and ends with an error', async () => {
  const channel = new Channel<number>()
  const seen: number[] = []
  const done = (async () => {
    for await (const value of channel) seen.push(value)
  })()
  channel.push(1)
  channel.push(2)
  await new Promise((resolve) => setTimeout(resolve, 1))
  channel.push(3)
  channel.fail(new Error('the page crashed'))
  await expect(done).rejects.toThrow('the page crashed')
  expect(seen).toEqual([1, 2, 3])
})
