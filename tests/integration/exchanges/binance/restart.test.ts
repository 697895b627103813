import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type RunningSimulator, startSimulator } from '@/daemons/simulator/server'
import { control, TestClient, waitFor } from '@/daemons/simulator/testing/client'

// What an account has under way survives the paper exchange's end: what waits for another order, what that order brought in
// so far, the parts of an iceberg, and changes in place.

const start = (dataDir: string) =>
  startSimulator({
    port: 0,
    host: '127.0.0.1',
    dataDir,
    market: { source: 'synthetic', seed: 5, liveRestUrl: 'http://127.0.0.1:9', liveWsUrl: 'ws://127.0.0.1:9' },
  })
const price = (simulator: RunningSimulator, at: string) =>
  control(simulator.url, 'PUT', '/price', { symbol: 'BTCUSDT', price: at, hold: true })

it('goes on with lists, icebergs and changed orders after a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'paper-'))
  let simulator = await start(dataDir)
  try {
    await price(simulator, '60000')
    const before = await TestClient.open(simulator.url, { USDT: '100000' })
    const paying = await before.signed('POST', '/orderList/opo', {
      symbol: 'BTCUSDT',
      workingType: 'LIMIT',
      workingSide: 'BUY',
      workingTimeInForce: 'GTC',
      workingPrice: 50000,
      workingQuantity: 0.5,
      pendingType: 'LIMIT_MAKER',
      pendingSide: 'SELL',
      pendingPrice: 70000,
    })
    expect(paying.status).toBe(200)
    const limit = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: 40000 }
    const iceberg = await before.signed('POST', '/order', { ...limit, quantity: 0.04, icebergQty: 0.01 })
    const { orderId } = iceberg.body as { orderId?: number }
    const smaller = { symbol: 'BTCUSDT', orderId: orderId ?? 0, newQty: 0.03, newClientOrderId: 'smaller' }
    expect((await before.signed('PUT', '/order/amend/keepPriority', smaller)).status).toBe(200)
    // A forced print is small: the purchase is filled in part.
    await price(simulator, '50000')
    // Away from it again: nothing fills while we look.
    await price(simulator, '60000')
    const ledgerOf = async () =>
      (await control(simulator.url, 'GET', `/ledger?apiKey=${before.keys.apiKey}`)).body as unknown as {
        balances: Record<string, { free: string; locked: string }>
        orders: { status: string; clientOrderId: string }[]
      }
    const held = (await ledgerOf()).balances['BTC']
    expect(Number(held?.locked)).toBeGreaterThan(0)
    expect(held?.free).toBe('0')

    await simulator.close()
    simulator = await start(dataDir)
    const after = new TestClient(simulator.url, before.keys)
    expect((await ledgerOf()).balances['BTC']).toEqual(held)
    const found = await after.signed('GET', '/order', { symbol: 'BTCUSDT', origClientOrderId: 'smaller' })
    expect(found.body).toMatchObject({ orderId, origQty: '0.03000000', icebergQty: '0.01000000', status: 'NEW' })
    expect(
      (await after.signed('GET', '/order/amendments', { symbol: 'BTCUSDT', orderId: orderId ?? 0 })).body,
    ).toHaveLength(1)
    // The generated market goes on from where its clock is: the purchase is filled, and what it paid for is placed.
    const mover = setInterval(() => void price(simulator, '49000'), 20)
    const placed = async () =>
      (await after.signed('GET', '/openOrders', { symbol: 'BTCUSDT' })).body as unknown as {
        type: string
        status: string
        origQty: string
      }[]
    let open: Awaited<ReturnType<typeof placed>> = []
    const poll = setInterval(() => void placed().then((orders) => (open = orders)), 50)
    const sale = await waitFor(
      () => open.find((order) => order.type === 'LIMIT_MAKER' && order.status === 'NEW'),
      10_000,
    )
    clearInterval(mover)
    clearInterval(poll)
    expect(sale.origQty).toBe('0.49950000')
    expect((await ledgerOf()).balances['BTC']).toMatchObject({ free: '0', locked: '0.4995' })
  } finally {
    await simulator.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})
