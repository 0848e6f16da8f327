const begin = '<!-- conformance: begin -->'
const end = '<!-- conformance: end -->'

function bounds(page: string): [number, number] {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`)
  return [from + begin.length, to]
}

/** What stands between the markers of a page. */
export const generatedPart = (page: string): string => page.slice(...bounds(page)).trim()

/** The page with other text between its markers. */
export function withGeneratedPart(page: string, text: string): string {
  const [from, to] = bounds(page)
  return `${page.slice(0, from)}\n${text}\n${page.slice(to)}`
}
