import { AxeBuilder } from '@axe-core/playwright'
import { describe, expect, it } from 'vitest'
import { PATIENCE, usePlayground } from './support/playground.ts'

const options = { timeout: PATIENCE }

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  const playground = usePlayground()
  const findings = async (): Promise<string[]> => {
    const { violations } = await new AxeBuilder({ page: playground().page }).analyze()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  }

  it('everything that there is to see is accessible', options, async () => {
    const { page } = playground()
    await page.emulateMedia({ colorScheme })
    await playground().openExample('Autograd')
    await playground().run()
    await playground().status(/Finished/)
    expect(await findings()).toEqual([])

    await playground().type('oops(')
    await playground().run()
    await playground().alert()
    expect(await findings()).toEqual([])

    await playground().openTab('Digits')
    await page.getByText('Trained before').waitFor({ timeout: PATIENCE })
    await page.getByRole('button', { name: 'A digit of MNIST' }).click()
    await page.getByText('After the second').waitFor({ timeout: PATIENCE })
    expect(await findings()).toEqual([])

    await playground().openTab('Conformance')
    await page.getByRole('textbox', { name: 'Only' }).fill('storage/*')
    await page.getByRole('button', { name: 'Run on' }).click()
    await page.getByRole('heading', { name: /level 0/ }).waitFor({ timeout: PATIENCE })
    expect(await findings()).toEqual([])

    await playground().openTab('Doctor')
    await page.getByRole('heading', { name: 'Backends' }).waitFor({ timeout: PATIENCE })
    expect(await findings()).toEqual([])
  })
})

describe('with the keyboard', () => {
  const playground = usePlayground()

  it('arrows move between the tabs, and one of them is in the tab order', options, async () => {
    const { page } = playground()
    const tab = (name: string) => page.getByRole('tab', { name })
    await tab('Examples').focus()
    await page.keyboard.press('ArrowRight')
    const isSelected = (name: string) => () => tab(name).getAttribute('aria-selected')
    await expect.poll(isSelected('Digits')).toBe('true')
    await page.keyboard.press('End')
    await page.getByRole('heading', { name: 'What runs here?' }).waitFor()
    await page.keyboard.press('ArrowRight')
    await expect.poll(isSelected('Examples')).toBe('true')
    const order = await page
      .getByRole('tab')
      .evaluateAll((tabs) => tabs.map((element) => (element as HTMLElement).tabIndex))
    expect(order).toEqual([0, -1, -1, -1])
  })

  it('one gets out of the editor, and to its buttons', options, async () => {
    const { page } = playground()
    await page.getByRole('textbox', { name: 'Program' }).focus()
    await page.keyboard.press('Tab')
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim())
    expect(await focused()).toBe('What playground has')
    await page.getByRole('button', { name: 'Run', exact: true }).focus()
    await page.keyboard.press('Enter')
    await playground().status(/Finished on wasm/)
  })
})
