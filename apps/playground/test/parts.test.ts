import { describe, expect, it } from 'vitest'
import { backends, PATIENCE, usePlayground } from './support/playground.ts'

const options = { timeout: PATIENCE }

describe('digits', () => {
  const playground = usePlayground()
  const verdict = () => playground().page.locator('.verdict b')

  it.each(backends)('are recognised as they are drawn on %s', options, async (backend) => {
    const { page } = playground()
    await playground().chooseBackend(backend)
    await playground().openTab('Digits')
    await page.getByText(`Trained before, on ${backend}`).waitFor({ timeout: PATIENCE })
    const box = await page.getByRole('application', { name: 'Drawing' }).boundingBox()
    if (!box) throw new Error('there is nothing to draw on')
    const stroke = [
      [0.3, 0.2],
      [0.7, 0.2],
      [0.5, 0.55],
      [0.42, 0.85],
    ] as const
    const [first, ...others] = stroke.map(
      ([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const,
    )
    await page.mouse.move(...first)
    await page.mouse.down()
    for (const point of others) await page.mouse.move(...point, { steps: 5 })
    await page.mouse.up()
    await expect.poll(() => verdict().textContent(), options).toBe('7')
    expect(await page.getByRole('img', { name: /After the second: 1 × 16 × 5 × 5/ }).count()).toBe(
      1,
    )
    await page.getByRole('button', { name: 'Wipe' }).click()
    await page.getByText('Nothing yet: draw a digit.').waitFor()
  })

  it('are drawn with the keyboard too', options, async () => {
    const { page } = playground()
    await playground().openTab('Digits')
    await page.getByText('Trained before').waitFor({ timeout: PATIENCE })
    const drawing = page.getByRole('application', { name: 'Drawing' })
    await drawing.focus()
    await drawing.press(' ')
    for (let i = 0; i < 10; i++) await drawing.press('ArrowDown')
    await expect.poll(() => verdict().textContent(), options).toBe('1')
    await drawing.press('Delete')
    await page.getByText('Nothing yet: draw a digit.').waitFor()
  })

  it('are learned in the page, until they are known or somebody stops it', options, async () => {
    const { page } = playground()
    await playground().openTab('Digits')
    await page.getByText('Trained before').waitFor({ timeout: PATIENCE })
    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('1')
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    const note = page.getByText(/recognises/)
    await note.waitFor({ timeout: PATIENCE })
    const [, accuracy] =
      /Trained here: recognises (\S+) %/.exec((await note.textContent()) ?? '') ?? []
    expect(Number(accuracy)).toBeGreaterThan(85)
    expect(await page.getByRole('img', { name: /^loss: 62 points/ }).count()).toBe(1)

    await page.getByRole('spinbutton', { name: 'Epochs' }).fill('20')
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    await page.getByText(/step \d+ of 1240/).waitFor({ timeout: PATIENCE })
    await page.getByRole('button', { name: 'Stop', exact: true }).last().click()
    await page.getByText(/Stopped: recognises/).waitFor({ timeout: PATIENCE })
  })
})

describe('conformance', () => {
  const playground = usePlayground()

  it.each(backends)('of a part is told as a matrix on %s', options, async (backend) => {
    const { page } = playground()
    await playground().chooseBackend(backend)
    await playground().openTab('Conformance')
    await page.getByRole('checkbox', { name: '1 required kernels' }).uncheck()
    await page.getByRole('checkbox', { name: '2 every op forward' }).check()
    await page.getByRole('textbox', { name: 'Only' }).fill('storage/*, ops/softmax/*')
    await page.getByRole('button', { name: `Run on ${backend}` }).click()
    await page.getByRole('progressbar').waitFor({ state: 'detached', timeout: PATIENCE })
    await page.getByRole('heading', { name: `${backend}: level 2` }).waitFor({ timeout: PATIENCE })
    const row = page
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: 'softmax' }) })
    expect(await row.textContent()).toMatch(/\d+\/\d+ · \d+ ULP/)
    await page.getByRole('searchbox', { name: 'Op' }).fill('stor')
    expect(await row.count()).toBe(0)
  })

  it('shows a report that was made elsewhere, and refuses what is none', options, async () => {
    const { page } = playground()
    await playground().openTab('Conformance')
    const report = {
      format: 'sconce-conformance-1',
      backend: 'mine',
      golden: 'shipped',
      started: '2026-01-01T00:00:00Z',
      milliseconds: 1500,
      environment: {},
      versions: {},
      knownFailures: {},
      totals: { pass: 0, fail: 1 },
      level: null,
      results: [
        {
          id: 'ops/exp/float32/0',
          op: 'exp',
          level: 2,
          status: 'fail',
          dtype: 'float32',
          ulp: 300,
          message: 'expected 1, got 2',
          milliseconds: 1,
        },
      ],
    }
    const choose = (name: string, text: string) =>
      page
        .getByLabel('or show a report')
        .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
    await choose('mine.json', JSON.stringify(report))
    await page.getByRole('heading', { name: 'mine: level none' }).waitFor()
    expect(await page.getByRole('row', { name: /^exp/ }).textContent()).toContain('0/1 · 300 ULP')
    await page.getByText('expected 1, got 2').waitFor()
    await choose('other.json', '{"format":"other"}')
    expect(await playground().alert()).toMatch(
      /other\.json can't be shown: not a conformance report/,
    )
  })
})

describe('the doctor', () => {
  const playground = usePlayground()

  it('finds every backend, and times them', options, async () => {
    const { page } = playground()
    await playground().openTab('Doctor')
    const heads = page.locator('.doctor .head')
    await heads.first().waitFor({ timeout: PATIENCE })
    const texts = await heads.allInnerTexts()
    expect(texts.map((text) => text.split(/\s/)[0])).toEqual(['webgl', 'wasm', 'cpu'])
    expect(texts[0]).toContain('when asked for by name')
    expect(texts[1]).toContain('init() picks it')
    await page.getByRole('button', { name: 'Time them' }).click()
    await page.getByText('fastest here').waitFor({ timeout: PATIENCE })
    expect(await page.getByRole('rowheader', { name: 'matmul 256' }).count()).toBe(3)
  })
})
