/** How often one attack was right, beside how often it is right without any release. All three are from 0 to 1. */
export interface AttackResult {
  readonly attack: string;
  readonly mechanism: string;
  readonly success: number;
  readonly baseline: number;
  /** What no attack can exceed; null where the mechanism promises nothing. */
  readonly bound: number | null;
}
