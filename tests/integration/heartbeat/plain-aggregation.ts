// Bars worked out another way than the product does: every print goes straight into the bar of each length, in whole
// numbers of 1e-8, and the flat bars are laid in afterwards.

export interface RecordedPrint {
  s: string
  p: string
  q: string
  T: number
  f: number
  l: number
}

const LENGTHS: Record<string, number> = {
  '1m': 1,
  '3m': 3,
  '5m': 5,
  '10m': 10,
  '15m': 15,
  '1h': 60,
  '2h': 120,
  '4h': 240,
}

const units = (text: string): bigint => {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.padEnd(8, '0'))
}
const plain = (value: bigint): string => {
  const digits = value.toString().padStart(9, '0')
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`.replace(/\.?0+$/, '')
}

/** `symbol timeframe closeTime` to `open high low close volume prints`, for all bars that end by the last print. */
export function aggregatePlainly(prints: readonly RecordedPrint[]): Map<string, string> {
  const result = new Map<string, string>()
  for (const symbol of new Set(prints.map((print) => print.s))) {
    const own = prints.filter((print) => print.s === symbol)
    const [first, last] = [own[0], own.at(-1)]
    if (first === undefined || last === undefined) continue
    for (const [timeframe, minutes] of Object.entries(LENGTHS)) {
      const length = minutes * 60_000
      let next = 0
      let close = ''
      const start = Math.floor(first.T / 60_000) * 60_000
      for (let open = Math.ceil(start / length) * length; open + length <= last.T; open += length) {
        while ((own[next]?.T ?? Infinity) < open) close = own[next++]?.p ?? ''
        const inside: RecordedPrint[] = []
        for (let at = next; (own[at]?.T ?? Infinity) < open + length; at += 1) inside.push(own[at] as RecordedPrint)
        const prices = (inside.length === 0 ? [close] : inside.map((print) => print.p)).map(units)
        const sorted = prices.toSorted((a, b) => (a < b ? -1 : 1))
        const volume = inside.reduce((sum, print) => sum + units(print.q), 0n)
        const count = inside.reduce((sum, print) => sum + print.l - print.f + 1, 0)
        const values = [prices[0], sorted.at(-1), sorted[0], prices.at(-1), volume].map((value) => plain(value ?? 0n))
        result.set(`${symbol} ${timeframe} ${open + length}`, `${values.join(' ')} ${count}`)
      }
    }
  }
  return result
}
