/** CSV files as columns and tensors, read by papaparse. */
import { type DType, fromTypedArray, type Tensor, ValueError } from '@sconce/core'
import Papa from 'papaparse'

/** Options of `parseCsv`. */
export interface CsvOptions {
  /** Whether the first line names the columns; otherwise they are named '0', '1'… Default: true. */
  header?: boolean
  /** Default: found out from the text. */
  delimiter?: string
  /** Lines that start with this are left out. */
  comments?: string
  /** Texts that stand for a missing value. Default: '', 'NA', 'NaN', 'null'. */
  missing?: readonly string[]
}

/** A column of categories as numbers. */
export interface Categories {
  /** For each row the index of its level; -1 where the value is missing. */
  readonly codes: Int32Array
  readonly levels: readonly string[]
}

const MISSING = ['', 'NA', 'NaN', 'null']

/** Rows of text with named columns. */
export class Table {
  readonly names: readonly string[]
  readonly #rows: readonly (readonly string[])[]
  readonly #missing: ReadonlySet<string>

  constructor(
    names: readonly string[],
    rows: readonly (readonly string[])[],
    missing: Iterable<string> = MISSING,
  ) {
    this.names = names
    this.#rows = rows
    this.#missing = new Set(missing)
  }

  /** Number of rows. */
  get length(): number {
    return this.#rows.length
  }

  #indexOf(name: string): number {
    const index = this.names.indexOf(name)
    if (index < 0) throw new ValueError(`no column '${name}'; there are ${this.names.join(', ')}`)
    return index
  }

  /**
   * The texts of a column.
   *
   * @throws ValueError for a name that isn't there.
   */
  column(name: string): string[] {
    const index = this.#indexOf(name)
    return this.#rows.map((row) => row[index])
  }

  /**
   * A column as numbers; NaN where the value is missing.
   *
   * @throws ValueError for a text that is no number.
   */
  numbers(name: string): Float64Array {
    return Float64Array.from(this.column(name), (text, row) => {
      if (this.#missing.has(text)) return Number.NaN
      const value = Number(text)
      if (text.trim() === '' || Number.isNaN(value)) {
        throw new ValueError(`column '${name}', row ${row}: '${text}' is not a number`)
      }
      return value
    })
  }

  /**
   * A column as categories.
   *
   * @param levels default: all that occur, sorted.
   * @throws ValueError for a text that is none of the levels.
   */
  categories(name: string, levels?: readonly string[]): Categories {
    const column = this.column(name)
    const all = levels ?? [...new Set(column.filter((text) => !this.#missing.has(text)))].sort()
    const codeOf = new Map(all.map((level, code) => [level, code]))
    const codes = Int32Array.from(column, (text, row) => {
      if (this.#missing.has(text)) return -1
      const code = codeOf.get(text)
      if (code !== undefined) return code
      throw new ValueError(`column '${name}', row ${row}: '${text}' is none of ${all.join(', ')}`)
    })
    return { codes, levels: all }
  }

  /** Columns of numbers as a tensor [rows, columns]. */
  tensor(names: readonly string[], options: { dtype?: DType; device?: string } = {}): Tensor {
    const columns = names.map((name) => this.numbers(name))
    const data = new Float64Array(this.length * names.length)
    columns.forEach((column, j) => {
      column.forEach((value, i) => {
        data[i * names.length + j] = value
      })
    })
    return fromTypedArray(data, [this.length, names.length], { dtype: 'float32', ...options })
  }

  /** The rows for which `keep` holds of an object of their texts. */
  filter(keep: (row: Readonly<Record<string, string>>) => boolean): Table {
    const { names } = this
    const rows = this.#rows.filter((row) =>
      keep(Object.fromEntries(names.map((name, i) => [name, row[i]]))),
    )
    return new Table(names, rows, this.#missing)
  }

  /** The rows in which none of the columns (default: of all) misses its value. */
  dropMissing(names: readonly string[] = this.names): Table {
    const indices = names.map((name) => this.#indexOf(name))
    const rows = this.#rows.filter((row) => indices.every((i) => !this.#missing.has(row[i])))
    return new Table(this.names, rows, this.#missing)
  }
}

/**
 * Parses the text of a CSV file.
 *
 * @throws ValueError for broken quotes, or rows with another number of fields than the first.
 */
export function parseCsv(text: string, options: CsvOptions = {}): Table {
  const { header = true, delimiter, comments, missing } = options
  const { data, errors } = Papa.parse<string[]>(text, {
    skipEmptyLines: true,
    ...(delimiter !== undefined && { delimiter }),
    ...(comments !== undefined && { comments }),
  })
  // That a delimiter can't be found out is so for every file of one column.
  const error = errors.find(({ type }) => type !== 'Delimiter')
  if (error) throw new ValueError(`CSV, row ${error.row ?? 0}: ${error.message}`)
  const width = data[0]?.length ?? 0
  const ragged = data.findIndex((row) => row.length !== width)
  if (ragged >= 0) {
    throw new ValueError(`CSV, row ${ragged}: ${data[ragged].length} fields instead of ${width}`)
  }
  const names = header ? (data[0] ?? []) : Array.from({ length: width }, (_, i) => String(i))
  return new Table(names, header ? data.slice(1) : data, missing)
}
