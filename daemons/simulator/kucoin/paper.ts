import type { PaperProtocol } from '../paper-protocol'
import { MarketStreams } from './market-streams'
import { KucoinProtocol, type ProtocolOptions } from './protocol'
import { serveStream } from './stream-socket'
import { UserStreams } from './user-streams'

/** KuCoin's spot interface: classic accounts under `/api/v1` to `/api/v3`, unified ones under `/api/ua/v1`, and the streams. */
export function kucoinPaper(options: ProtocolOptions): PaperProtocol {
  const protocol = new KucoinProtocol(options)
  const market = new MarketStreams(options.exchange)
  const users = new UserStreams(options.exchange, protocol.stops, () => protocol.now())
  const parts = { market, users, tokens: protocol.tokens }
  return {
    exchangeId: 'kucoin',
    answer: (request, path, body) => protocol.answer(request, path, body),
    socketAt: (path) => {
      const url = URL.parse(path, 'http://localhost')
      // The bullet's endpoint, and the bare address that unified accounts use.
      if (url === null || (url.pathname !== '/endpoint' && url.pathname !== '/')) return null
      return (connection) => {
        serveStream(parts, connection, url.searchParams)
      }
    },
    resetLimits: (limits) => {
      protocol.limits.reset(limits)
    },
    stop: () => {
      market.stop()
      protocol.deadMan.stop()
    },
  }
}
