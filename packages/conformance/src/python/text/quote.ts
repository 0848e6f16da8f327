const NAMED: { [character: string]: string } = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
}

/** Control characters, separators other than the blank, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

function escapeCode(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\U${code.toString(16).padStart(8, '0')}`
}

/** `repr` of a string; with `ascii` only ASCII characters stay as they are. */
export function quote(text: string, ascii = false): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  let result = mark
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (character === mark) result += `\\${character}`
    else if (character in NAMED) result += NAMED[character]
    else if (UNPRINTABLE.test(character) || (ascii && code > 126)) result += escapeCode(code)
    else result += character
  }
  return result + mark
}
