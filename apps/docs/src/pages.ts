import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import MarkdownIt from 'markdown-it'

/** The repository's folder. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Packages that are no part of the workspace, by the name under which pages import them. */
export const outside = {
  'sconce-backend-webgpu': 'examples/backend-webgpu/src/index.ts',
} as const

/** A block of code of a page. */
export interface Block {
  readonly page: string
  /** Line of the page, from 1. */
  readonly line: number
  /** First word behind the backquotes: `ts`. */
  readonly language: string
  /** Further words. */
  readonly words: readonly string[]
  readonly code: string
  /** Code that is run before, from a comment in front of the block: `<!-- before: … -->`. */
  readonly before: string
  /** The file of which the block is an excerpt, from a comment in front of it: `<!-- from: … -->`. */
  readonly from: string | undefined
}

const inFolders = (folder: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}/README.md`)
    : []

/** Every page of the repository, by its path. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...['packages', 'apps', 'examples'].flatMap(inFolders),
].filter((page) => existsSync(join(root, page)))

export const markdown = new MarkdownIt({ html: true })

const hidden = /^<!-- before:\s*([\s\S]*?)-->\s*$/
const excerpt = /^<!-- from: (\S+) -->\s*$/

/** The blocks of a page's text. */
export function blocksIn(page: string, text: string): Block[] {
  const blocks: Block[] = []
  let before = ''
  let from: string | undefined
  for (const token of markdown.parse(text, {})) {
    if (token.type === 'html_block') {
      before = hidden.exec(token.content.trim())?.[1] ?? before
      from = excerpt.exec(token.content.trim())?.[1] ?? from
    }
    if (token.type !== 'fence') continue
    const [language = '', ...words] = token.info.trim().split(/\s+/)
    const line = (token.map?.[0] ?? 0) + 1
    blocks.push({ page, line, language, words, code: token.content, before, from })
    before = ''
    from = undefined
  }
  return blocks
}

/** All blocks of all pages. */
export const allBlocks = (): Block[] =>
  pages.flatMap((page) => blocksIn(page, readFileSync(join(root, page), 'utf8')))

/** A path as seen from the repository's folder. */
export const fromRoot = (file: string): string => relative(root, file)
