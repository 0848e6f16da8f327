import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { type DefaultTreeAdapterTypes, parse } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node

interface Page {
  readonly links: string[]
  readonly ids: Set<string>
}

/** Links and anchors of a page. */
function read(html: string): Page {
  const page: Page = { links: [], ids: new Set() }
  const visit = (node: Node): void => {
    if ('attrs' in node) {
      for (const { name, value } of node.attrs) {
        if (name === 'id' || (name === 'name' && node.nodeName === 'a')) page.ids.add(value)
        else if (name === 'href' || name === 'src') page.links.push(value)
      }
    }
    if ('childNodes' in node) node.childNodes.forEach(visit)
  }
  visit(parse(html))
  return page
}

/** Links of a folder of pages that lead to a file or an anchor which is not in it. */
export function deadLinks(folder: string): string[] {
  const files = new Set(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => normalize(file)),
  )
  const pages = new Map(
    [...files]
      .filter((file) => file.endsWith('.html'))
      .map((file) => [file, read(readFileSync(join(folder, file), 'utf8'))]),
  )
  const dead = new Set<string>()
  for (const [file, { links }] of pages) {
    for (const link of links) {
      if (/^[a-z]+:/i.test(link)) continue
      const [path, anchor] = decodeURIComponent(link).split('#')
      const target = path === '' ? file : normalize(join(dirname(file), path.split('?')[0]))
      const known = files.has(target)
      const ids = pages.get(target)?.ids
      if (!known || (anchor && ids && !ids.has(anchor))) {
        dead.add(`${relative('.', file)}: ${link}`)
      }
    }
  }
  return [...dead]
}
