/** The `@tag` of personal data, so that a platform team can leave it out of a graph that it shows to others (a contract). */
export const PERSONAL = 'personal';

/** The `@tag` of fields that find any message or campaign of the account, by whatever key the caller names; for contracts. */
export const LOOKUP = 'lookup';
