import { readAlertText } from '@/lib/domain/signal/alert-text'
import { readWebhookAlert, UnreadableAlert, type WebhookAlert } from '@/lib/domain/signal/webhook-alert'

// Bodies as bad scripts, bad networks and bad people make them, and what must hold for each.

/** Numbers 0 to 1, always the same from one seed (Marsaglia's xorshift). */
function createRandom(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

const NAMES = [
  ...['Symbol', 'Exchange', 'Currency', 'BaseCurrency', 'Interval', 'BarTime', 'Action', 'Prix', 'PrixSL', 'PrixTP'],
  ...[
    'PourCent',
    'UserID',
    'IndicateurName',
    'UserExchangeID',
    'Volume',
    'action',
    'PRIX',
    '__proto__',
    'constructor',
    '',
  ],
]
const VALUES = [
  ...[
    'NaN',
    'na',
    'null',
    'true',
    '',
    '0',
    '-0',
    '50',
    '"50"',
    '1e5',
    '1e999',
    '-1',
    '.5',
    '5.',
    '1,5',
    '0x10',
    'Infinity',
  ],
  ...[
    '0.30000000000000004',
    '1.2345678901234567e-7',
    '1e-400',
    '99999999999999999999',
    '٣',
    '1_000',
    '"1 000"',
    '+5',
    '50%',
  ],
  ...['"BTCUSDT"', 'BINANCE:BTCUSDT', '"BTC/USDT"', '"/"', '"USDT"', '"5"', '4H', 'D', '0', '"15S"'],
  ...[
    '2024-08-12T14:25:00Z',
    '"2024-02-30"',
    '2024-13-01',
    '"2024-08-12 14:25"',
    '1723474335000',
    '1723474335',
    '9999999999999',
  ],
  ...['0000-01-01', '"2024-08-12T14:25:00+02:00"', '"2024-08-12 (x)"', '275760-09-13'],
  ...[
    'BuyMarket',
    '"SellMarket"',
    'BUYLIMIT',
    "'SellLimit'",
    'MAJ',
    'PING',
    '"Explode"',
    '"{{strategy.order.action}}"',
    '{{close}}',
  ],
  ...[
    '"\\ud83d"',
    '"\\u0000"',
    '"\\u12"',
    '"\\q\\n"',
    '"é\uFFFD"',
    '{"a":1}',
    '[1]',
    '"a',
    '{{',
    '"{{a}} b"',
    '"}"',
    '😀',
  ],
]
const LINKS = [':', ' : ', '=', '', '::', ':\n']
const ENDS = [',', ', ', ',,', '\n,\n', ';', '', ',\r\n']
const NOISE = [
  '{',
  '}',
  '"',
  "'",
  ',',
  ':',
  '\\',
  '\n',
  '\t',
  '\u0000',
  '\uFEFF',
  '\uD800',
  '{{',
  '}}',
  ' ',
  '\u00A0',
  'NaN',
  '//',
]

/** One body: mostly nearly right, with something wrong here and there. */
function makeBody(random: () => number): string {
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const isWild = random() < 0.1
  const rarely = <T>(usual: T, of: readonly T[]): T => (random() < 0.03 ? one(of) : usual)
  const usual = () => (random() < 0.4 ? one(VALUES) : one(['50', '"60000.5"', 'NaN', '"BTCUSDT"', 'BuyMarket', '5']))
  const name = () => (random() < 0.8 ? `"${one(NAMES)}"` : one(NAMES))
  const count = Math.floor(random() * 8)
  let body = ''
  for (let i = 0; i < count; i++) body += name() + rarely(':', LINKS) + usual() + rarely(',', ENDS)
  if (random() < 0.8) body += `"Action":${one(['BuyMarket', '"SellMarket"', '"BuyLimit"', 'MAJ', '"PING"'])}`
  body = rarely('{', ['', '{{', '[', '\uFEFF{', ' {']) + body + rarely('}', ['', '}}', '} x', ']', '}\n', ',}'])
  for (let i = isWild ? Math.ceil(random() * 6) : 0; i > 0; i--) {
    const at = Math.floor(random() * (body.length + 1))
    body = body.slice(0, at) + one(NOISE) + body.slice(at + Math.floor(random() * 3))
  }
  return random() < 0.001 ? body.repeat(Math.ceil(random() * 200)) : body
}

const TEXTS = ['actionText', 'ticker', 'exchange', 'quoteAsset', 'baseAsset', 'interval', 'userRef', 'source'] as const

/** What is wrong about an alert that was accepted, null when nothing is. */
function nonsenseIn(alert: WebhookAlert): string | null {
  for (const name of TEXTS) {
    const text = alert[name]
    if (text === null) continue
    if (text.trim() === '' || text.length > 200 || /\{\{[^{}]*\}\}/.test(text)) return `${name} is ${text}`
    if (/^(nan|na)$/i.test(text)) return `${name} is ${text}`
  }
  for (const name of ['price', 'stopLossPrice', 'takeProfitPrice'] as const) {
    const price = alert[name]
    if (price !== null && !(price.gt(0) && price.lt('1e18') && price.decimalPlaces() <= 18))
      return `${name} is ${price.toFixed()}`
  }
  const { sizePercent, barTime, brokerNumber, fields } = alert
  if (sizePercent !== null && !(sizePercent.gte(0) && sizePercent.lte(100)))
    return `sizePercent is ${sizePercent.toFixed()}`
  if (barTime !== null && !/^20\d\d-/.test(new Date(barTime).toISOString())) return `barTime is ${barTime}`
  if (brokerNumber !== null && !Number.isSafeInteger(brokerNumber)) return `brokerNumber is ${brokerNumber}`
  const canonical = JSON.stringify(fields)
  if (!canonical.isWellFormed() || /\\ud[89a-f]/i.test(canonical.replaceAll('\\\\', '')))
    return 'it holds half a character'
  if (/\\u0000/.test(canonical.replaceAll('\\\\', ''))) return 'it holds NUL'
  if (JSON.stringify(readAlertText(canonical)) !== canonical) return 'its fields are read differently a second time'
  const again = readWebhookAlert(canonical)
  if (JSON.stringify({ ...again, fields: null }) !== JSON.stringify({ ...alert, fields: null }))
    return 'it is understood differently a second time'
  return null
}

/**
 * Gives `count` bodies to the reader of alerts. Throws an Error that quotes the body when one crashes it, or when what it
 * accepts makes no sense or is not the same when read again from its canonical JSON.
 */
export function readManyBodies(count: number, seed: number): { accepted: number; refused: number } {
  const random = createRandom(seed)
  let accepted = 0
  for (let i = 0; i < count; i++) {
    const body = makeBody(random)
    let alert: WebhookAlert
    try {
      alert = readWebhookAlert(body)
    } catch (error) {
      if (error instanceof UnreadableAlert) continue
      throw new Error(`body ${i} of seed ${seed} crashes the reader: ${JSON.stringify(body)}`, { cause: error })
    }
    accepted += 1
    let nonsense: string | null
    try {
      nonsense = nonsenseIn(alert)
    } catch (error) {
      nonsense = `it cannot be read again: ${String(error)}`
    }
    if (nonsense !== null)
      throw new Error(`body ${i} of seed ${seed} is accepted, but ${nonsense}: ${JSON.stringify(body)}`)
  }
  return { accepted, refused: count - accepted }
}
