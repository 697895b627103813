import type { Metadata } from 'next'
import { getTranslations } from 'next-intl/server'
import { AccountBoard } from '@/components/account/account-board'
import { requireUser } from '@/lib/auth/session'
import { listChannels } from '@/lib/use-cases/alert-channels'
import { brokerChoices, listBrokers } from '@/lib/use-cases/list-brokers'
import { readWebhookAddress } from '@/lib/use-cases/webhook-address'
import { loadPairs } from '../../actions'
import * as account from './actions'
import { removeChannel, saveChannel, tryChannel } from './alert-actions'

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
  const [brokers, webhookAddress, channels] = await Promise.all([
    listBrokers(user.id),
    readWebhookAddress(user.id),
    listChannels(user.id, Date.now()),
  ])
  return (
    <AccountBoard
      initial={brokers}
      choices={brokerChoices()}
      userId={user.id}
      webhookAddress={webhookAddress}
      channels={channels}
      alertActions={{ saveChannel, removeChannel, tryChannel }}
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
