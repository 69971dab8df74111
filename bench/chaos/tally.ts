/** What a run counts, with examples of what should not have happened. */

/** What should not happen, by its name in the report. */
export const FINDINGS = ['wrong', 'lost', 'late', 'outdated', 'stepsBack', 'stepsBackWithoutRedis', 'missed'] as const;

/** Something that should not happen. */
export type Finding = (typeof FINDINGS)[number];

/** Counters of one run. */
export interface Tally {
  requests: number;
  /** Statuses that were read and checked. */
  statuses: number;
  /** Of these, those served stale. */
  stale: number;
  /** Failures as data, because BSG failed. */
  failures: number;
  /** Requests at an instance that was killed or stopped meanwhile; another instance answered them. */
  failedOver: number;
  /** Delivery reports that were sent. */
  reports: number;
  /** Events of subscriptions. */
  events: number;
  readonly findings: Readonly<Record<Finding, number>>;
  /** The first of each finding. */
  readonly examples: readonly string[];
  found(finding: Finding, example: string): void;
}

const MAX_EXAMPLES = 3;

/** A tally of nothing. */
export function createTally(): Tally {
  const findings = Object.fromEntries(FINDINGS.map((finding) => [finding, 0])) as Record<Finding, number>;
  const examples: string[] = [];
  return {
    requests: 0,
    statuses: 0,
    stale: 0,
    failures: 0,
    failedOver: 0,
    reports: 0,
    events: 0,
    findings,
    examples,
    found(finding, example) {
      if (++findings[finding] <= MAX_EXAMPLES) examples.push(`${finding}: ${example}`);
    },
  };
}
