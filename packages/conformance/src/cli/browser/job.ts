import type { PageMessage, PageOptions } from '../../browser.ts'
import { libraryKnownFailures } from '../../known-failures.ts'
import type { Result } from '../../report/result.ts'
import type { RunOptions } from '../../runner.ts'
import { shippedFolder } from '../golden.ts'
import { goldenOf, versionsOf } from '../job.ts'
import type { Job } from '../main.ts'
import { type BackendModules, moduleUrl } from '../modules.ts'
import type { CliOptions } from '../options.ts'
import { bundle } from './bundle.ts'
import { Channel } from './channel.ts'
import { GOLDEN_PATH, serve } from './server.ts'

/** How Chromium is started. */
export interface BrowserOptions {
  /** Default: playwright's own. */
  readonly executablePath?: string
  readonly args?: readonly string[]
}

type Start = Extract<PageMessage, { kind: 'start' }>

/** Loads the page, and listens to what it tells. */
async function openPage(url: string, options: BrowserOptions) {
  const { chromium } = await import('playwright')
  const { executablePath, args = [] } = options
  const browser = await chromium.launch({ executablePath, args: [...args] })
  const channel = new Channel<PageMessage>()
  const page = await browser.newPage()
  await page.exposeFunction('conformanceTell', (text: string) => channel.push(JSON.parse(text)))
  page.on('crash', () => channel.fail(new Error('the page crashed')))
  page.on('pageerror', (error) => channel.fail(error))
  await page.goto(url)
  const run = (runOptions: RunOptions): Promise<void> =>
    page.evaluate(
      (given) =>
        (globalThis as unknown as { conformanceRun(o: unknown): Promise<void> }).conformanceRun(
          given,
        ),
      runOptions as object,
    )
  return { channel, run, close: () => browser.close() }
}

/** The results of a page that has started. */
async function* resultsOf(
  messages: AsyncIterator<PageMessage>,
  onProgress: RunOptions['onProgress'],
): AsyncGenerator<Result, void, undefined> {
  for (;;) {
    const { value: message, done } = await messages.next()
    if (done || message.kind === 'end') return
    if (message.kind === 'failure') throw new Error(message.message)
    if (message.kind !== 'results') continue
    for (const progress of message.progress) {
      onProgress?.(progress)
      yield progress.result
    }
  }
}

async function started(messages: AsyncIterator<PageMessage>): Promise<Start> {
  const { value: message, done } = await messages.next()
  if (done || message.kind === 'end') throw new Error('the page ended before it began')
  if (message.kind === 'failure') throw new Error(message.message)
  if (message.kind !== 'start') throw new Error('the page told results before it began')
  return message
}

/**
 * The kit over one backend, in Chromium.
 * @param modules backends that have a name
 * @throws Error where vite or playwright is not installed, or the backend can't run there
 */
export async function createBrowserJob(
  options: CliOptions,
  modules: BackendModules,
  browserOptions: BrowserOptions = {},
): Promise<Job> {
  const golden = await goldenOf(options)
  const pageOptions: PageOptions = {
    backend: options.backend,
    named: Object.hasOwn(modules, options.backend),
    golden: { url: GOLDEN_PATH, form: options.golden ? 'folder' : 'packed' },
    only: options.only,
  }
  const files = await bundle(moduleUrl(options.backend, modules), pageOptions)
  const server = await serve(files, options.golden ?? shippedFolder())
  const closing = [() => server.close()]
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step()
  }
  try {
    const page = await openPage(server.url, browserOptions)
    closing.push(() => page.close())
    const messages = page.channel[Symbol.asyncIterator]()
    const { backend, claims, environment } = await started(messages)
    return {
      backend,
      claims,
      environment,
      golden: golden.origin,
      versions: await versionsOf(golden),
      knownFailures: libraryKnownFailures,
      async *run({ onProgress, ...runOptions }) {
        // Not awaited: what comes of it is told through the channel.
        page.run(runOptions).catch((error: Error) => page.channel.fail(error))
        yield* resultsOf(messages, onProgress)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
