import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BlockModule, writeModules } from '../src/blocks/modules.ts'
import { allBlocks } from '../src/pages.ts'

const execute = promisify(execFile)
const runner = fileURLToPath(new URL('../src/blocks/run-page.ts', import.meta.url))

const modules = writeModules(allBlocks(), 'node')
const inNode = modules.filter(({ place }) => place === 'node')
const outcomes = new Map<string, string | null>()

/** What `ts built` has to be run on: threads of Node, which read no TypeScript. */
const isBuilt = ({ block }: BlockModule): boolean => block.words.includes('built')

/** Blocks that are run in one process: those of a page. */
const groupOf = (member: BlockModule): string => `${member.block.page} ${isBuilt(member)}`
const groups = [...new Set(inNode.map(groupOf))].map((group) =>
  inNode.filter((member) => groupOf(member) === group),
)

async function runGroup(mine: readonly BlockModule[]): Promise<void> {
  const conditions = mine.some(isBuilt) ? [] : ['--conditions=@sconce/source']
  const node = [...conditions, '--import', import.meta.resolve('tsx')]
  const args = [...node, runner, ...mine.map(({ file }) => file)]
  const { stdout } = await execute(process.execPath, args, { maxBuffer: 1 << 26 })
  const list: (string | null)[] = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  mine.forEach(({ name }, i) => {
    outcomes.set(name, list[i])
  })
}

beforeAll(async () => {
  const queue = [...groups]
  const work = async () => {
    for (let group = queue.shift(); group; group = queue.shift()) await runGroup(group)
  }
  await Promise.all([work(), work()])
})

describe('code on pages', () => {
  it('is there, and says what it gives', () => {
    expect(modules.length).toBeGreaterThan(25)
    expect(modules.reduce((sum, { checks }) => sum + checks, 0)).toBeGreaterThan(10)
  })

  it.each(inNode)('$name runs, and gives what it says', ({ name }) => {
    expect(outcomes.get(name)).toBe(null)
  })
})
