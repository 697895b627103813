// Exchanges write ids and nanoseconds as numbers that JavaScript rounds: two executions would get one id.

const LONG = /\d{16}/
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const LONG_INTEGER = /^-?\d{16,}$/

/** Parses JSON; whole numbers of sixteen digits and more become strings of the same digits. Throws SyntaxError. */
export function parseLossless(text: string): unknown {
  const isRisky = LONG.test(text)
  return JSON.parse(isRisky ? text.replace(TOKEN, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token)) : text)
}
