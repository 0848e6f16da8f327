const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Text as HTML. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (c) => entities[c])
