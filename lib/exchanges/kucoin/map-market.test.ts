import { expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { streamAddress, unifiedAddress } from '@/lib/exchanges/kucoin/bullet'
import { MATCH, SYMBOL } from '@/lib/exchanges/kucoin/fixtures/answers'
import { readBack, readSince } from '@/lib/exchanges/kucoin/history'
import { mapCandle, mapInstrument, mapPrint, mapTicker } from '@/lib/exchanges/kucoin/map-market'
import { candleSchema, symbolSchema, tickerSchema } from '@/lib/exchanges/kucoin/schemas'

it('reads the rules of a pair; the larger minimum holds', () => {
  expect(mapInstrument(symbolSchema.parse(SYMBOL))).toMatchObject({
    symbol: 'BTC/USDT',
    exchangeSymbol: 'BTC-USDT',
    tickSize: d('0.1'),
    stepSize: d('0.00000001'),
    quoteStepSize: d('0.000001'),
    minQuantity: d('0.00001'),
    minNotional: d('0.1'),
    isTrading: true,
    isOcoAllowed: true,
  })
})

it('reads a bar in seconds, with close before high and low', () => {
  const rowOf = (volume: string) =>
    candleSchema.parse(['1566789720', '10411.5', '10401.9', '10412', '10396.3', volume, '302889.3'])
  const bar = mapCandle(rowOf('29.1'), 'BTC/USDT', '1m', 1566789779_999)
  expect([bar.open, bar.high, bar.low, bar.close].map((price) => price.toFixed())).toEqual([
    '10411.5',
    '10412',
    '10396.3',
    '10401.9',
  ])
  expect([bar.openTime, bar.closeTime, bar.isClosed, bar.tradeCount]).toEqual([
    1566789720_000,
    1566789780_000,
    false,
    1,
  ])
  expect(mapCandle(rowOf('0'), 'BTC/USDT', '1m', 1566789780_000)).toMatchObject({
    isClosed: true,
    tradeCount: 0,
  })
})

it('reads tickers, those of untraded pairs too', () => {
  const ticker = { symbol: 'BTC-USDT', buy: '66982.4', sell: '66982.5', changePrice: '-778.1', last: '66981.5' }
  const ours = mapTicker(tickerSchema.parse({ ...ticker, high: null, vol: '1' }), 'BTC/USDT', 5)
  expect([ours.openPrice.toFixed(), ours.highPrice.toFixed(), ours.closeTime]).toEqual(['67759.6', '0', 5])
})

it('reads prints, and says what is wrong with odd ones', () => {
  const names = new Map([['BTC-USDT', 'BTC/USDT']])
  expect(mapPrint(MATCH, names)).toEqual({
    symbol: 'BTC/USDT',
    tradeId: '11067996711960577',
    price: '67523',
    quantity: '0.003',
    tradeTime: 1729843222921,
    eventTime: 1729843222921,
    isBuyerMaker: true,
    count: 1,
  })
  for (const odd of [{ price: '1e5' }, { side: 'x' }, { time: 5 }, { tradeId: 5 }, { symbol: 'ETH-USDT' }])
    expect(typeof mapPrint({ ...MATCH, ...odd }, names)).toBe('string')
})

it('goes to secure addresses, and in clear text only where it was told to', () => {
  const bullet = (endpoint: string) => ({ token: 'a+b=', instanceServers: [{ endpoint, pingInterval: 18000 }] })
  expect(streamAddress(bullet('wss://push.kucoin.com/endpoint'), 'wss://x')).toMatch(
    /^wss:\/\/push\.kucoin\.com\/endpoint\?token=a%2Bb%3D&connectId=\d+$/,
  )
  expect(streamAddress(bullet('ws://127.0.0.1:9/endpoint'), 'ws://127.0.0.1:9/kucoin')).toContain('ws://127.0.0.1:9')
  for (const endpoint of ['ws://push.kucoin.com/endpoint', 'ws://127.0.0.1:8/endpoint', ''])
    expect(() => streamAddress(bullet(endpoint), 'ws://127.0.0.1:9/kucoin')).toThrow(/no secure address/)
  expect(unifiedAddress(bullet(''), 'wss://private')).toBe('wss://private/?token=a%2Bb%3D')
})

it('reads histories through weeks and batches, oldest first', async () => {
  const week = 604_800_000
  const now = 40 * week
  const rows = Array.from({ length: 250 }, (_, i) => ({ id: i + 1, at: now - 3 * week + i * 1000 }))
  const asked: string[] = []
  const page = (params: Record<string, string>) => {
    const { startAt = '', endAt = '', limit = '', lastId = '' } = params
    asked.push(startAt)
    expect(+endAt - +startAt).toBeLessThanOrEqual(week)
    const items = rows
      .filter(({ id, at }) => at >= +startAt && at <= +endAt && (lastId === '' || id < +lastId))
      .reverse()
      .slice(0, +limit)
    return Promise.resolve({ items, lastId: items.at(-1)?.id ?? 0 })
  }
  const all = await readSince(page, 'limit', now - 4 * week, now)
  expect(all.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
  expect(await readSince(page, 'limit', 0, now)).toHaveLength(250)
  const back = await readBack(page, 'limit', now, ({ id }) => id <= 240)
  expect(back.map(({ id }) => id).slice(-10)).toEqual([241, 242, 243, 244, 245, 246, 247, 248, 249, 250])
  expect(back.length).toBeLessThanOrEqual(100)
})
