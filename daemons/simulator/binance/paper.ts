import type { PaperProtocol } from '../paper-protocol'
import { MarketStreams } from './market-streams'
import { BinanceProtocol, type ProtocolOptions } from './protocol'
import { USUAL_LIMITS } from './rate-limits'
import { answerRest } from './rest'
import { serveStreams, streamsOf } from './stream-socket'
import { UserStreams } from './user-streams'
import { serveApi } from './ws-api'

/** Binance's spot interface: `/api/v3`, the market streams and the WebSocket API. */
export function binancePaper(options: ProtocolOptions): PaperProtocol {
  const protocol = new BinanceProtocol(options)
  const market = new MarketStreams(options.exchange)
  const users = new UserStreams(options.exchange, protocol)
  return {
    exchangeId: 'binance',
    answer: (request, path, body) => answerRest(protocol, request, path, body),
    socketAt: (path) => {
      // Stream names need no escapes but for the "@" and "!" that some clients encode; a broken escape names nothing.
      const url = new URL(path.replaceAll('%40', '@').replaceAll('%21', '!'), 'http://localhost')
      if (url.pathname === '/ws-api/v3')
        return (connection, { socket }) => {
          serveApi(protocol, users, connection, socket.remoteAddress ?? '')
        }
      const target = streamsOf(url.pathname, url.search)
      if (target === null) return null
      return (connection) => {
        serveStreams(market.hub, connection, target.streams, target.isCombined)
      }
    },
    resetLimits: (limits) => {
      protocol.limits.reset(limits === undefined ? undefined : { ...USUAL_LIMITS, ...limits })
    },
    stop: () => {
      market.stop()
    },
  }
}
