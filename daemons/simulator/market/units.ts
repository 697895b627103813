/** Prints a whole number of 10^-decimals units as Binance does, with at least 8 decimals. Exact. */
export function formatUnits(units: number | bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, '0')
  const whole = decimals === 0 ? digits : digits.slice(0, -decimals)
  const fraction = decimals === 0 ? '' : digits.slice(-decimals)
  // More than 8 decimals exist only as products; the exchange cuts sums of them to 8.
  return `${whole}.${fraction.slice(0, 8).padEnd(8, '0')}`
}

/** Reads a plain decimal string as a whole number of 10^-decimals units. */
export function parseUnits(text: string, decimals: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'))
}
