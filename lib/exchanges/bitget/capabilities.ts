import type { AccountMode } from '@/lib/domain/account/broker'
import { emulated, type ExchangeCapabilities, NATIVE, nativeAs, unsupported } from '@/lib/exchanges/capabilities'
import { LIMITS_IN_WORDS } from '@/lib/exchanges/bitget/limits'

// Facts: bitget.com/api-doc/spot (Classic, v2) and /uta (v3).

const NO_LISTS = 'Bitget spot has no order pairs.'

/** What can be done on an account of this mode. */
export function bitgetCapabilities(mode: AccountMode): ExchangeCapabilities {
  const isUnified = mode === 'UNIFIED'
  const conditional = nativeAs(isUnified ? 'place-strategy-order, type trigger' : 'place-plan-order')
  return {
    exchangeId: 'bitget',
    accountMode: mode,
    orderTypes: {
      MARKET: nativeAs('a purchase spends an amount: a quantity is turned into one at the best ask'),
      LIMIT: NATIVE,
      STOP_MARKET: conditional,
      STOP_LIMIT: conditional,
      TAKE_PROFIT_MARKET: conditional,
      TAKE_PROFIT_LIMIT: conditional,
      TRAILING_STOP: emulated('Bitget spot has no trailing stop.'),
    },
    oco: emulated(NO_LISTS),
    ocoStopNeedsLimit: false,
    purchaseFee: 'OF_BOUGHT',
    // Of unified accounts nothing is documented.
    stopFunds: isUnified ? 'HELD' : 'FREE',
    oto: emulated(NO_LISTS),
    otoco: emulated(NO_LISTS),
    postOnly: nativeAs('canceled at once when it would take'),
    iceberg: unsupported('Bitget spot has none by API.'),
    timesInForce: { GTC: NATIVE, IOC: NATIVE, FOK: NATIVE },
    amendOrder: isUnified
      ? nativeAs('modify-order, modify-strategy-order')
      : emulated('In place only orders that wait for their trigger (modify-plan-order); others are replaced.'),
    replaceOrder: isUnified
      ? emulated('Two calls: v3 has no replacement.')
      : emulated(
          'cancel-replace-order would ask again for what is executed before its cancel: cancel, then place what is left.',
        ),
    cancelAll: nativeAs('per symbol'),
    transfers: nativeAs(isUnified ? 'GET /api/v3/account/financial-records' : 'GET /api/v2/spot/account/bills'),
    positions: nativeAs('spot: the holdings, valued at the last prices'),
    deadManSwitch: isUnified ? nativeAs('countdown-cancel-all') : unsupported('Classic accounts have none on spot.'),
    publicTrades: NATIVE,
    userStream: nativeAs(isUnified ? '/v3/ws/private' : '/v2/ws/private'),
    testnet: nativeAs('demo trading: a demo key, the same address'),
    aggregatedTimeframes: ['10m', '2h'],
    candlesPerRequest: 1000,
    limits: LIMITS_IN_WORDS[mode],
  }
}
