import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { AccountBoard } from '@/components/account/account-board'
import { requireUser } from '@/lib/auth/session'
import { brokerChoices, listBrokers } from '@/lib/use-cases/list-brokers'
import { readWebhookAddress } from '@/lib/use-cases/webhook-address'
import { loadPairs } from '../../actions'
import * as account from './actions'

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('account'))('title') }
}

export default async function AccountPage() {
  const user = await requireUser()
  const {
    save,
    test,
    readBalance,
    confirm,
    remove,
    chooseDefault,
    chooseTradingType,
    cancelAll,
    reconcile,
    acknowledge,
    changePassword,
    renewWebhookAddress,
  } = account
  const [brokers, webhookAddress] = await Promise.all([listBrokers(user.id), readWebhookAddress(user.id)])
  return (
    <AccountBoard
      initial={brokers}
      choices={brokerChoices()}
      userId={user.id}
      webhookAddress={webhookAddress}
      actions={{
        save,
        test,
        readBalance,
        confirm,
        remove,
        chooseDefault,
        chooseTradingType,
        cancelAll,
        reconcile,
        acknowledge,
        changePassword,
        renewWebhookAddress,
        loadPairs,
      }}
    />
  )
}
