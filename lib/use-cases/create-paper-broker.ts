import { z } from 'zod'
import { createBroker } from '@/lib/db/broker-repository'
import type { ExchangeId, TradingType } from '@/lib/domain/account/broker'
import { controlToken } from '@/lib/platform/control-token'
import { env } from '@/lib/platform/env'

const account = z.object({ apiKey: z.string(), apiSecret: z.string(), apiPassphrase: z.string().nullable() })

export interface PaperBroker {
  userId: string
  name: string
  exchangeId: ExchangeId
  /** Funds by asset, plain decimal strings. */
  balances: Record<string, string>
  tradingType: TradingType
  isDefault: boolean
  /** False: it does nothing before the user confirms it. */
  isConfirmed?: boolean
}

/** Opens an account at the paper exchange and stores it as a broker. Returns the broker's id. Throws when the simulator is away. */
export async function createPaperBroker(broker: PaperBroker): Promise<string> {
  const { balances, ...rest } = broker
  const { SECRET_KEY, SIMULATOR_HOST, SIMULATOR_PORT } = env()
  const answer = await fetch(`http://${SIMULATOR_HOST}:${SIMULATOR_PORT}/_control/accounts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${controlToken(SECRET_KEY)}` },
    body: JSON.stringify({ exchange: broker.exchangeId, balances }),
    signal: AbortSignal.timeout(5000),
  })
  if (!answer.ok) throw new Error(`The paper exchange refused the account: ${await answer.text()}`)
  const { apiPassphrase, ...keys } = account.parse(await answer.json())
  return createBroker({
    ...rest,
    environment: 'PAPER',
    credentials: apiPassphrase === null ? keys : { ...keys, apiPassphrase },
  })
}
