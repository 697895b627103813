import type { ContractCase } from './case'
import { ACCOUNT_CASES } from './cases-account'
import { ERROR_CASES } from './cases-errors'
import { LIST_CASES } from './cases-lists'
import { ORDER_CASES } from './cases-orders'
import { REPLACE_CASES } from './cases-replace'
import { STREAM_CASES } from './cases-streams'

/** What every adapter and account system must do alike. */
export const CASES: ContractCase[] = [
  ...ACCOUNT_CASES,
  ...ORDER_CASES,
  ...REPLACE_CASES,
  ...LIST_CASES,
  ...ERROR_CASES,
  ...STREAM_CASES,
]

/** Capabilities that no method of the ports reaches, with where they are proven instead. */
export const WITHOUT_A_CASE: Record<string, string> = {
  deadManSwitch: "an endpoint of the raw clients: the adapters' own tests",
}
