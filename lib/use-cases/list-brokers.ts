import { listBrokersOfUser } from '@/lib/db/broker-settings'
import { EXCHANGE_IDS } from '@/lib/domain/account/broker'
import { credentialFieldsOf, exchangeNameOf, listedExchanges } from '@/lib/domain/account/exchange-catalogue'
import type { BrokerChoices, BrokerView } from '@/lib/view/broker'

export async function listBrokers(userId: string): Promise<BrokerView[]> {
  return (await listBrokersOfUser(userId)).map((broker) => ({
    id: broker.id,
    number: broker.publicNumber,
    name: broker.name,
    exchangeId: broker.exchangeId,
    exchangeName: exchangeNameOf(broker.exchangeId),
    environment: broker.environment,
    tradingType: broker.tradingType,
    isDefault: broker.isDefault,
    isConfirmed: broker.isActive && broker.verifiedAt !== null,
    accountMode: broker.accountMode,
    canWithdraw: broker.canWithdraw,
    isIpRestricted: broker.isIpRestricted,
    pairCount: broker.pairCount,
    error: broker.lastError,
  }))
}

/** Exchanges and what their accounts are entered with. */
export function brokerChoices(): BrokerChoices {
  const credentials = Object.fromEntries(EXCHANGE_IDS.map((id) => [id, credentialFieldsOf(id)]))
  return {
    exchanges: listedExchanges(),
    credentials: credentials as BrokerChoices['credentials'],
    // KuCoin has had no sandbox since 2023.
    noTestnet: { kucoin: 'NO_SANDBOX' },
  }
}
