import type { LoadPairs } from '@/components/shell/pairs-loader'
import type {
  BalanceAnswer,
  BrokerAnswer,
  BrokerInput,
  BrokerRefusal,
  CancelAllAnswer,
  ExchangeWord,
  KeyAnswer,
} from '@/lib/view/broker'
import type { AddressAnswer } from '@/lib/view/webhook-address'
import type { PasswordAnswer } from '@/lib/view/sign-in'

/** What the account page can ask of the server. */
export interface AccountActions {
  save: (input: BrokerInput) => Promise<BrokerAnswer>
  test: (input: BrokerInput, mayWithdraw: boolean) => Promise<KeyAnswer>
  readBalance: (input: BrokerInput) => Promise<BalanceAnswer>
  confirm: (input: BrokerInput, mayWithdraw: boolean) => Promise<BrokerAnswer>
  remove: (brokerId: string) => Promise<BrokerAnswer>
  chooseDefault: (brokerId: string) => Promise<BrokerAnswer>
  chooseTradingType: (brokerId: string, tradingType: string) => Promise<BrokerAnswer>
  cancelAll: (brokerId: string, isForeignIncluded: boolean) => Promise<CancelAllAnswer>
  reconcile: (brokerId: string) => Promise<BrokerAnswer>
  acknowledge: (brokerId: string, checkId: string) => Promise<BrokerAnswer>
  changePassword: (current: string, wanted: string) => Promise<PasswordAnswer>
  renewWebhookAddress: () => Promise<AddressAnswer>
  loadPairs: LoadPairs
}

export interface Refusal {
  isDone: false
  reason: BrokerRefusal
  said?: ExchangeWord
}

/** An answer that never came counts as « the server does not answer ». */
export const settled = <T>(answer: Promise<T>): Promise<T | Refusal> =>
  answer.catch((): Refusal => ({ isDone: false, reason: 'UNAVAILABLE' }))
