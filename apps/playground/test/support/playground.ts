import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest'
import { chromiumFlags, chromium as executablePath } from '../../../../vitest.shared.ts'

export const backends = ['cpu', 'wasm', 'webgl'] as const
export type BackendName = (typeof backends)[number]

/** Long enough for a busy machine. */
export const PATIENCE = 240_000

/** The page, as somebody uses it. */
export class Playground {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async chooseBackend(name: BackendName): Promise<void> {
    await this.page.getByRole('radio', { name, exact: true }).check({ force: true })
  }

  async openTab(name: string): Promise<void> {
    await this.page.getByRole('tab', { name }).click()
  }

  async openExample(title: string): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Examples' })
      .getByRole('link', { name: new RegExp(`^${title}`) })
      .click()
  }

  /** Replaces the program. */
  async type(source: string): Promise<void> {
    const editor = this.page.getByRole('textbox', { name: 'Program' })
    await editor.click()
    await editor.press('ControlOrMeta+a')
    await this.page.keyboard.insertText(source)
  }

  async run(): Promise<void> {
    await this.page.getByRole('button', { name: 'Run', exact: true }).click()
  }

  /** Waits for a status of the program. */
  async status(text: RegExp): Promise<void> {
    const status = this.page.locator('.program').getByRole('status')
    await status.filter({ hasText: text }).waitFor({ timeout: PATIENCE })
  }

  /** The lines that the program printed. */
  printed(): Promise<string[]> {
    return this.page.getByRole('log').locator('pre').allTextContents()
  }

  async alert(): Promise<string> {
    return (await this.page.getByRole('alert').textContent({ timeout: PATIENCE })) ?? ''
  }
}

/**
 * A page of its own for each test of a file, in one browser. A test fails if anything went to the console
 * as a warning or an error.
 */
export function usePlayground(site: 'site' | 'plainSite' = 'site'): () => Playground {
  let browser: Browser
  let playground: Playground
  let complaints: string[]
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: chromiumFlags })
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    complaints = []
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', ({ message }) => complaints.push(message))
    await page.goto(inject(site))
    playground = new Playground(page)
  })
  afterEach(async () => {
    await playground.page.context().close()
    expect(complaints).toEqual([])
  })
  return () => playground
}
