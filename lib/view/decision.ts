export type DecisionKindView = 'ENTER' | 'EXIT' | 'ADJUST_EXITS' | 'HOLD'
export type DecisionOutcomeView = 'PENDING' | 'DONE' | 'SKIPPED' | 'FAILED'
