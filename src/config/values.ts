/** The kinds of values that variables take. Each says in words what it accepts, for errors and for `docs/configuration.md`. */
import { z } from 'zod';

/** Text that `isValid` accepts. */
export function text(accepts: string, isValid: (text: string) => boolean = () => true) {
  return z.string().refine(isValid, `expected ${accepts}`).meta({ accepts });
}

/** A number without a sign or a fraction, both bounds included. */
export function wholeNumber(min: number, max: number) {
  return text(
    `a whole number from ${min} to ${max}`,
    (text) => /^\s*\d{1,9}\s*$/.test(text) && Number(text) >= min && Number(text) <= max,
  )
    .transform(Number)
    .meta({ accepts: `${min} to ${max}` });
}

/** A TCP port; 0 lets the system pick one. */
export const port = wholeNumber(0, 65_535);

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  const accepts = words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return z.enum(words, `expected ${accepts}`).meta({ accepts });
}

/** Text that `parse` turns into something else. The message of the error that it throws is the one reported. */
export function parsed<T>(accepts: string, parse: (text: string) => T) {
  return z
    .string()
    .transform((text, context) => {
      try {
        return parse(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
        return z.NEVER;
      }
    })
    .meta({ accepts });
}

/** Whether a variable of another section is set, valid or not: that section reports what is wrong with it. */
export const isSet = z
  .string()
  .optional()
  .transform((value) => value !== undefined);

/** The parts of a list with commas between. */
export function splitList(text: string): readonly string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/**
 * The error of a check between variables, reported for the variable `name`. The check runs although single variables are
 * invalid, so that everything is reported at once; an invalid variable reaches it unparsed.
 */
export function errorOf(name: string, message: string) {
  return { path: [name], message, when: () => true };
}
