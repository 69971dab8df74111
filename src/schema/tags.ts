/** The `@tag` of personal data, so that a platform team can exclude it from a public graph (a contract). */
export const PERSONAL = 'personal';

/** The `@tag` of fields that return any message or campaign of the account by a key of the caller's choice; for contracts. */
export const LOOKUP = 'lookup';
