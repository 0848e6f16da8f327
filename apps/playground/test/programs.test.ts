import { describe, expect, it } from 'vitest'
import { PATIENCE, usePlayground } from './support/playground.ts'

const options = { timeout: PATIENCE }

describe('a program', () => {
  const playground = usePlayground()

  it.each([
    ['syntax', `const a = 1\nconst = 2`, 'SyntaxError: Unexpected token', 'Line 2'],
    [
      'a name that the library lacks',
      `\nimport { tensr } from 'sconce'\ntensr(1)`,
      "SyntaxError: 'sconce' has no export 'tensr'",
      'Line 2',
    ],
    [
      'a module that is not there',
      `import fs from 'node:fs'\nfs.x`,
      "SyntaxError: no module 'node:fs': programs here import sconce and playground",
      'Line 1',
    ],
    [
      'shapes',
      `import { ones, type Tensor } from 'sconce'\n\nconst f = (x: Tensor): Tensor =>\n  x.mm(ones(2, 3))\nf(ones(2, 3))`,
      'mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)',
      'Line 4',
    ],
    [
      'a promise that nobody waits for',
      `console.log('first')\nasync function fail() {\n  await 0\n  throw new TypeError('late')\n}\nfail()`,
      'TypeError: late',
      'Line 4',
    ],
    [
      'code from text, which the page forbids',
      `new Function('return 1')`,
      /EvalError: .*unsafe-eval/,
      'Line 1',
    ],
  ] as const)('that fails tells why and where: %s', options, async (_, source, message, line) => {
    const { page } = playground()
    await playground().type(source)
    await playground().run()
    const alert = await playground().alert()
    expect(alert).toMatch(message)
    await playground().status(/Failed on wasm/)
    await page.getByRole('button', { name: line, exact: true }).click()
    const number = line.replace('Line ', '')
    await expect
      .poll(() => page.locator('.cm-lineNumbers .cm-activeLineGutter').textContent())
      .toBe(number)
    await page.locator('.cm-lint-marker-error').waitFor()
  })

  it('that does not end leaves the page responsive, and is stopped', options, async () => {
    const { page } = playground()
    await playground().type(`console.log('on and on')\nfor (;;) {}`)
    await playground().run()
    await playground().status(/Running on wasm/)
    await playground().openTab('Doctor')
    await page.getByRole('heading', { name: 'What runs here?' }).waitFor()
    await playground().openTab('Examples')
    expect(await playground().printed()).toEqual(['on and on'])
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await playground().status(/Stopped on wasm/)
    expect(await page.getByRole('button', { name: 'Stop', exact: true }).isDisabled()).toBe(true)
  })

  it('that prints without end does not drown the page', options, async () => {
    const { page } = playground()
    await playground().type(`for (let i = 0; ; i++) console.log(i)`)
    await playground().run()
    await page.getByText(/earlier lines are not kept/).waitFor({ timeout: PATIENCE })
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await playground().status(/Stopped on wasm/)
    const numbers = (await playground().printed()).map(Number)
    expect(numbers.length).toBeLessThanOrEqual(500)
    const [first] = numbers
    expect(first).toBeGreaterThan(0)
    expect(numbers).toEqual(numbers.map((_, i) => first + i))
  })

  it('is kept until the next visit, and can be reset', options, async () => {
    const { page } = playground()
    await playground().type(`console.log('mine')`)
    await page.reload()
    await page.locator('.list').getByText('edited').waitFor()
    await page.getByRole('textbox', { name: 'Program' }).press('ControlOrMeta+Enter')
    await playground().status(/Finished on wasm/)
    expect(await playground().printed()).toEqual(['mine'])
    await page.getByRole('button', { name: 'Reset' }).click()
    const text = page.getByRole('textbox', { name: 'Program' })
    await expect.poll(() => text.textContent()).toContain('A network 3-32-1 with tensors alone')
  })

  it('shows the graph behind a tensor of its own', options, async () => {
    const { page } = playground()
    await playground().type(
      [
        `import { ones, tensor } from 'sconce'`,
        `import { showGraph } from 'playground'`,
        `const x1 = ones(2, 2, { requiresGrad: true })`,
        `const x2 = tensor(1.1, { requiresGrad: true })`,
        `showGraph(x1.mul(x2.add(2)).pow(2).mul(3).mean(), { x1, x2 }, 'The first graph')`,
      ].join('\n'),
    )
    await playground().run()
    await playground().status(/Finished on wasm/)
    const figure = page.getByRole('figure').filter({ hasText: 'The first graph' })
    expect(await figure.locator('svg text:not(.detail)').allTextContents()).toEqual([
      'MeanBackward0',
      'MulBackward1',
      'PowBackward0',
      'MulBackward0',
      'AccumulateGrad',
      'AddBackward1',
      'AccumulateGrad',
    ])
    expect(await figure.locator('svg .leaf .detail').allTextContents()).toEqual([
      'x1 [2, 2]',
      'x2 []',
    ])
    expect(await figure.locator('svg path.edge').count()).toBe(6)
    await figure.getByText('As a list').click()
    expect(await figure.getByRole('listitem').first().textContent()).toMatch(
      /^MeanBackward0 .*→ MulBackward1 \(2\)$/,
    )
  })
})

describe('in a folder on a server without headers', () => {
  const playground = usePlayground('plainSite')

  it('programs run, on one thread', options, async () => {
    const { page } = playground()
    await playground().openExample('Optimizers')
    await playground().run()
    await playground().status(/Finished on wasm/)
    expect((await playground().printed()).at(-1)).toBe('step 200  loss 13.0497')
    await playground().openTab('Doctor')
    await page.getByText('cross-origin isolated', { exact: true }).waitFor({ timeout: PATIENCE })
    const wasm = page.locator('.doctor tbody').filter({ hasText: 'WebAssembly' })
    expect(await wasm.textContent()).toMatch(/threads off|one thread|1 thread/i)
  })
})
