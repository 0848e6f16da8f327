import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import GithubSlugger from 'github-slugger'
import { fromRoot, markdown, root } from './pages.ts'

type Token = ReturnType<typeof markdown.parse>[number]

const tokensOf = (text: string): Token[] =>
  markdown.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])])

/** The anchors that GitHub gives to the headings of a text. */
export function anchorsIn(text: string): Set<string> {
  const slugger = new GithubSlugger()
  const tokens = markdown.parse(text, {})
  const headings = tokens.flatMap((token, i) =>
    token.type === 'heading_open' ? [tokens[i + 1]] : [],
  )
  // Of `code` and *emphasis* the slug has the words.
  const words = (heading: Token): string =>
    (heading.children ?? [])
      .filter(({ type }) => type === 'text' || type === 'code_inline')
      .map(({ content }) => content)
      .join('')
  return new Set(headings.map((heading) => slugger.slug(words(heading))))
}

/** Where the links and pictures of a text lead to. */
export const linksIn = (text: string): string[] =>
  tokensOf(text).flatMap((token) => {
    const target = token.attrGet('href') ?? token.attrGet('src')
    return target === null ? [] : [String(target)]
  })

/** What is wrong with the links of a page that lead to files of the repository. */
export function brokenLinks(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  return linksIn(text).flatMap((link) => {
    if (/^[a-z]+:/i.test(link)) return []
    const [path, anchor] = decodeURIComponent(link).split('#')
    const file = path === '' ? join(root, page) : normalize(join(root, dirname(page), path))
    if (!existsSync(file)) return [`${link}: ${fromRoot(file)} does not exist`]
    if (anchor === undefined) return []
    const target = statSync(file).isDirectory() ? join(file, 'README.md') : file
    const isThere = existsSync(target) && anchorsIn(readFileSync(target, 'utf8')).has(anchor)
    return isThere ? [] : [`${link}: ${fromRoot(target)} has no heading for #${anchor}`]
  })
}
