const utf8 = new TextDecoder('utf-8', { fatal: true });

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;

/**
 * The text of a body in the charset that its content type names, UTF-8 where it names none. Null where this runtime does not
 * know the charset, or where the bytes are not valid in it: garbled text would pass for BSG's own.
 */
export function bodyText(body: Uint8Array, contentType: string | null): string | null {
  const [, charset] = CHARSET.exec(contentType ?? '') ?? [];
  try {
    const decoder = charset === undefined ? utf8 : new TextDecoder(charset, { fatal: true });
    return decoder.decode(body);
  } catch {
    return null;
  }
}
