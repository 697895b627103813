import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseDecimal as d } from '@/lib/domain/money/decimal'
import { newClientOrderId } from '@/lib/platform/ids'
import { order, PaperKucoin, SYMBOL as symbol } from './paper'

it('keeps stop orders and pairs over a restart, and goes on with fresh ids', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'paper-kucoin-'))
  try {
    let paper = await PaperKucoin.start(dataDir)
    await paper.hold('60000')
    const credentials = await paper.open('CLASSIC')
    const stop = order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('59500') })
    const before = await paper.client.createOrder(credentials, stop, paper.market)
    const pair = {
      clientOrderListId: newClientOrderId(),
      symbol,
      side: 'SELL',
      quantity: d('0.01'),
      takeProfit: { clientOrderId: newClientOrderId(), limitPrice: d('65000') },
      stopLoss: { clientOrderId: newClientOrderId(), stopPrice: d('55000'), limitPrice: d('54000') },
    } as const
    await paper.client.createOco(credentials, pair, paper.market)
    await paper.close()

    paper = await PaperKucoin.start(dataDir)
    await paper.hold('60000')
    expect(await paper.client.openOrders(credentials)).toHaveLength(3)
    const another = order({ type: 'STOP_MARKET', side: 'SELL', stopPrice: d('50000') })
    const after = await paper.client.createOrder(credentials, another, paper.market)
    expect(after.exchangeOrderId).not.toBe(before.exchangeOrderId)
    await paper.hold('59000')
    const { clientOrderId } = stop
    expect(await paper.client.getOrder(credentials, { symbol, clientOrderId })).toMatchObject({ status: 'FILLED' })
    const list = await paper.client.cancelOrderList(credentials, pair)
    expect(list.orders.map((leg) => [leg.clientOrderId, leg.status])).toEqual([
      [pair.takeProfit.clientOrderId, 'CANCELED'],
      [pair.stopLoss.clientOrderId, 'CANCELED'],
    ])
    await paper.close()
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
})
