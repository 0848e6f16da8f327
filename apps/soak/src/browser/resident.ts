import { readdir, readFile } from 'node:fs/promises'

/** What was held at a time, in milliseconds since 1970. */
export interface Reading {
  readonly time: number
  readonly bytes: number
}

/** Processes by the one that started them; empty where there is no /proc. */
async function children(): Promise<Map<number, number[]>> {
  const found = new Map<number, number[]>()
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    // The name, in brackets, may hold anything.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    if (stat) found.set(parent, [...(found.get(parent) ?? []), Number(pid)])
  }
  return found
}

/** Bytes of a process, with its share of what it shares. */
async function share(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return 1024 * Number(/^Pss: +(\d+) kB$/m.exec(text)?.[1] ?? 0)
}

/** Bytes of a process and of all that it started; undefined where that can't be known. */
export async function residentBytes(root: number): Promise<number | undefined> {
  const byParent = await children()
  const all = [root]
  for (const pid of all) all.push(...(byParent.get(pid) ?? []))
  const bytes = (await Promise.all(all.map(share))).reduce((sum, value) => sum + value, 0)
  return bytes > 0 ? bytes : undefined
}

/** Looks at a process now and then until it is told to stop. */
export function watchResident(root: number, interval: number) {
  const readings: Reading[] = []
  let stopped = false
  const look = async (): Promise<void> => {
    while (!stopped) {
      const bytes = await residentBytes(root)
      if (bytes !== undefined) readings.push({ time: Date.now(), bytes })
      await new Promise((resolve) => setTimeout(resolve, interval))
    }
  }
  const done = look()
  return {
    async stop(): Promise<readonly Reading[]> {
      stopped = true
      await done
      return readings
    },
  }
}

/** The reading that was next to a time. */
export function readingAt(readings: readonly Reading[], time: number): number | undefined {
  const after = readings.find((reading) => reading.time >= time) ?? readings.at(-1)
  return after?.bytes
}
