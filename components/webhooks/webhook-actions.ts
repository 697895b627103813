/** What the page « Webhooks » can ask of the server. */
export interface WebhookActions {
  muteSource: (sourceId: string, isMuted: boolean) => Promise<boolean>
}
