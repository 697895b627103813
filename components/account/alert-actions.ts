import type { ChannelAnswer, ChannelInput, TrialAnswer } from '@/lib/view/alert-channel'

/** What « Alertes » can ask of the server. */
export interface AlertActions {
  saveChannel: (input: ChannelInput) => Promise<ChannelAnswer>
  removeChannel: (id: string) => Promise<ChannelAnswer>
  tryChannel: (id: string) => Promise<TrialAnswer>
}
